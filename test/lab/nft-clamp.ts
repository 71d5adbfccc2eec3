// The simulated router's mangle tables as nftables rules: what clamps the MSS in the lab. `rt mtu` is the
// smaller one of both directions' routes, as the kernel's TCPMSS target has it.
import * as z from "zod";
import type { RuleRow } from "../../sim/routeros/rule-table.ts";
import type { RunNft } from "./nft-firewall.ts";

type Family = "v4" | "v6";
const TABLES = { v4: "ip backon_mangle", v6: "ip6 backon_mangle" } as const;
/** Before the filter (priority -10). */
const CHAIN = "{ type filter hook forward priority -150; policy accept; }";
const counterOf = (id: string): string => `row_${id.slice(1)}`;

/**
 * Made anew each time, so it counts from 0 after a change: the plane adds up what a table that has become
 * smaller counts. A row that is no clamp as the agent writes them is left out.
 */
export function clampScript(family: Family, rows: readonly RuleRow[]): string[] {
  const table = TABLES[family];
  return [
    `add table ${table}`,
    `delete table ${table}`,
    `add table ${table}`,
    `add chain ${table} forward ${CHAIN}`,
    ...rows.flatMap(({ id, fields }) => {
      const { "new-mss": mss, "tcp-mss": range, action, disabled } = fields;
      if (action !== "change-mss" || mss === undefined || disabled === "true") return [];
      const above = range === undefined ? "" : `tcp option maxseg size ${range} `;
      const size = mss === "clamp-to-pmtu" ? "rt mtu" : mss;
      return [
        `add counter ${table} ${counterOf(id)}`,
        `add rule ${table} forward tcp flags & syn == syn ${above}counter name "${counterOf(id)}" tcp option maxseg size set ${size}`,
      ];
    }),
  ];
}

const Listed = z.object({
  nftables: z.array(
    z.object({
      counter: z.object({ name: z.string(), packets: z.int(), bytes: z.int() }).optional(),
    }),
  ),
});

/** What each has counted, by `v4 *1`. */
export async function clampCounters(family: Family, run: RunNft) {
  const listed = await run(["-j", "list", "counters", "table", ...TABLES[family].split(" ")], "");
  const found = Listed.parse(JSON.parse(listed)).nftables.flatMap((one) => one.counter ?? []);
  return found.map(
    ({ name, packets, bytes }) =>
      [
        `${family} ${name.replace("row_", "*")}`,
        { packets: BigInt(packets), bytes: BigInt(bytes) },
      ] as const,
  );
}

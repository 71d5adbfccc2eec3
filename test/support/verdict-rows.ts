// Rows of docs/design.md section 5 for tests, and what may be so besides the two paths.
import {
  aRound,
  BLOB,
  CONTROLS,
  GHCR,
  HEALTHY,
  HUB,
  NOW,
  TOKEN,
  type Path,
  type Paths,
} from "./a-round.ts";
import { aRule } from "./a-rule.ts";
import type { Besides } from "./verdict-on.ts";

export const exhausted: Besides = { quota: { state: "exhausted" } };
export const unknownQuota = { state: "unknown", why: "the token host did not answer" } as const;
export const ours: Besides = { rules: [aRule()] };
export const partly: Besides = { rules: [aRule({ networks: ["2600:1f18:2148:bc00::/64"] })] };
export const controls = (v4: Path, v6: Path): Paths => ({
  [CONTROLS[0]]: [v4, v6],
  [CONTROLS[1]]: [v4, v6],
  [GHCR]: [v4, "no record"],
});
export const blobs = (v6: Path): Besides => ({ others: { [BLOB]: ["ok", v6] } });
/** Earlier rounds that saw the same; `ages` in ms before the one that is judged. */
export const rounds = (v6: Path, ages: readonly number[] = [120_000, 60_000]): Besides => ({
  earlier: ages
    .filter((age) => age > 0)
    .map((age) => aRound({ at: NOW - age, paths: { [HUB]: ["ok", v6] } })),
});
export const yearBehind: Besides = {
  others: Object.fromEntries(
    Object.keys(HEALTHY).map((host) => [host, ["clock a year behind", "clock a year behind"]]),
  ),
};
/** The servers show another clock, and every certificate is good all the same. */
export const clockOffElsewhere: Besides = {
  others: {
    [TOKEN]: ["clock an hour behind", "clock an hour behind"],
    ...controls("clock an hour behind", "clock an hour behind"),
  },
};
export const elsewhere: Besides = { failsOnThisNode: false };

/** v4, v6, verdict, and what else is so. */
export type Row = readonly [
  row: number,
  v4: Path,
  v6: Path,
  verdict: string,
  note?: string,
  how?: Besides,
];

/** Each row with a name for its test. */
export function named(rows: readonly Row[]) {
  return rows.map(([row, v4, v6, verdict, note = "", how = {}]) => {
    const name = `row ${row}: IPv4 ${v4}, IPv6 ${v6} → ${verdict}${note && ` (${note})`}`;
    return { name, v4, v6, verdict, how };
  });
}

// The router's table in a real kernel, between a client and a server of the network lab.
import { writeFile } from "node:fs/promises";
import { expect, onTestFinished, test } from "vitest";
import type { Packet, Verdict } from "../../sim/packet.ts";
import { createLists } from "../../sim/routeros/address-list.ts";
import { evaluate } from "../../sim/routeros/evaluate.ts";
import { homeRules } from "../../sim/routeros/home-rules.ts";
import { createTable, type Fields, type RuleRow } from "../../sim/routeros/rule-table.ts";
import { nftDataplane, type RunNft } from "./nft-firewall.ts";
import { openLab, type Lab } from "./open-lab.ts";
import { findLab } from "./requirements.ts";

const lab = await findLab();
const kernelTest = test.skipIf(lab.skip);
const noLists = createLists(Date.now, null);
const SERVER = "2600:1f18:2148:bc00::10";
const reject = { chain: "forward", action: "reject", protocol: "tcp" };
const blocked = { ...reject, "reject-with": "tcp-reset", "dst-address": "2600:1f18::/32" };

/** One row each; its number is its destination port, so that one table holds them all. */
const ROWS: readonly [sentence: string, fields: Fields, srcPort?: number][] = [
  ["no route", { ...reject, "reject-with": "icmp-no-route" }],
  ["prohibited", { ...reject, "reject-with": "icmp-admin-prohibited" }],
  ["address unreachable", { ...reject, "reject-with": "icmp-address-unreachable" }],
  ["port unreachable", { ...reject, "reject-with": "icmp-port-unreachable" }],
  ["reject without a kind", reject],
  ["reset", { ...reject, "reject-with": "tcp-reset" }],
  ["drop", { chain: "forward", action: "drop", protocol: "tcp" }],
  ["accept", { chain: "forward", action: "accept", protocol: "tcp" }],
  ["count only", { chain: "forward", action: "passthrough", protocol: "tcp" }],
  ["disabled", { ...blocked, disabled: "true" }],
  ["another chain", { ...blocked, chain: "input" }],
  ["a jump", { ...blocked, action: "jump", "jump-target": "behind" }],
  ["a jump and back", { ...blocked, action: "jump", "jump-target": "back" }],
  ["unknown matcher", { ...blocked, "tls-host": "x" }],
  ["the prefix", blocked],
  ["another prefix", { ...blocked, "dst-address": "2606:4700::/32" }],
  ["not another prefix", { ...blocked, "dst-address": "!2606:4700::/32" }],
  ["another protocol", { ...blocked, protocol: "udp", "reject-with": "icmp-no-route" }],
  ["not another protocol", { ...blocked, protocol: "!udp", "reject-with": "icmp-no-route" }],
  ["first packets", { ...blocked, "tcp-flags": "syn,!ack" }],
  ["answers", { ...blocked, "tcp-flags": "syn,ack" }],
  ["the probe's hole", { ...blocked, "src-port": "!61990-61999" }, 61_995],
  ["beside the hole", { ...blocked, "src-port": "!61990-61999" }, 61_989],
  ["new", { ...blocked, "connection-state": "new" }],
  ["not new", { ...blocked, "connection-state": "related,untracked" }],
  ["not established", { ...blocked, "connection-state": "!established,related" }],
  ["from LAN", { ...blocked, "in-interface-list": "LAN" }],
  ["not from LAN", { ...blocked, "in-interface-list": "!LAN" }],
  ["to ether1", { ...blocked, "in-interface": "bridge", "out-interface": "ether1" }],
  ["to anywhere but WAN", { ...blocked, "out-interface-list": "!WAN" }],
  ["from all", { ...blocked, "in-interface-list": "all" }],
  ["from another port", { ...blocked, "in-interface": "ether2" }],
];
const portOf = (index: number): number => 8_001 + index;
const wayTo = ([, , from]: (typeof ROWS)[number], index: number): [number, number?] =>
  from === undefined ? [portOf(index)] : [portOf(index), from];

const named = (each: readonly unknown[]) =>
  ROWS.map(([sentence], index) => [sentence, each[index]]);

/** What a client of this kernel sees of a verdict (Linux, measured). */
function seenBy(verdict: Verdict | undefined): string | undefined {
  if (verdict?.verdict !== "reject") return verdict?.verdict === "drop" ? "nothing" : "connected";
  return REFUSALS[verdict.with];
}
const REFUSALS: Readonly<Record<string, string>> = {
  "icmp-no-route": "ENETUNREACH",
  "icmp-admin-prohibited": "EACCES",
  "icmp-address-unreachable": "EHOSTUNREACH",
  "icmp-port-unreachable": "ECONNREFUSED",
  "tcp-reset": "ECONNREFUSED",
};

kernelTest(`packets meet nftables as they meet the table${lab.note}`, async () => {
  const ports = ROWS.map((_, index) => portOf(index));
  const site = await aForwardingSite(ports);
  const rows = aTable(
    ...ROWS.map(([, fields], index) => ({ ...fields, "dst-port": `1-2,${portOf(index)}` })),
    { ...blocked, chain: "behind" },
    { ...blocked, chain: "back", action: "return" },
    { ...blocked, chain: "back" },
  );
  const plane = nftDataplane(site.nft);
  await plane.load(rows, NO_LISTS);
  const seen = await site.connect(...ROWS.map(wayTo));
  const counters = await plane.counters();
  const verdicts = ROWS.map(([, , from], index) =>
    evaluate(rows, aSyn(portOf(index), from), noLists),
  );
  const met = rows.map(({ id }, index) => [seen[index], (counters.get(id)?.packets ?? 0n) > 0n]);
  const wanted = rows.map(({ packets }, index) => [seenBy(verdicts[index]), packets > 0n]);
  expect(named(met)).toEqual(named(wanted));
});

kernelTest(`what a row has counted outlives every change but its removal${lab.note}`, async () => {
  const site = await aForwardingSite([8_001]);
  const rows = aTable(blocked, ...homeRules);
  const [rule, ...others] = rows;
  const disabled = { ...(rule as RuleRow), fields: { ...blocked, disabled: "true" } };
  const plane = nftDataplane(site.nft);
  await plane.load(rows, NO_LISTS);
  const refused = await site.connect([8_001], [8_001]);
  await plane.load([...others, disabled], NO_LISTS);
  const kept = (await plane.counters()).get("*1");
  await plane.load(others, NO_LISTS);
  expect(refused).toEqual(["ECONNREFUSED", "ECONNREFUSED"]);
  expect(kept).toEqual({ packets: 2n, bytes: 160n });
  expect([...(await plane.counters()).keys()]).toEqual(others.map((row) => row.id));
  expect(await site.connect([8_001])).toEqual(["connected"]);
});

kernelTest(`an address list decides by the members that it has now${lab.note}`, async () => {
  const site = await aForwardingSite([8_001]);
  const list = "backon-block v6";
  const plane = nftDataplane(site.nft);
  const rows = aTable(
    { ...reject, "reject-with": "tcp-reset", "dst-address-list": list },
    ...homeRules,
  );
  await plane.load(rows, NO_LISTS);
  const empty = await site.connect([8_001]);
  await plane.load(rows, new Map([[list, ["2600:1f18:2148::/48"]]]));
  const blocked = await site.connect([8_001]);
  await plane.load(rows, NO_LISTS);
  const expired = await site.connect([8_001]);
  expect([...empty, ...blocked, ...expired]).toEqual(["connected", "ECONNREFUSED", "connected"]);
});

kernelTest(`a router that starts again begins with nothing counted${lab.note}`, async () => {
  const nft = nftIn(await aRouter());
  await nftDataplane(nft).load(aTable(...homeRules, blocked), NO_LISTS);
  const plane = nftDataplane(nft);
  await plane.load(aTable(blocked), NO_LISTS);
  expect([...(await plane.counters())]).toEqual([["*1", { packets: 0n, bytes: 0n }]]);
});

kernelTest(
  `a table that the kernel refuses leaves the one before in place${lab.note}`,
  async () => {
    const nft = nftIn(await aRouter());
    const plane = nftDataplane(nft);
    await plane.load(aTable(blocked), NO_LISTS);
    const before = await nft(["list", "ruleset"], "");
    const refused = plane.load(aTable(blocked, { ...blocked, "dst-port": "1-2-3" }), NO_LISTS);
    await expect(refused).rejects.toThrow("syntax error, unexpected -");
    expect(await nft(["list", "ruleset"], "")).toBe(before);
  },
);

test("a kind of reject that nftables does not have is said, not ignored", async () => {
  const plane = nftDataplane(() => Promise.resolve(""));
  const loading = plane.load(aTable({ ...reject, "reject-with": "icmp-not-neighbour" }), NO_LISTS);
  await expect(loading).rejects.toThrow("no answer like reject-with=icmp-not-neighbour");
});

const NO_LISTS: ReadonlyMap<string, readonly string[]> = new Map();

function aTable(...rules: readonly Fields[]): RuleRow[] {
  const table = createTable();
  for (const fields of rules) table.add(fields);
  return table.rows;
}

function aSyn(dstPort: number, srcPort?: number): Packet {
  const from = srcPort === undefined ? {} : { srcPort };
  const syn = { chain: "forward", family: "v6", protocol: "tcp", syn: true, ack: false } as const;
  return { ...syn, dstAddress: SERVER, dstPort, ...from };
}

/** A lab whose `rtr` has no rules yet. */
async function aRouter(): Promise<Lab> {
  const opened = await openLab();
  onTestFinished(() => opened.close());
  return opened;
}

const nftIn =
  (site: Lab): RunNft =>
  (args, input) =>
    site.run("rtr", [
      "sh",
      "-c",
      'script=$1; shift; echo "$script" | nft "$@"',
      "sh",
      input,
      ...args,
    ]);

/** A server on these ports at an address of Docker Hub, and clients in the node. */
async function aForwardingSite(ports: readonly number[]) {
  const site = await aRouter();
  await site.run("rtr", ["sysctl", "-qw", "net.ipv6.icmp.ratelimit=0"]);
  await writeFile(`${site.folder}/listen.mjs`, LISTEN);
  const server = await site.spawn("inet", `${site.folder}/listen.mjs`, [JSON.stringify(ports)]);
  await new Promise((up) => server.onLine(up));
  return {
    nft: nftIn(site),
    /** All at once from the node to the server: `connected`, an error's code, or `nothing`. */
    connect: async (...ways: readonly (readonly [port: number, from?: number])[]) => {
      const command = [process.execPath, "-e", CONNECT, JSON.stringify(ways)];
      return JSON.parse(await site.run("node", command)) as unknown[];
    },
  };
}

const CONNECT = `
  const one = ([port, localPort]) => new Promise((seen) => {
    const socket = require("node:net").connect({ host: "${SERVER}", port, localPort });
    socket.on("connect", () => seen("connected")).on("error", (error) => seen(error.code));
    setTimeout(seen, 1500, "nothing").unref();
  });
  Promise.all(JSON.parse(process.argv[1]).map(one)).then((all) => {
    console.log(JSON.stringify(all));
    process.exit();
  });`;

const LISTEN = `
  import { createServer } from "node:net";
  for (const port of JSON.parse(process.argv[2])) createServer().listen(port);
  console.log("up");`;

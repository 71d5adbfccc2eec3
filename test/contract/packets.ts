// S29: what the router does with packets. No HTTP shows it; the lab's data plane does it for real.
import type { Packet, Verdict } from "../../sim/packet.ts";
import { homeRules } from "../../sim/routeros/home-rules.ts";
import { same, type Check } from "./check.ts";

const syn: Packet = {
  chain: "forward",
  family: "v6",
  dstAddress: "2600:1f18:2148:bc00::1",
  dstPort: 443,
  protocol: "tcp",
  syn: true,
  ack: false,
};
const open = { syn: false, ack: true };
const accept: Verdict = { verdict: "accept" };
const reject: Verdict = { verdict: "reject", with: "icmp-address-unreachable" };

const rule = {
  chain: "forward",
  action: "reject",
  "reject-with": "icmp-address-unreachable",
  protocol: "tcp",
  "dst-port": "443",
  "dst-address": "2600:1f18::/32",
};

type Row = readonly [title: string, rule: object, packet: Partial<Packet>, verdict: Verdict];

/** The usual rule with these fields, before a home router's rules. */
const decisions: readonly Row[] = [
  ["a new connection into the prefix", {}, {}, reject],
  ["a packet of an open connection, too", {}, open, reject],
  ["an address outside of the prefix", {}, { dstAddress: "2606:4700::1" }, accept],
  ["all but the prefix", { "dst-address": "!2600:1f18::/32" }, {}, accept],
  ["another port", {}, { dstPort: 80 }, accept],
  ["a port in a range", { "dst-port": "80,400-500" }, {}, reject],
  ["SYN only, a SYN", { "tcp-flags": "syn,!ack" }, {}, reject],
  ["SYN only, a SYN-ACK", { "tcp-flags": "syn,!ack" }, { ack: true }, accept],
  ["SYN only, an open connection", { "tcp-flags": "syn,!ack" }, open, accept],
  ["the last port of the hole", { "src-port": "!61990-61999" }, { srcPort: 61_999 }, accept],
  ["the port after the hole", { "src-port": "!61990-61999" }, { srcPort: 62_000 }, reject],
  ["a port that the client did not choose", { "src-port": "!61990-61999" }, {}, reject],
  ["new connections only, an open one", { "connection-state": "new" }, open, accept],
  [
    "new only, a flow without tracking",
    { "connection-state": "new" },
    { connection: "untracked" },
    accept,
  ],
  [
    "not established, a flow that looks new",
    { "connection-state": "!established" },
    { ...open, connection: "new" },
    reject,
  ],
  ["a connection that FastTrack carries", {}, { ...open, fastTracked: true }, accept],
  ["from the home network", { "in-interface-list": "LAN" }, {}, reject],
  ["not from the home network", { "in-interface-list": "!LAN" }, {}, accept],
  ["from another interface", { "in-interface": "ether2" }, {}, accept],
  ["towards the Internet", { "out-interface-list": "WAN", "out-interface": "!ether2" }, {}, reject],
  ["from one source", { "src-address": "2001:db8::/64" }, { srcAddress: "2001:db8::5" }, reject],
  ["a list without entries", { "dst-address-list": "empty" }, {}, accept],
  ["a disabled rule", { disabled: "true" }, {}, accept],
  ["a rule of another chain", { chain: "input" }, {}, accept],
  ["a chain that is jumped to", { chain: "web" }, {}, reject],
];

const jump = {
  chain: "forward",
  action: "jump",
  "jump-target": "web",
  "dst-port": "443",
  protocol: "tcp",
};

export const packets: readonly Check[] = [
  ...decisions.map(([title, fields, packet, verdict]): Check => ({
    id: "S29",
    title: `${title}: ${verdict.verdict}`,
    simulated: {
      rules: [...(title.includes("jumped") ? [jump] : []), { ...rule, ...fields }, ...homeRules],
    },
    onSimulator: (_router, { decide }) => {
      same(decide({ ...syn, ...packet }), verdict);
      return Promise.resolve();
    },
  })),
  {
    id: "S29",
    title: "behind `accept established` open connections are left alone",
    simulated: { rules: [...homeRules, rule] },
    onSimulator: (_router, { decide }) => {
      same([decide({ ...syn, ...open }), decide(syn)], [accept, reject]);
      return Promise.resolve();
    },
  },
  {
    id: "S29",
    title: "the first rule that decides counts the packet, and no rule after it",
    simulated: { rules: [{ chain: "forward", action: "passthrough" }, rule, rule] },
    onSimulator: (_router, { decide, table }) => {
      decide(syn);
      decide(syn);
      same(
        table().map((row) => row["packets"]),
        ["2", "2", "0"],
      );
      same(
        table().map((row) => row["bytes"] !== "0"),
        [true, true, false],
      );
      return Promise.resolve();
    },
  },
  {
    id: "S29",
    title: "dst-address-list holds while the entry lives",
    simulated: {
      rules: [{ chain: "forward", action: "drop", "dst-address-list": "blocked" }],
    },
    async onSimulator(router, { decide }) {
      const entry = { list: "blocked", address: "2600:1f18:2148:bc00::/64", timeout: "5m" };
      const before = decide(syn);
      await router.send("PUT", "/rest/ipv6/firewall/address-list", { body: entry });
      const during = decide(syn);
      await router.pause(301_000);
      same([before, during, decide(syn)], [accept, { verdict: "drop" }, accept]);
    },
  },
  {
    id: "S29",
    title: "add-dst-to-address-list remembers the address for the rules after it",
    simulated: {
      rules: [
        { chain: "forward", action: "add-dst-to-address-list", "address-list": "seen" },
        { chain: "forward", action: "drop", "dst-address-list": "seen" },
      ],
    },
    onSimulator: (_router, { decide, entries }) => {
      same(decide(syn), { verdict: "drop" });
      same(
        entries().map((entry) => entry["address"]),
        ["2600:1f18:2148:bc00::1/128"],
      );
      return Promise.resolve();
    },
  },
];

// Broken packets and address lists: S29–S45.
import type { Packet } from "../../../sim/packet.ts";
import { refusal } from "../../../sim/routeros/errors.ts";
import {
  answering,
  between,
  body,
  hands,
  instead,
  records,
  replaced,
  rows,
  without,
  type Mutant,
} from "./breaking.ts";

const LISTS = "address-list";

/** The router sees other packets than came. */
const seeing = (change: (packet: Packet) => Packet) =>
  hands((simulator) => ({ decide: (packet) => simulator.decide(change(packet)) }));

export const packetMutants: readonly Mutant[] = [
  {
    row: "S29",
    title: "ports that clients choose are not seen",
    ...seeing((its) => ({ ...its, srcPort: 40_000 })),
  },
  {
    row: "S29",
    title: "every packet is a SYN",
    ...seeing((its) => ({ ...its, syn: true, ack: false })),
  },
  {
    row: "S29",
    title: "connections are not tracked",
    ...seeing((its) => ({ ...its, connection: its.syn ? "new" : "established" })),
  },
  {
    row: "S29",
    title: "FastTrack meets the filter",
    ...seeing((its) => ({ ...its, fastTracked: false })),
  },
  {
    row: "S29",
    title: "packets come from elsewhere",
    ...seeing((its) => ({ ...its, inInterface: "ether1" })),
  },
  {
    row: "S29",
    title: "destinations are not looked at",
    ...seeing((its) => ({ ...its, dstAddress: "2600:1f18::1" })),
  },
  {
    row: "S29",
    title: "all is accepted",
    ...hands(() => ({ decide: () => ({ verdict: "accept" }) })),
  },
  {
    row: "S29",
    title: "nothing is counted",
    ...hands(({ table }) => ({ table: () => table().map((row) => ({ ...row, packets: "0" })) })),
  },
  {
    row: "S29",
    title: "entries take no effect",
    ...instead(["PUT", LISTS], { status: 201, body: {} }),
  },
];

export const listMutants: readonly Mutant[] = [
  {
    row: "S40",
    title: "a timed entry is static",
    ...records(["PUT", LISTS], (row) => ({ ...row, dynamic: "false" })),
  },
  {
    row: "S40",
    title: "every entry shows a timeout",
    ...records(["PUT", LISTS], (row) => ({ timeout: "0s", ...row })),
  },
  { row: "S40", title: "time stands still", options: { now: () => 1_790_000_000_000 } },
  {
    row: "S40",
    title: "a reboot is forgotten",
    ...hands(() => ({ reboot: () => Promise.resolve() })),
  },
  {
    row: "S41",
    title: "duplicates are taken",
    ...answering(["PUT", LISTS], replaced(400, { status: 201, body: {} })),
  },
  {
    row: "S41",
    title: "the comment makes an entry another one",
    ...answering(["PUT", LISTS], (reply, { text }) =>
      text.includes("other") ? { status: 201, body: {} } : reply,
    ),
  },
  {
    row: "S41",
    title: "disabled duplicates are refused",
    ...body(["PUT", LISTS], without("disabled")),
  },
  {
    row: "S42",
    title: "hosts read back bare",
    ...records(["PUT", LISTS], (row) => ({
      ...row,
      address: String(row["address"]).replace("/128", ""),
    })),
  },
  {
    row: "S42",
    title: "host bits are lost altogether",
    ...answering(["PUT", LISTS], (reply, { text }) =>
      text.includes("::5/64")
        ? { ...reply, body: { ".id": "*1", address: "2001:db8::/48" } }
        : reply,
    ),
  },
  {
    row: "S43",
    title: "a new timeout is taken and ignored",
    ...body(["PATCH", LISTS], without("timeout")),
  },
  {
    row: "S45",
    title: "the discard prefix is refused",
    ...between((request, next) =>
      request.text.includes('"100:')
        ? Promise.resolve(refusal(400, "value of address out of range"))
        : next(request),
    ),
  },
  {
    row: "S45",
    title: "addresses are spelled in full",
    ...records(["PUT", LISTS], (row) => ({
      ...row,
      address: String(row["address"]).replace("100::ab:0:", "100:0:0:0:0:ab:0:"),
    })),
  },
  {
    row: "S45",
    title: "a marker taken twice is two",
    ...answering(["PUT", LISTS], (reply) =>
      reply.status === 400 ? { status: 201, body: { ".id": "*9" } } : reply,
    ),
  },
  {
    row: "S45",
    title: "a marker can't be deleted",
    ...answering(["DELETE", LISTS], () => refusal(400, "missing or invalid resource identifier")),
  },
  {
    row: "S45",
    title: "a day is no more than an hour",
    ...body(["PUT", LISTS], (fields) => ({
      ...fields,
      ...(fields["timeout"] ? { timeout: "1h" } : {}),
    })),
  },
  {
    row: "S44",
    title: "a name becomes its answers",
    ...rows(["GET", LISTS], (row) => row["address"] !== "example.com"),
  },
  {
    row: "S44",
    title: "answers are static rows",
    ...records(["GET", LISTS], (row) => ({ ...row, dynamic: "false" })),
  },
];

// Broken reboots, certificates, operators and fetches: S64–S80.
import { notFound } from "../../../sim/routeros/errors.ts";
import type { RouterOs } from "../../../sim/routeros/server.ts";
import {
  answering,
  body,
  hands,
  records,
  replaced,
  rows,
  stuck,
  without,
  type Mutant,
} from "./breaking.ts";

/** A person's hand on the router slips. */
const slipping = (change: (operator: RouterOs["operator"]) => Partial<RouterOs["operator"]>) =>
  hands(({ operator }) => ({ operator: { ...operator, ...change(operator) } }));

export const deviceMutants: readonly Mutant[] = [
  {
    row: "S64",
    title: "nothing is lost in a reboot",
    ...hands(() => ({ reboot: () => Promise.resolve() })),
  },
  {
    row: "S64",
    title: "netwatch is up at once",
    ...records(["GET", "netwatch"], (row) => ({ ...row, status: "up" })),
  },
  {
    row: "S64",
    title: "rows change their order in a reboot",
    ...answering(["GET", "filter"], (reply) => ({
      ...reply,
      body: Array.isArray(reply.body) ? reply.body.toReversed() : reply.body,
    })),
  },
  {
    row: "S65",
    title: "replies end after 1,000 rows",
    ...rows(["GET", "filter"], (_row, at) => at < 1_000),
  },
  { row: "S65", title: "long tables take no time", options: { msPerRow: 0 } },
  { row: "S66", title: "control bytes are escaped", ...stuck("rawControlBytes", false) },
  { row: "S67", title: "the certificate is never wrong", options: { tls: "ca-signed" } },
  { row: "S67", title: "the certificate is for another router", options: { tls: "wrong-name" } },
  { row: "S67", title: "TLS 1.3 is spoken", options: { tlsVersion: "TLSv1.3" } },
  { row: "S68", title: "a moved rule stays", ...slipping(() => ({ move: () => undefined })) },
  {
    row: "S68",
    title: "nothing happens in the middle of a request",
    ...slipping(() => ({ onNext: () => undefined })),
  },
  {
    row: "S68",
    title: "an operator's entry is not there",
    ...slipping((operator) => ({
      addEntry: (list, address) => {
        const id = operator.addEntry(list, address);
        operator.removeEntry(id);
        return id;
      },
    })),
  },
  {
    row: "S69",
    title: "connections are not listed",
    ...rows(["GET", "service"], (row) => row["dynamic"] === "false"),
  },
  { row: "S69", title: "the menu is missing", ...answering(["GET", "service"], () => notFound) },
  {
    row: "S80",
    title: "a 401 is a success without a word",
    ...answering(["POST", "fetch"], replaced(400, { status: 200, body: [] })),
  },
  {
    row: "S80",
    title: "a success has no records",
    ...answering(["POST", "fetch"], replaced(200, { status: 200, body: [{}] })),
  },
  {
    row: "S80",
    title: "a stalled fetch fails at once",
    ...body(["POST", "fetch"], (fields) => ({ ...fields, duration: "1ms" })),
  },
  { row: "S80", title: "ip-type was always known", ...body(["POST", "fetch"], without("ip-type")) },
  { row: "S80", title: "ip-type is never known", options: { version: "7.20.1 (stable)" } },
];

// Broken answers of the surface and of adding rules: S1–S21.
import { notFound, refusal, type Reply } from "../../../sim/routeros/errors.ts";
import {
  answering,
  asking,
  between,
  body,
  hands,
  instead,
  records,
  restated,
  set,
  without,
  type Mutant,
} from "./breaking.ts";

const PUT = ["PUT", "filter"] as const;
const LIST = ["GET", "filter"] as const;
const withoutHeaders = (reply: Reply): Reply => ({ ...reply, headers: {} });

export const surfaceMutants: readonly Mutant[] = [
  { row: "S1", title: "the root page needs a login", ...instead(["GET", ""], refusal(401)) },
  {
    row: "S2",
    title: "no challenge",
    ...answering(["GET"], withoutHeaders),
  },
  { row: "S2", title: "401 is 403", ...answering([""], restated(401, 403)) },
  { row: "S2", title: "a wrong password is told at once", options: { loginDelayMs: 0 } },
  {
    row: "S2",
    title: "nothing is logged",
    ...hands(() => ({ log: [] })),
  },
  {
    row: "S3",
    title: "numbers are no strings",
    ...records(["GET", "resource"], set("cpu-load", 1)),
  },
  { row: "S3", title: "no name", ...records(["GET", "identity"], without("name")) },
  {
    row: "S3",
    title: "a board without a serial number",
    ...records(["GET", "routerboard"], without("serial-number")),
  },
  {
    row: "S3",
    title: "no word about the board",
    ...records(["GET", "routerboard"], without("routerboard")),
  },
  {
    row: "S4",
    title: "an unknown menu is 404",
    ...answering(["GET", "nonexistent"], () => notFound),
  },
  {
    row: "S5",
    title: "GET print prints",
    ...asking(LIST, ({ path, ...its }) => ({ ...its, path: path.replace("/print", "") })),
  },
  {
    row: "S6",
    title: "%2A is decoded",
    ...asking(LIST, ({ path, ...its }) => ({ ...its, path: path.replace("%2A", "*") })),
  },
  {
    row: "S6",
    title: "an unknown comment is 404",
    ...answering(["GET", "some%20"], () => notFound),
  },
  { row: "S7", title: "HEAD is answered", ...instead(["HEAD"], { status: 200 }) },
  { row: "S7", title: "OPTIONS is answered", ...instead(["OPTIONS"], { status: 204 }) },
  {
    row: "S8",
    title: "any content type",
    ...asking(PUT, (its) => ({ ...its, contentType: "application/json" })),
  },
  { row: "S8", title: "what is no JSON is empty", ...body(PUT, (fields) => fields) },
  {
    row: "S8",
    title: "0673 is 673",
    ...asking(PUT, (its) => ({ ...its, text: its.text.replace("0673", "673") })),
  },
  {
    row: "S10",
    title: "nothing found is an object",
    ...answering(LIST, (reply) =>
      Array.isArray(reply.body) && reply.body.length === 0 ? { ...reply, body: {} } : reply,
    ),
  },
];

export const addMutants: readonly Mutant[] = [
  { row: "S11", title: "PUT is 200", ...answering(PUT, restated(201, 200)) },
  {
    row: "S11",
    title: "`disabled` always shows",
    ...records(PUT, (record) => ({ disabled: "false", ...record })),
  },
  { row: "S11", title: "counters are numbers", ...records(PUT, set("packets", 0)) },
  { row: "S11", title: "no Location", ...answering(PUT, withoutHeaders) },
  {
    row: "S12",
    title: "a rule is added once",
    ...between(async (request, next) => {
      if (request.method !== "PUT") return next(request);
      const path = `/rest/ipv6/firewall/filter?comment=${encodeURIComponent(String(JSON.parse(request.text).comment))}`;
      const found = await next({ ...request, method: "GET", path, text: "" });
      const there = found !== "close" && Array.isArray(found.body) && found.body.length > 0;
      return there ? refusal(400, "failure: already have such entry") : next(request);
    }),
  },
  {
    row: "S13",
    title: "`disabled` no is dropped",
    ...body(PUT, (fields) => (fields["disabled"] === "no" ? without("disabled")(fields) : fields)),
  },
  {
    row: "S13",
    title: "`disabled` reads as written",
    ...records(PUT, (record) =>
      record["disabled"] === "true" ? { ...record, disabled: "yes" } : record,
    ),
  },
  { row: "S14", title: "place-before is ignored", ...body(PUT, without("place-before")) },
  { row: "S14", title: "place-before is kept", ...records(PUT, set("place-before", "*1")) },
  {
    row: "S15",
    title: "position 0 is the end",
    ...body(PUT, (fields) =>
      fields["place-before"] === "0" ? without("place-before")(fields) : fields,
    ),
  },
  {
    row: "S16",
    title: "an unknown id is position 0",
    ...body(PUT, (fields) =>
      fields["place-before"] === "*FFFFFF" ? { ...fields, "place-before": "0" } : fields,
    ),
  },
  { row: "S16", title: "an unknown id is 500", ...answering(PUT, restated(400, 500)) },
  { row: "S17", title: "unknown parameters are ignored", ...body(PUT, without("bogus")) },
  {
    row: "S18",
    title: "any reject-with",
    ...body(PUT, (fields) =>
      fields["reject-with"] === "icmp-host-unreachable" ? without("reject-with")(fields) : fields,
    ),
  },
  {
    row: "S18",
    title: "any action",
    ...body(PUT, (fields) => (fields["action"] === "tarpit" ? without("action")(fields) : fields)),
  },
  { row: "S18", title: "any interface", ...body(PUT, without("in-interface")) },
  {
    row: "S18",
    title: "an unknown list is refused",
    ...answering(PUT, (reply, { text }) =>
      text.includes("address-list")
        ? refusal(400, "input does not match any value of dst-address-list")
        : reply,
    ),
  },
  { row: "S18", title: "`invalid` is always false", ...records(PUT, set("invalid", "false")) },
  {
    row: "S19",
    title: "a port means TCP",
    ...body(PUT, (fields) => ({ protocol: "tcp", ...fields })),
  },
  {
    row: "S20",
    title: "what is no address is any",
    ...body(PUT, (fields) =>
      fields["dst-address"] === "not-an-ip" ? without("dst-address")(fields) : fields,
    ),
  },
  {
    row: "S21",
    title: "no chain is forward",
    ...body(PUT, (fields) => ({ chain: "forward", ...fields })),
  },
];

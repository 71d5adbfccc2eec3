// Broken answers of reading and changing the filter: S22–S28.
import { notFound, refusal, type Reply } from "../../../sim/routeros/errors.ts";
import {
  answering,
  asking,
  between,
  body,
  instead,
  records,
  restated,
  rows,
  set,
  without,
  type Mutant,
} from "./breaking.ts";

const PUT = ["PUT", "filter"] as const;
const LIST = ["GET", "filter"] as const;
const MOVE = ["POST", "/move"] as const;
const PRINT = ["POST", "/print"] as const;
const PATCH = ["PATCH", "filter"] as const;
const DELETE = ["DELETE", "filter"] as const;
const nothing = { status: 200, body: [] };
const status = (to: number) => (reply: Reply) => ({ ...reply, status: to });

export const readMutants: readonly Mutant[] = [
  {
    row: "S22",
    title: "filters are ignored",
    ...asking(LIST, (its) => ({ ...its, path: its.path.replace(/\?.*/, "") })),
  },
  {
    row: "S22",
    title: "only the first filter counts",
    ...asking(LIST, (its) => ({ ...its, path: its.path.replace(/&.*/, "") })),
  },
  {
    row: "S22",
    title: "a GET's .proplist leaves out .id",
    ...asking(LIST, (its) => its),
    ...records(["GET", ".proplist=comment"], without(".id")),
  },
  {
    row: "S22",
    title: "print always has .id",
    ...records(PRINT, (record) => ({ ".id": "*1", ...record })),
  },
  {
    row: "S22",
    title: "#| is an intersection",
    ...asking(PRINT, (its) => ({ ...its, text: its.text.replace("#|", "#&") })),
  },
  { row: "S22", title: "count-only is ignored", ...body(PRINT, without("count-only")) },
  {
    row: "S23",
    title: "an id gives an array",
    ...answering(["GET", "filter/*"], (reply) =>
      reply.status === 200 ? { ...reply, body: [reply.body] } : reply,
    ),
  },
  {
    row: "S23",
    title: "404 has a detail",
    ...answering(["GET"], (reply) => (reply.status === 404 ? refusal(404, "no such item") : reply)),
  },
  {
    row: "S24",
    title: "PATCH is 204",
    ...answering(PATCH, (reply) => (reply.status === 200 ? { status: 204 } : reply)),
  },
  {
    row: "S24",
    title: "`disabled` no vanishes",
    ...records(["", "filter"], (record) =>
      record["disabled"] === "false" ? without("disabled")(record) : record,
    ),
  },
  { row: "S24", title: "PATCH ignores place-before", ...body(PATCH, without("place-before")) },
  { row: "S24", title: "PATCH of the menu is done", ...answering(PATCH, restated(400, 200)) },
  { row: "S24", title: "PATCH of an unknown id is done", ...answering(PATCH, restated(404, 200)) },
  { row: "S25", title: "DELETE is 200", ...answering(DELETE, restated(204, 200)) },
  { row: "S25", title: "DELETE twice is 204", ...answering(DELETE, restated(404, 204)) },
  { row: "S25", title: "DELETE does nothing", ...instead(DELETE, { status: 204 }) },
  { row: "S25", title: "ids are used again", ...records(PUT, set(".id", "*1")) },
  {
    row: "S26",
    title: "an unknown destination is an error",
    ...answering(MOVE, (reply, { text }) => (text.includes("*FFFFFF") ? notFound : reply)),
  },
  {
    row: "S26",
    title: "no destination moves nothing",
    ...between((request, next) =>
      request.path.endsWith("/move") &&
      !request.text.includes("destination") &&
      request.text !== "{}"
        ? Promise.resolve(nothing)
        : next(request),
    ),
  },
  { row: "S26", title: ".id is not numbers", ...body(MOVE, without(".id")) },
  {
    row: "S26",
    title: "a block moves in the order of the table",
    ...body(MOVE, (fields) => ({
      ...fields,
      ...(typeof fields["numbers"] === "string"
        ? { numbers: fields["numbers"].split(",").toSorted().join() }
        : {}),
    })),
  },
  {
    row: "S26",
    title: "only ids are numbers",
    ...answering(MOVE, (reply, { text }) => (/"\d/.test(text) ? notFound : reply)),
  },
  {
    row: "S26",
    title: "before itself is nothing to do",
    ...answering(MOVE, (reply) => (reply.status === 400 ? nothing : reply)),
  },
  {
    row: "S26",
    title: "unknown numbers are nothing to do",
    ...answering(MOVE, (reply) => (reply.status === 404 ? nothing : reply)),
  },
  { row: "S27", title: "counters stay", ...instead(["POST", "reset-counters"], nothing) },
  {
    row: "S28",
    title: "dynamic rows are hidden",
    ...rows(LIST, (row) => row["dynamic"] !== "true"),
  },
  {
    row: "S28",
    title: "a dynamic row can be deleted but not changed",
    ...answering(DELETE, status(204)),
  },
];

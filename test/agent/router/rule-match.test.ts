import { describe, expect, test } from "vitest";
import { FilterRow, isOurs } from "../../../agent/router/filter-row.ts";
import { covers, differences, onRouter } from "../../../agent/router/rule-match.ts";
import { rule, typed } from "./router-world.ts";

const PREFIX = { prefix: "2600:1f18::/32", list: null };

function aRow(fields: Readonly<Record<string, string>>): FilterRow {
  const always = { bytes: "0", packets: "0", dynamic: "false", invalid: "false" };
  return FilterRow.parse({ ".id": "*1", ...always, ...fields });
}

test("a dynamic row is never ours and covers nothing, whatever it says", () => {
  const dynamic = aRow({ ...rule, dynamic: "true" });
  expect([isOurs(dynamic), covers(dynamic, PREFIX)]).toEqual([false, false]);
});

test.each(["protocol", "dst-port", "dst-address"])(
  "a rule without %s is something else, such as a last drop of everything",
  (name) => {
    const { [name]: _, ...others }: Record<string, string> = { ...typed };
    expect(covers(aRow(others), PREFIX)).toBe(false);
  },
);

test.each<[Record<string, string>, boolean]>([
  [{ "dst-address": "2600:1f18:0::/32" }, true],
  [{ protocol: "6" }, true],
  [{ "dst-port": "1-1024" }, true],
  [{ "dst-port": "444-500" }, false],
  [{ "dst-port": "!443" }, false],
  [{ "tcp-flags": "!ack,syn" }, true],
  [{ "tcp-flags": "fin" }, false],
  [{ "connection-state": "new,established" }, true],
  [{ "connection-state": "established" }, false],
  [{ "src-port": "!61990-61999" }, true],
  [{ "src-port": "1-100" }, false],
  [{ "dst-address": "no address" }, false],
])("a rule with %o covers the prefix: %s", (fields, expected) => {
  expect(covers(aRow({ ...typed, ...fields }), PREFIX)).toBe(expected);
});

describe("a rule that reads a list", () => {
  const target = { ...PREFIX, list: "backon-block-v6" };
  const { "dst-address": _, ...others } = typed;
  const listed = { ...others, "dst-address-list": "backon-block-v6", "tcp-flags": "syn,!ack" };

  test.each<[string, Record<string, string>, boolean]>([
    ["our list", {}, true],
    ["another list", { "dst-address-list": "strangers" }, false],
    ["all but our list", { "dst-address-list": "!backon-block-v6" }, false],
    ["our list and only a part of the prefix", { "dst-address": "2600:1f18::/48" }, false],
    ["our list for one source", { "src-address-list": "guests" }, false],
  ])("with %o", (_name, fields, expected) => {
    expect(covers(aRow({ ...listed, ...fields }), target)).toBe(expected);
  });

  test("is something else where the profile has no list", () => {
    expect(covers(aRow(listed), PREFIX)).toBe(false);
  });

  test("keeps clients from what is in the list now", () => {
    const row = aRow(listed);
    expect(onRouter([row], row, ["2600:1f18::/64"]).networks).toEqual(["2600:1f18::/64"]);
  });
});

describe("differences", () => {
  test("another spelling of the network or of the flags is none", () => {
    const row = aRow({ ...rule, "dst-address": "2600:1F18:0:0::/32", "tcp-flags": "!ack,syn" });
    expect(differences(row, { ...rule, "tcp-flags": "syn,!ack" })).toEqual([]);
  });

  test("a longer prefix is one", () => {
    const row = aRow({ ...rule, "dst-address": "2600:1f18::/33" });
    expect(differences(row, rule)).toEqual(["dst-address is 2600:1f18::/33, not 2600:1f18::/32"]);
  });
});

test.each<[string, Record<string, string>, string | null]>([
  ["an accept", {}, "before"],
  ["an accept without a comment", { comment: "" }, "*9"],
  ["a disabled row", { disabled: "true" }, null],
  ["a dynamic row", { dynamic: "true" }, null],
  ["a row of another chain", { chain: "input" }, null],
  ["a row that only counts", { action: "passthrough" }, null],
  ["a copy of ours", { ...rule }, null],
  ["what only bears our mark", { comment: "[backon]" }, "[backon]"],
])("behind %s", (_name, fields, behind) => {
  const { comment, ...others } = { comment: "before", ...fields };
  const said = comment === "" ? {} : { comment };
  const other = aRow({ chain: "forward", action: "accept", ...said, ...others, ".id": "*9" });
  const ours = aRow(rule);
  expect(onRouter([other, ours], ours).behind).toBe(behind);
});

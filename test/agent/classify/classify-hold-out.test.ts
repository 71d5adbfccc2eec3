// What `npm run accuracy` says about the classifier must itself be true.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { classify, RULES } from "../../../agent/classify/classify.ts";
import { loneSignatures, readHeldOut } from "../../../scripts/accuracy/hold-out.ts";
import type { Row } from "../../../scripts/accuracy/rows.ts";
import { foldOf, readRows } from "../../../scripts/accuracy/rows.ts";
import { scoreOf } from "../../../scripts/accuracy/score.ts";

function aRow(fields: Partial<Row>): Row {
  return {
    id: "pe-1",
    message: "no space left on device",
    label: "node.disk_full",
    path_related: false,
    family: "none",
    host: undefined,
    ambiguous: false,
    source: threadOfFold(0),
    ...fields,
  };
}

function threadOfFold(fold: number): string {
  const names = Array.from({ length: 100 }, (_, number) => `owner/name#${number}`);
  return names.find((name) => foldOf(name) === fold) ?? "";
}

function labelsHeldOut(rows: readonly Row[]): string[] {
  return readHeldOut(rows).map(({ given }) => given.label);
}

it("a wording of two folds is known when either is held out", () => {
  const rows = [aRow({}), aRow({ source: threadOfFold(1) })];

  expect(labelsHeldOut(rows)).toEqual(["node.disk_full", "node.disk_full"]);
});

it("a wording of one thread is unknown when that thread is held out, however many rows it has", () => {
  const rows = [aRow({}), aRow({}), aRow({ message: "EOF", source: threadOfFold(1) })];

  expect(labelsHeldOut(rows)).toEqual(Array.from(rows, () => "unknown.no_detail"));
});

it("a wording of one thread is named with its thread", () => {
  const rows = [aRow({}), aRow({}), aRow({ message: "Pull QPS exceeded", source: "a/b#1" })];

  expect(loneSignatures([...rows, aRow({ source: threadOfFold(1) })])).toEqual([
    { label: "pull.qps_exceeded", signature: '"pull qps exceeded"', source: "a/b#1" },
  ]);
});

it("a row off the path that is given a label of the path is counted and named", () => {
  const given = { label: "network.reset", host: null, family: "none" } as const;

  const score = scoreOf([{ row: aRow({}), given }]);

  expect(score).toMatchObject({ rows: 1, right: 0, share: 0, blamedOnPath: ["pe-1"] });
  expect(score.confused).toEqual([
    { expected: "node.disk_full", given: "network.reset", ids: ["pe-1"] },
  ]);
});

it("an ambiguous row is shown and not counted", () => {
  const given = { label: "network.reset", host: null, family: "none" } as const;

  const score = scoreOf([{ row: aRow({ ambiguous: true }), given }]);

  expect(score).toMatchObject({ rows: 0, blamedOnPath: [], confused: [] });
  expect(score.ambiguous).toEqual([
    { id: "pe-1", expected: "node.disk_full", given: "network.reset" },
  ]);
});

it("no signature stands twice under a label", () => {
  const keys = RULES.flatMap(({ label, signatures }) =>
    signatures.map(({ id }) => `${label} ${id}`),
  );

  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

it("docs/accuracy.md shows the figures that the command prints", () => {
  const page = readFileSync(new URL("../../../docs/accuracy.md", import.meta.url), "utf8");
  const rows = readRows();
  const plain = scoreOf(rows.map((row) => ({ row, given: classify(row.message) })));
  const heldOut = scoreOf(readHeldOut(rows));

  expect(page).toContain(`| label | ${plain.right} of ${plain.rows} |`);
  expect(page).toContain(`| failing host | ${plain.host.right} of ${plain.host.rows} |`);
  expect(page).toContain(`| label, held out | ${heldOut.right} of ${heldOut.rows} |`);
  expect([plain.blamedOnPath, heldOut.blamedOnPath]).toEqual([[], []]);
});

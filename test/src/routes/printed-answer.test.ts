import { expect, test } from "vitest";
import { differences, parsed } from "./printed-answer.ts";

const found = (printed: string, answer: unknown): string[] =>
  differences(parsed(printed), answer, "answer");

test.each([
  ['{"a":1,"b":"x"}', { a: 2, b: "y" }],
  ['{"a":1,…}', { a: 2, b: "y" }],
  ['{"a":1,…,"c":null,…}', { a: 2, b: "y", c: null, d: 1 }],
  ['{"jobs":[{"id":"1",…},…]}', { jobs: [{ id: "2", more: 1 }, { id: "3" }] }],
  ['{"token":"eyJ.…"}', { token: "abc" }],
  ['{"detail":"job 0mwste0j3-zwa3er is queued"}', { detail: "job 0mwst3fnb-rbvhqr is queued" }],
])("%s fits %j", (printed, answer) => {
  expect(found(printed, answer)).toEqual([]);
});

test.each([
  ['{"a":1}', { a: "1" }],
  ['{"a":1}', { a: 1, b: 2 }],
  ['{"a":1,…}', { b: 2 }],
  ['{"a":null}', { a: 1 }],
  ['{"state":"queued"}', { state: "finished" }],
  ['{"jobs":[]}', { jobs: ["x"] }],
  ['{"jobs":[{"id":"1"},…]}', { jobs: [{ name: "1" }] }],
  ['{"detail":"job 0mwste0j3-zwa3er is queued"}', { detail: "job 0mwst3fnb-rbvhqr is leased" }],
])("%s does not fit %j", (printed, answer) => {
  expect(found(printed, answer)).not.toEqual([]);
});

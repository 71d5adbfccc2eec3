// The whole contract on simulated routers, with every open question answered one way and the other.
import { describe, expect, test } from "vitest";
import { usualSwitches, type Switches } from "../../sim/routeros/switches.ts";
import { allChecks } from "./all-checks.ts";
import { onSimulator } from "./run-check.ts";

const otherAnswers: Switches = {
  placeBeforeNowhere: "404",
  placeBeforeUnknown: "404",
  dynamicRows: "allowed",
  portsPrefix: "",
  badAddress: "invalid value of address, prefix expected for",
  missingChain: "missing value(s) of argument(s) chain",
  tcpFlags: "sorted",
  passthrough: "boolean",
  deleteWithoutWrite: "500",
  patchUnknown: "400",
  listHostBits: "kept",
  listTimeoutPatch: "refused",
  listNames: "alone",
  listNameTimeout: "refused",
  idsAfterReboot: "renumbered",
  fetchRefused: "finished",
  fetchStalled: "failed-record",
};

const answers: readonly (readonly [name: string, switches: Partial<Switches>])[] = [
  ["as usual", usualSwitches],
  ["the other way", otherAnswers],
];

describe.each(answers)("open questions answered %s", (_name, switches) => {
  test.each(allChecks.map((check) => [check.id, check.title, check] as const))(
    "%s %s",
    async (_id, _title, check) => {
      const { ending } = await onSimulator(check, switches);
      const refused = ending.kind === "not-checked" ? { kind: "not-checked" } : ending;
      expect(refused).toEqual({ kind: "as-expected" });
    },
  );
});

test("S16 an unknown place-before can be a silent row at the end, too", async () => {
  for (const check of allChecks.filter(({ id }) => id === "S16"))
    expect((await onSimulator(check, { placeBeforeUnknown: "append" })).ending.kind).toBe(
      "as-expected",
    );
});

test("every row of the list has a check", () => {
  const spans = [
    [1, 8],
    [10, 29],
    [40, 45],
    [50, 56],
    [60, 69],
    [80, 80],
  ] as const;
  const rows = spans.flatMap(([from, to]) =>
    Array.from({ length: to - from + 1 }, (_, at) => from + at),
  );
  expect([...new Set(allChecks.map(({ id }) => id))]).toEqual(rows.map((row) => `S${row}`));
});

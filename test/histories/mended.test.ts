// Histories that once ended badly, as the random ones found them.
import { describe, test } from "vitest";
import type { History, JobStep, Mid, Operator } from "./history.ts";
import { runHistory } from "./run-history.ts";

const usual: Omit<History, "profile" | "table" | "steps"> = {
  life: "keep",
  secure: false,
  renumbersAtReboot: false,
  patchesTimeouts: true,
  unknownPlace: "400",
  thenWithdraw: true,
};

const person = (act: Operator["act"], which = 0, to = 0): Operator => ({
  kind: "operator",
  act,
  which,
  to,
});

const fix = (mids: readonly Mid[], end: JobStep["end"] = { kind: "whole" }): JobStep => ({
  kind: "job",
  cluster: "home",
  job: "fix",
  path: "stalls",
  mids,
  end,
});

const fault = (
  at: number,
  name: "closed before" | "applied, 400" | "applied, closed" | "no write" | "rest off",
): Mid => ({
  at,
  what: { kind: "fault", fault: name, count: 5 },
});

type Mended = readonly [promise: string, history: Pick<History, "profile" | "table" | "steps">];

const MENDED: readonly Mended[] = [
  [
    "a rule that was withdrawn because another stands before it: the report names that one",
    { profile: "address-list", table: ["accept all", "typed"], steps: [] },
  ],
  [
    "a person copied our rule, and both work: the copy goes",
    { profile: "prefix", table: ["ours"], steps: [person("copy ours")] },
  ],
  [
    "the rule was added and an entry was not: the report does not say that there is no rule",
    { profile: "address-list", table: ["home"], steps: [fix([fault(8, "closed before")])] },
  ],
  [
    "the router denied a rule that it took, and shows no list: the report calls it uncertain",
    {
      profile: "address-list",
      table: [],
      steps: [fix([fault(2, "applied, 400"), fault(8, "rest off")])],
    },
  ],
  [
    "our rule was changed and disabled: a person who asks gets it back",
    {
      profile: "prefix",
      table: [],
      steps: [person("copy ours, disabled"), person("break ours")],
    },
  ],
  [
    "a disabled rule is gone, and the router takes no other: the report does not say that it stands",
    {
      profile: "prefix",
      table: ["home"],
      steps: [
        person("copy ours, disabled"),
        fix([fault(1, "applied, closed"), fault(8, "no write")]),
      ],
    },
  ],
  [
    "an attempt died before all entries were listed: the next one lists them and withdraws nothing",
    {
      profile: "address-list",
      table: [],
      steps: [fix([], { kind: "unreported" }), person("remove entry", 2)],
    },
  ],
  [
    "a disabled copy stands before our rule: the report is about the rule, not the copy",
    {
      profile: "prefix",
      table: ["accept all", "ours"],
      steps: [person("copy ours, disabled")],
    },
  ],
  [
    "a person's rule does nothing behind another one: the report names that one",
    {
      profile: "prefix",
      table: ["accept all", "typed"],
      steps: [person("copy ours, disabled")],
    },
  ],
];

describe("mended", () => {
  test.each(MENDED)("%s", async (_promise, history) => {
    await runHistory({ ...usual, ...history });
  });
});

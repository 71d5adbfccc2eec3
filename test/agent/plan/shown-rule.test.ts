// The rule that a report is about, where a person has written several.
import { expect, test } from "vitest";
import { aPersonsRule, aRule } from "../../support/a-rule.ts";
import { aSite } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { aPolicy } from "../../support/a-policy.ts";
import type { RuleOnRouter } from "../../../agent/ports/router.ts";

const part = aPersonsRule({
  id: "*7",
  comment: "one host of mine",
  networks: ["2600:1f18:9999::/48"],
});
const lowHalf = aPersonsRule({ id: "*5", comment: "low", networks: ["2600:1f18::/33"] });
const registry = aPersonsRule({ id: "*3", comment: "one", networks: ["2600:1f18:2148:bc00::/63"] });
const token = aPersonsRule({ id: "*4", comment: "two", networks: ["2600:1f18:2148:bc02::/64"] });

/** Only looked at, so that the rules are told as they were found. */
async function told(rules: readonly RuleOnRouter[]) {
  const site = aSite();
  site.rules = [...rules];
  const { report } = await run(site, {}, { policy: aPolicy({ mode: "observe" }) });
  const { state, ours, comment, networks } = report.rule ?? {};
  return { state, ours, comment, networks };
}

test("a person's small rule before ours: ours is told", async () => {
  expect(await told([part, aRule()])).toMatchObject({ state: "present", ours: true });
});

test("a person's rule for a part alone: there is no rule", async () => {
  expect(await told([part])).toMatchObject({ state: "absent", ours: false });
});

test("a small one of a person before one for all: the one for all is told", async () => {
  expect(await told([part, aPersonsRule()])).toMatchObject({
    state: "present",
    ours: false,
    comment: aPersonsRule().comment,
    networks: ["2600:1f18::/32"],
  });
});

test("a person's one for all that is disabled is no rule", async () => {
  expect(await told([aPersonsRule({ disabled: true })])).toMatchObject({ state: "absent" });
});

test("several of a person that hold every address together are told as one", async () => {
  expect(await told([registry, token])).toEqual({
    state: "present",
    ours: false,
    comment: "one",
    networks: ["2600:1f18:2148:bc00::/63", "2600:1f18:2148:bc02::/64"],
  });
  expect(await told([registry, part])).toMatchObject({ state: "absent" });
});

test("a half in which every address lies is told", async () => {
  expect(await told([part, lowHalf])).toMatchObject({ state: "present", comment: "low" });
});

// Jobs on a router that other clusters use too, or where somebody else wrote our mark.
import { expect, test } from "vitest";
import type { ClaimedJob } from "../../../src/protocol/calls.ts";
import { withdraw } from "../../../agent/jobs/withdraw.ts";
import type { Router } from "../../../agent/ports/router.ts";
import type { Withdrawn } from "../../../agent/ports/withdrawn.ts";
import type { World } from "../../../agent/ports/world.ts";
import { aJob, BY_PERSON } from "../../support/a-policy.ts";
import { aRule } from "../../support/a-rule.ts";
import { aSite } from "../../support/a-site.ts";
import { attempt, aWorld, run } from "../../support/a-world.ts";
import { memoryRouter } from "../../support/memory-adapters.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

/** A router that says this of every view, and of what `withdraw` did. */
function aRouter(
  site: SiteInMemory,
  seen: {
    readonly usedByUs?: boolean;
    readonly usedBy?: readonly string[];
    readonly leftAlone?: readonly string[];
  },
  done: Partial<Withdrawn> = {},
): Router {
  const router = memoryRouter(site);
  return {
    ...router,
    async look() {
      const looked = await router.look();
      return looked.ok ? { ok: true, value: { ...looked.value, ...seen } } : looked;
    },
    async withdraw(scope) {
      site.calls.push(`withdraw ${scope ?? "ours"}`);
      const withdrawn = await (done.stays === true ? nothing : router.withdraw(scope));
      return withdrawn.ok ? { ok: true, value: { ...withdrawn.value, ...done } } : withdrawn;
    },
  };
}
const nothing = { ok: true, value: { removed: 0, actions: [] } } as const;

function undo(site: SiteInMemory, router: Router, job: Partial<ClaimedJob> = {}) {
  const world: World = aWorld(site, { router });
  return attempt(withdraw, {
    job: aJob({ kind: "withdraw", origin: BY_PERSON, ...job }),
    world: world,
  });
}

test.each([
  [undefined, "withdraw ours"],
  ["mine", "withdraw ours"],
  ["all", "withdraw all"],
] as const)("an undo of scope %s asks the router to %s", async (scope, call) => {
  const site = aSite();
  site.rules = [aRule()];

  const { report } = await undo(site, aRouter(site, {}), scope === undefined ? {} : { scope });

  expect(report.outcome).toBe("withdrawn");
  expect(site.calls.filter((name) => /^withdraw (ours|all)$/.test(name))).toEqual([call]);
});

test("a report names the other clusters that use the rule", async () => {
  const site = aSite();

  const { report } = await run(site, {}, { router: aRouter(site, { usedBy: ["barn"] }) });

  expect(report.rule).toMatchObject({ usedBy: ["barn"] });
});

test("an undo tells who else uses the rule, and how it goes for all", async () => {
  const site = aSite();
  site.rules = [aRule()];

  const { report } = await undo(site, aRouter(site, {}, { stays: true, usedBy: ["branch"] }));

  expect(report).toMatchObject({ outcome: "withdrawn", rule: { state: "present", ours: true } });
  expect(report.summary).toContain("because it is also used by the cluster branch");
  expect(report.summary).toContain("withdraw --all");
});

test("an undo names what bears our mark and is not ours", async () => {
  const site = aSite();
  const leftAlone = ["rule *5 “see ticket 7 [backon]”"];

  const { report } = await undo(site, aRouter(site, {}, { leftAlone }));

  expect(report.summary).toContain("rule *5 “see ticket 7 [backon]”");
});

test("so does every report of a job, which it does not stop", async () => {
  const site = aSite();
  const leftAlone = ["rule *5 “see ticket 7 [backon]”"];

  const { report } = await run(site, {}, { router: aRouter(site, { leftAlone }) });

  expect(report.outcome).toBe("recovered");
  expect(report.summary).toContain("rule *5 “see ticket 7 [backon]”");
});

test.each([
  [false, 1],
  [true, 0],
])("a cluster that finds our rule, and is known to use it: %s", async (usedByUs, times) => {
  const site = aSite();
  site.rules = [aRule()];

  const { report } = await run(site, {}, { router: aRouter(site, { usedByUs }) });

  expect(report).toMatchObject({ outcome: "recovered", verdict: "rule-active" });
  expect(site.calls.filter((call) => call === "tidy")).toHaveLength(times);
});

test("a person's fix puts a disabled rule back, whoever uses it", async () => {
  const site = aSite();
  site.rules = [aRule({ disabled: true })];

  await run(site, { origin: BY_PERSON }, { router: aRouter(site, {}) });

  expect(site.calls).toContain("withdraw all");
  expect(site.rules).toMatchObject([{ disabled: false }]);
});

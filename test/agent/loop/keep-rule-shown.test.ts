// `backon_rule_active` while no job runs: right after a restart, and after the rule came or went by hand.
import { expect, onTestFinished, test } from "vitest";
import { openHealth } from "../../../agent/loop/health.ts";
import { keepRuleShown } from "../../../agent/loop/keep-rule-shown.ts";
import { aRule } from "../../support/a-rule.ts";
import { aSite } from "../../support/a-site.ts";
import { memoryRouter } from "../../support/memory-adapters.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

/** What `/metrics` says after so many looks; `between` changes the site after each. */
async function shown(
  site: SiteInMemory,
  looks: number,
  between: (look: number) => void = () => {},
) {
  const health = await openHealth({
    host: "127.0.0.1",
    port: 0,
    stuck: () => null,
    unready: () => null,
  });
  onTestFinished(() => health.close());
  const stop = new AbortController();
  const said: string[] = [];
  const slept: number[] = [];
  const sleep = async (ms: number): Promise<void> => {
    slept.push(ms);
    const response = await fetch(`http://127.0.0.1:${health.port}/metrics`);
    said.push(/^backon_rule_active (\d)/m.exec(await response.text())?.[1] ?? "none");
    between(said.length);
    if (said.length === looks) stop.abort();
  };
  await keepRuleShown(memoryRouter(site), health.ruleSeen, {
    clock: { now: () => site.now, sleep },
    log: () => {},
    stopped: stop.signal,
  });
  return { said, slept };
}

test("a rule that stood before the agent started is shown at once", async () => {
  const site = Object.assign(aSite(), { rules: [aRule()] });

  expect(await shown(site, 1)).toEqual({ said: ["1"], slept: [300_000] });
});

test("what comes and goes is shown with the next look; disabled, or a person's own, is none", async () => {
  const site = aSite();

  const { said } = await shown(site, 4, (look) => {
    site.rules = [[aRule()], [aRule({ disabled: true })], [aRule({ ours: false })]][look - 1] ?? [];
  });

  expect(said).toEqual(["0", "1", "0", "0"]);
});

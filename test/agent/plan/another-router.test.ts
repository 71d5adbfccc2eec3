// One address, and after a failover another router behind it.
import { expect, test } from "vitest";
import type { RuleState } from "../../../src/protocol/report.ts";
import type { Router } from "../../../agent/ports/router.ts";
import { aSite } from "../../support/a-site.ts";
import { run } from "../../support/a-world.ts";
import { memoryRouter } from "../../support/memory-adapters.ts";
import type { SiteInMemory } from "../../support/site-in-memory.ts";

const PRESENT: RuleState = { state: "present", ours: true, at: 1, networks: ["2600:1f18::/32"] };

function answeringAs(site: SiteInMemory, ...routers: string[]): Router {
  const router = memoryRouter(site);
  return {
    ...router,
    async look() {
      const looked = await router.look();
      return looked.ok ? { ok: true, value: { ...looked.value, routers } } : looked;
    },
  };
}

test("our rule, which was never on this one, is not taken for removed by a person", async () => {
  const site = aSite();
  const lastRule = { ...PRESENT, routers: ["core-1 (A)"] };

  const { report } = await run(site, {}, { router: answeringAs(site, "core-2 (B)"), lastRule });

  expect(report.outcome).toBe("recovered");
  expect(report.rule).toMatchObject({ state: "present", routers: ["core-2 (B)"] });
  expect(report.summary).toContain(
    "ROUTER_URL leads to core-2 (B), and the last report was about core-1 (A)",
  );
});

test.each([
  ["the same one", ["core-1 (A)"], ["core-1 (A)"]],
  ["one of the two", ["core-1 (A)", "core-2 (B)"], ["core-2 (B)"]],
])("on %s it was a person", async (_which, before, now) => {
  const site = aSite();
  const lastRule = { ...PRESENT, routers: before };

  const { report } = await run(site, {}, { router: answeringAs(site, ...now), lastRule });

  expect(report.outcome).toBe("held-by-person");
  expect(report.summary).not.toContain("ROUTER_URL leads to");
});

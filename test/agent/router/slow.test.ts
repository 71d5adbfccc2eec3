// A router that takes half a minute and more for each answer.
import { expect, test } from "vitest";
import { identifiedRouter } from "../../../agent/router/identified.ts";
import { createMarkers } from "../../../agent/router/markers.ts";
import { sharedRouter } from "../../../agent/router/shared.ts";
import { FRESH_MS } from "../../../agent/plan/freshness.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import { aListWorld, AUTH, HUB, wantedFor } from "./list-world.ts";
import { aRouterWorld, commentsOf, errorOf, rule, valueOf, wanted } from "./router-world.ts";

const PROBES_MS = 11_000;

/** As a job asks: a look, the probes, a look, and a write while the probes are fresh. */
async function aSlowJob(answerMs: number) {
  let ms = Date.UTC(2026, 10, 23);
  const clock = { now: () => ms, sleep: async () => undefined };
  const { router, client, os } = await aRouterWorld(
    {
      rules: homeRules,
      between: (request, next) => {
        ms += answerMs;
        return next(request);
      },
    },
    { clock },
  );
  const shared = sharedRouter(router, createMarkers({ client, clock }, "home"));
  const asked = identifiedRouter(shared, client);
  const view = valueOf(await asked.look());
  const probedAt = ms;
  ms += PROBES_MS;
  valueOf(await asked.look(view));
  const ensured = await asked.ensure(wanted, () => ms - probedAt <= FRESH_MS);
  return { ensured, os };
}

test("at 30 s an answer the write comes in time", async () => {
  const { ensured, os } = await aSlowJob(30_000);
  expect(valueOf(ensured).added).toBe(true);
  expect(commentsOf(os)[0]).toBe(rule.comment);
});

test("at 45 s nothing is written, and the reason is the router's slowness", async () => {
  const { ensured, os } = await aSlowJob(45_000);
  expect(errorOf(ensured)).toMatchObject({ next: "retry", uncertain: false });
  expect(errorOf(ensured).message).toContain("the router took 45 s for its last answer");
  expect(os.writes).toEqual([]);
});

test("that IPv6 is routed is not asked for again within ten minutes", async () => {
  const world = await aRouterWorld({ rules: homeRules });
  await world.router.ensure(wanted, () => true);
  world.os.operator.remove("*7");
  await world.router.ensure(wanted, () => true);
  const settings = world.log.filter(({ path }) => path.endsWith("ipv6/settings"));
  expect(settings).toHaveLength(1);
});

test("entries that are not there yet come before those that are renewed", async () => {
  const world = await aListWorld();
  valueOf(await world.router.ensure(wantedFor(HUB), () => true));
  const { actions } = valueOf(await world.router.ensure(wantedFor(HUB, AUTH), () => true));
  expect(actions.map(({ what }) => what.split(" ")[0])).toEqual(["add", "keep"]);
});

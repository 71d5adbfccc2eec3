// Whatever refuses, whenever: each write that the router took is told.
import { expect, test } from "vitest";
import type { Result } from "../../../agent/ports/result.ts";
import type { Router } from "../../../agent/ports/router.ts";
import type { Action, RuleFields } from "../../../src/protocol/report.ts";
import type { Between } from "../../../sim/routeros/options.ts";
import { aListWorld, AUTH, AUTH_NET, ENTRY_COMMENT, HUB, inertRule, LIST } from "./list-world.ts";
import { aRouterWorld, rule, valueOf } from "./router-world.ts";

const always = () => true;
const older = { ...rule, "dst-address": "2600:1f18:1::/48" };

type Act = (router: Router, rule: RuleFields) => Promise<Result<readonly Action[]>>;
const ensure: Act = async (router, wanted) =>
  actionsOf(await router.ensure({ rule: wanted, addresses: [HUB, AUTH] }, always));
const withdraw: Act = async (router) => actionsOf(await router.withdraw());
const tidy: Act = (router, wanted) => router.tidy(wanted, always);

function actionsOf(done: Result<{ readonly actions: readonly Action[] }>) {
  return done.ok ? ({ ok: true, value: done.value.actions } as const) : done;
}

/** From the request with this number on the login is refused. */
function refusingFrom(number: number) {
  const seen = { asked: 0, taken: 0 };
  const between: Between = async (request, next) => {
    seen.asked += 1;
    if (seen.asked >= number) return { status: 401, body: { error: 401, message: "Unauthorized" } };
    const answer = await next(request);
    if (request.method !== "GET") seen.taken += 1;
    return answer;
  };
  return { seen, between };
}

const numbers = Array.from({ length: 12 }, (_, at) => at + 1);

test.each([
  ["ensure", ensure],
  ["withdraw", withdraw],
  ["tidy", tidy],
] as const)("%s, profile prefix", async (_name, act) => {
  const told: string[] = [];
  for (const number of numbers) {
    const { seen, between } = refusingFrom(number);
    const { router } = await aRouterWorld({ rules: [older, rule, rule], between });
    const done = await act(router, rule);
    told.push(compared(number, seen.taken, done));
  }
  expect(told).toEqual(numbers.map((number) => `${number}: all told`));
});

test.each([
  ["ensure", ensure],
  ["withdraw", withdraw],
] as const)("%s, profile address-list", async (_name, act) => {
  const told: string[] = [];
  for (const number of numbers) {
    const { seen, between } = refusingFrom(number);
    const { router, os } = await aListWorld({ rules: [inertRule, inertRule], between });
    const entry = { list: LIST, address: AUTH_NET, timeout: "20m", comment: ENTRY_COMMENT };
    os.operator.addTimedEntry(entry);
    const done = await act(router, inertRule);
    told.push(compared(number, seen.taken, done));
  }
  expect(told).toEqual(numbers.map((number) => `${number}: all told`));
});

function compared(number: number, taken: number, done: Result<readonly Action[]>): string {
  const actions = done.ok ? valueOf(done) : (done.error.actions ?? []);
  const told = actions.filter(({ ok }) => ok).length;
  return `${number}: ${told === taken ? "all told" : `${told} of ${taken}`}`;
}

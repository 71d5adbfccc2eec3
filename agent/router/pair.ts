// Two routers that stand for each other (VRRP), as one. Each is looked at, written to and withdrawn from. One
// that is down forwards nothing: it holds nothing up but a withdrawal, which has to be sure.
import type { Action, RuleFields } from "../../src/protocol/report.ts";
import type { Failure, Result } from "../ports/result.ts";
import type { Ensured, Router, RouterView, Wanted } from "../ports/router.ts";
import { standingRule } from "../ports/our-rule.ts";
import { pairedClampers } from "./pair-clamp.ts";
import { withdraw } from "./pair-withdraw.ts";
import { asOne, mergedView } from "./merged-view.ts";

/** `on`: host and port, for messages. */
export type Member = { readonly on: string; readonly router: Router };
export type Members = readonly [Member, ...Member[]];

export function pairedRouters(members: Members): Router {
  const refreshing = members.flatMap(({ router }) => router.refresh ?? []);
  return {
    look: (seen) => look(members, seen),
    ensure: (wanted, stillAllowed) => ensure(members, wanted, stillAllowed),
    tidy: (rule, stillAllowed) => tidy(members, rule, stillAllowed),
    refresh: refreshing.length === 0 ? null : () => most(refreshing),
    async keepMarker() {
      const kept = await most(
        members.map(({ router }) => async () => {
          const one = await (router.keepMarker?.() ?? notKept);
          return one.ok ? { ok: true, value: one.value ? 1 : 0 } : one;
        }),
      );
      return kept.ok ? { ok: true, value: kept.value > 0 } : kept;
    },
    withdraw: (scope) =>
      withdraw(
        members.map(
          ({ router }) =>
            () =>
              router.withdraw(scope),
        ),
      ),
    ...clampOf(members),
  };
}

function clampOf(members: Members): Pick<Router, "clamp"> {
  const clampers = members.flatMap(({ router }) => router.clamp ?? []);
  return clampers.length < members.length ? {} : { clamp: pairedClampers(clampers) };
}

const notKept = { ok: true, value: false } as const;

async function look(members: Members, seen?: RouterView): Promise<Result<RouterView>> {
  const looks = await Promise.all(
    members.map(async ({ on, router }) => ({ on, looked: await router.look(seen) })),
  );
  const away = looks.flatMap(({ on, looked }) => (looked.ok ? [] : [{ on, error: looked.error }]));
  const unread = away.find(({ error }) => error.unreachable !== true);
  if (unread !== undefined) return { ok: false, error: unread.error };
  const views = looks.flatMap(({ looked }) => (looked.ok ? [looked.value] : []));
  const [first, ...others] = views;
  if (first === undefined) return { ok: false, error: away[0]?.error ?? nothingAsked };
  const view = mergedView(first, others);
  const notes = [
    ...away.map(awayInWords),
    ...sameInWords(view.routers ?? []),
    ...(standingRule(view) === undefined ? onSomeInWords(views) : []),
  ];
  return { ok: true, value: notes.length === 0 ? view : { ...view, notes } };
}

const nothingAsked: Failure = { next: "retry", uncertain: false, message: "no router was asked" };

function awayInWords({ on, error }: { readonly on: string; readonly error: Failure }): string {
  return `the router ${on} was not reached, so nothing is known of it (${error.message})`;
}

function sameInWords(routers: readonly string[]): string[] {
  const twice = routers.find((router, at) => routers.indexOf(router) !== at);
  return twice === undefined
    ? []
    : [
        `two addresses in ROUTER_URL lead to the same router, ${twice}: name each router's own address`,
      ];
}

/** While one that has it forwards, IPv6 fails at once, and nothing is proven that would let it be added. */
function onSomeInWords(views: readonly RouterView[]): string[] {
  const named = (some: readonly RouterView[]): string =>
    some.flatMap(({ routers = [] }) => routers).join(" and ");
  const standing = views.filter((view) => standingRule(view) !== undefined);
  const without = views.filter((view) => !standing.includes(view));
  return standing.length === 0 || without.length === 0
    ? []
    : [`our rule stands on ${named(standing)} and not on ${named(without)}`];
}

async function ensure(
  members: Members,
  wanted: Wanted,
  stillAllowed: () => boolean,
): Promise<Result<Ensured>> {
  const addedOn: Router[] = [];
  const done = await eachInTurn(members, async ({ router }) => {
    const ensured = await router.ensure(wanted, stillAllowed);
    if (ensured.ok && ensured.value.added) addedOn.push(router);
    return ensured.ok ? { ...ensured, actions: ensured.value.actions } : ensured;
  });
  if (!done.ok) return { ok: false, error: await takenBack(addedOn, done.error) };
  const { values, actions } = done.value;
  const [first, ...others] = values.map(({ rule }) => rule);
  if (first === undefined) return { ok: false, error: nothingAsked };
  const added = values.some((one) => one.added);
  return { ok: true, value: { added, rule: asOne([first, ...others]), actions } };
}

/** A rule that the other one does not take may not stay on one of them: nobody would verify it. */
async function takenBack(addedOn: readonly Router[], failure: Failure): Promise<Failure> {
  let { uncertain, message, actions = [] } = failure;
  for (const router of addedOn) {
    const gone = await router.withdraw();
    actions = [...actions, ...((gone.ok ? gone.value.actions : gone.error.actions) ?? [])];
    if (gone.ok) continue;
    uncertain = true;
    message = `${message}; and the rule on the other router could not be taken back: ${gone.error.message}`;
  }
  return { ...failure, uncertain, message, actions };
}

async function tidy(
  members: Members,
  rule: RuleFields,
  stillAllowed: () => boolean,
): Promise<Result<readonly Action[]>> {
  const done = await eachInTurn(members, async ({ router }) => {
    const tidied = await router.tidy(rule, stillAllowed);
    return tidied.ok ? { ...tidied, actions: tidied.value } : tidied;
  });
  return done.ok ? { ok: true, value: done.value.actions } : done;
}

type Done<T> = { readonly values: readonly T[]; readonly actions: readonly Action[] };

/** One that is not reached is left out and told; it fails where none is reached, or another way. */
async function eachInTurn<T>(
  members: Members,
  act: (
    member: Member,
  ) => Promise<
    | { readonly ok: true; readonly value: T; readonly actions: readonly Action[] }
    | { readonly ok: false; readonly error: Failure }
  >,
): Promise<Result<Done<T>>> {
  const values: T[] = [];
  const actions: Action[] = [];
  let away: Failure | null = null;
  for (const member of members) {
    const one = await act(member);
    actions.push(...(one.ok ? one.actions : (one.error.actions ?? [])));
    if (one.ok) values.push(one.value);
    else if (one.error.unreachable === true) away = one.error;
    else return { ok: false, error: { ...one.error, actions } };
  }
  if (values.length === 0) return { ok: false, error: { ...(away ?? nothingAsked), actions } };
  return { ok: true, value: { values, actions } };
}

async function most(each: readonly (() => Promise<Result<number>>)[]): Promise<Result<number>> {
  const results = await Promise.all(each.map((one) => one()));
  const failed = results.find((result) => !result.ok);
  if (failed !== undefined) return failed;
  return { ok: true, value: Math.max(...results.map((result) => (result.ok ? result.value : 0))) };
}

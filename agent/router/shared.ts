// One router for several clusters: what is ours goes with the last cluster that uses it, and no cluster
// replaces what another one's settings want.
import type { Action } from "../../src/protocol/report.ts";
import type { Failure, Result } from "../ports/result.ts";
import type { Router, RouterView } from "../ports/router.ts";
import type { Withdrawn } from "../ports/withdrawn.ts";
import { failureOf } from "./fault.ts";
import type { Markers, Users } from "./markers.ts";
import { sharedClamper } from "./shared-clamp.ts";
import { createQueue } from "./turns.ts";

type Allowed = () => boolean;

/** The same router; it leaves this cluster's marker wherever it leaves, or finds, our rule. */
export function sharedRouter(inner: Router, markers: Markers): Router {
  const inTurn = createQueue();
  let uses = false;
  /** When a look last found none of ours, ms since the epoch by the markers' clock; null: one stood. */
  let noneAt: number | null = null;

  /** The rule is what counts: a marker that could not be left is only told. */
  const mark = async (stillAllowed: Allowed): Promise<readonly Action[]> => {
    uses = true;
    const users = await markers.read();
    if (!users.ok) return [];
    const { actions } = await markers.leave(users.value.own, stillAllowed);
    return actions;
  };

  return {
    async look(seen) {
      const looked = await inner.look(seen);
      if (looked.ok) noneAt = looked.value.marked === 0 ? markers.now() : noneAt;
      if (!looked.ok || looked.value.marked === 0) return looked;
      const users = await markers.read();
      if (!users.ok) return { ok: false, error: failureOf(users.fault) };
      const { others: usedBy, own } = users.value;
      const view: RouterView = { ...looked.value, usedBy, usedByUs: own !== null };
      return { ok: true, value: view };
    },
    ensure: (wanted, stillAllowed) =>
      inTurn(async () => {
        const ensured = await inner.ensure(wanted, stillAllowed);
        if (!ensured.ok || !ensured.value.rule.ours) return ensured;
        const marked = await mark(stillAllowed);
        const actions = [...ensured.value.actions, ...marked];
        return { ok: true, value: { ...ensured.value, actions } };
      }),
    tidy: (rule, stillAllowed) =>
      inTurn(async () => {
        const tidied = await inner.tidy(rule, stillAllowed);
        if (!tidied.ok) return tidied;
        return { ok: true, value: [...tidied.value, ...(await mark(stillAllowed))] };
      }),
    refresh: inner.refresh,
    ...(inner.clamp === undefined ? {} : { clamp: sharedClamper(inner.clamp, { markers, mark }) }),
    keepMarker: () =>
      inTurn(async () => {
        const looked = await inner.look();
        if (!looked.ok) return looked;
        const users = await markers.read();
        if (!users.ok) return { ok: false, error: failureOf(users.fault) };
        const { own } = users.value;
        uses ||= own !== null;
        const clamps = looked.value.marked > 0 ? null : await inner.clamp?.look();
        const stands =
          looked.value.marked > 0 || (clamps?.ok === true && clamps.value.ours.length > 0);
        if (!uses || !stands) return { ok: true, value: false };
        const { fault } = await markers.leave(own, () => true);
        return fault === null ? { ok: true, value: true } : { ok: false, error: failureOf(fault) };
      }),
    withdraw: (scope) =>
      inTurn(async () => {
        const users = await markers.read();
        if (!users.ok) return { ok: false, error: failureOf(users.fault) };
        const { own } = users.value;
        const others = usersOf(users.value, noneAt);
        const isShared = others.length > 0 && scope !== "all";
        // A marker outlives the rule where a person removed that: then nothing stays.
        const looked = isShared ? await inner.look() : null;
        if (looked?.ok === false) return looked;
        const stays = (looked?.value.marked ?? 0) > 0;
        const first = stays ? nothingRemoved : await inner.withdraw(scope);
        if (!first.ok) return first;
        const gone = own === null ? { actions: [], fault: null } : await markers.remove(own);
        const actions = [...first.value.actions, ...gone.actions];
        if (gone.fault !== null) return { ok: false, error: notUnmarked(gone.fault, actions) };
        uses = false;
        const usedBy = others.length > 0 && (stays || !isShared) ? { usedBy: others } : {};
        return { ok: true, value: { ...first.value, ...usedBy, stays, actions } };
      }),
  };
}

/** A router counts in whole seconds. */
const ROUNDING_MS = 2_000;

/** Not those whose marker is left from an older rule: since there was none, it was not renewed. */
function usersOf({ others, since }: Users, noneAt: number | null): string[] {
  return others.filter(
    (name) => noneAt === null || (since.get(name) ?? noneAt) > noneAt - ROUNDING_MS,
  );
}

const nothingRemoved: Result<Withdrawn> = { ok: true, value: { removed: 0, actions: [] } };

function notUnmarked(fault: Parameters<typeof failureOf>[0], actions: readonly Action[]): Failure {
  const failure = failureOf(fault);
  const message = `this cluster's marker could not be removed: ${failure.message}`;
  return { ...failure, message, actions };
}

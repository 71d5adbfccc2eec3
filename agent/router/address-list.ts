// The `address-list` profile: a rule that does nothing while its list is empty, and timed entries for
// the /64 of each current address. If the agent dies, they go by themselves.
import type { Clock } from "../ports/clock.ts";
import type { Result } from "../ports/result.ts";
import type { Ensured, Router, RouterView, Wanted } from "../ports/router.ts";
import type { Withdrawn } from "../ports/withdrawn.ts";
import { ENTRY_COMMENT } from "../ports/our-writing.ts";
import type { RouterClient } from "./client.ts";
import { ensureEntries } from "./ensure-entries.ts";
import { ensureRule, tidyRule, type RuleWanted } from "./ensure-rule.ts";
import { failureOf } from "./fault.ts";
import { nobody, type Others } from "./unlike-settings.ts";
import { createFilterMenu, ourRules, type FilterMenu } from "./filter-menu.ts";
import { countMarked, rulesLeftAlone } from "./filter-row.ts";
import { entriesLeftAlone, liveNetworks, timeLeft } from "./list-entry.ts";
import { createListMenu, ourEntries, type ListMenu } from "./list-menu.ts";
import { networksOf } from "./networks-of.ts";
import { leftAlone } from "./ours.ts";
import { createPreflight, type Preflight } from "./preflight.ts";
import { refreshEntries } from "./refresh-entries.ts";
import { concerns, onRouter } from "./rule-match.ts";
import { createQueue } from "./turns.ts";
import { withdrawOurs } from "./withdraw.ts";
import { createWriter } from "./writer.ts";

export type AddressListRouterOptions = {
  readonly client: RouterClient;
  readonly clock: Clock;
  /** What entries must lie in; a person's rule for all of it counts as present. */
  readonly prefix: string;
  readonly list: string;
  /** How long an entry lives from being added or refreshed. */
  readonly lifetimeMs: number;
  /** Who else uses what is ours; left out: nobody. */
  readonly others?: Others;
};

type Menus = { readonly rules: FilterMenu; readonly entries: ListMenu };

/**
 * Whatever it is asked to do, it changes what is ours, entries in its own list, and nothing else. Each
 * of these is one piece of work: a refresh adds no entry back between the steps of a withdrawal.
 */
export function createAddressListRouter(options: AddressListRouterOptions): Router {
  const { client, clock } = options;
  const preflight = createPreflight(client, clock);
  const menusFor = (stillAllowed: () => boolean): Menus => {
    const write = createWriter(client, clock, stillAllowed);
    return {
      rules: createFilterMenu(client, write),
      entries: createListMenu(client, write, { ...options, comment: ENTRY_COMMENT }),
    };
  };
  const always = menusFor(() => true);
  const inTurn = createQueue();
  return {
    look: (seen) => look(always, () => preflight.version(seen), options),
    ensure: (wanted, stillAllowed) =>
      inTurn(() => {
        const ready = once(() => preflight.check());
        return ensure(menusFor(stillAllowed), { ...wanted, ready }, options);
      }),
    tidy: (rule, stillAllowed) =>
      inTurn(() => {
        const ready = () => preflight.check();
        const { prefix, others = nobody } = options;
        const on = { prefix, addresses: [], on: client.on, others };
        return tidyRule(menusFor(stillAllowed).rules, { rule, ...on, ready });
      }),
    refresh: () => inTurn(() => refresh(always, options)),
    withdraw: () => inTurn(() => withdraw(always)),
  };
}

async function look(
  { rules, entries }: Menus,
  versionOf: () => ReturnType<Preflight["version"]>,
  target: AddressListRouterOptions,
): Promise<Result<RouterView>> {
  const version = await versionOf();
  if (!version.ok) return { ok: false, error: failureOf(version.fault) };
  const table = await rules.read();
  if (!table.ok) return { ok: false, error: failureOf(table.fault) };
  const list = await entries.read();
  if (!list.ok) return { ok: false, error: failureOf(list.fault) };
  const listed = liveNetworks(list.value);
  const covering = table.value.filter((row) => concerns(row, target));
  const view = covering.map((row) => onRouter(table.value, row, listed));
  const counts = { marked: countMarked(table.value), ...timeLeft(list.value) };
  const others = [...rulesLeftAlone(table.value), ...entriesLeftAlone(list.value)];
  return {
    ok: true,
    value: { version: version.value, rules: view, ...counts, ...leftAlone(others) },
  };
}

async function ensure(
  menus: Menus,
  { rule, addresses, ready }: Wanted & Pick<RuleWanted, "ready">,
  { client, clock, prefix, list, others = nobody }: AddressListRouterOptions,
): Promise<Result<Ensured>> {
  if (rule["dst-address-list"] !== list)
    return giveUp(`the rule's dst-address-list is ${rule["dst-address-list"]}, not ${list}`);
  const networks = networksOf(addresses, prefix);
  if (!networks.ok) return networks;
  const set = await ensureRule(menus.rules, {
    rule,
    prefix,
    addresses,
    on: client.on,
    others,
    ready,
  });
  if (!set.ok) return set;
  const { row, rows, added, actions } = set.value;
  // Disabled by a person, or a person's rule that keeps out the whole prefix: no entry would help.
  const needless = row.disabled || row.fields.has("dst-address");
  const wanted = needless ? [] : networks.value;
  const listed = await ensureEntries(menus.entries, { networks: wanted, clock, ready });
  if (!listed.ok) {
    const done = [...actions, ...(listed.error.actions ?? [])];
    // The rule stands although the router denied it: no action tells that.
    const uncertain = listed.error.uncertain || (added && actions.some(({ ok }) => !ok));
    return { ok: false, error: { ...listed.error, uncertain, actions: done } };
  }
  return {
    ok: true,
    value: {
      added: added || listed.value.added,
      rule: onRouter(rows, row, listed.value.listed),
      actions: [...actions, ...listed.value.actions],
    },
  };
}

/** Where no enabled rule names the list, a person or a withdrawal wants no block: entries expire. */
async function refresh(
  { rules, entries }: Menus,
  { clock, list }: AddressListRouterOptions,
): Promise<Result<number>> {
  const table = await rules.read();
  if (!table.ok) return { ok: false, error: failureOf(table.fault) };
  const used = table.value.some(
    ({ disabled, fields }) => !disabled && fields.get("dst-address-list") === list,
  );
  return used ? refreshEntries(entries, clock) : { ok: true, value: 0 };
}

/** The rule first: without it the entries do nothing. */
async function withdraw({ rules, entries }: Menus): Promise<Result<Withdrawn>> {
  const first = await withdrawOurs(ourRules(rules));
  if (!first.ok) return first;
  const then = await withdrawOurs(ourEntries(entries));
  const actions = [
    ...first.value.actions,
    ...(then.ok ? then.value.actions : (then.error.actions ?? [])),
  ];
  if (!then.ok) return { ok: false, error: { ...then.error, actions } };
  const others = [...(first.value.leftAlone ?? []), ...(then.value.leftAlone ?? [])];
  return {
    ok: true,
    value: { removed: first.value.removed + then.value.removed, ...leftAlone(others), actions },
  };
}

/** A check that has succeeded is not made again. */
function once<T>(check: () => Promise<T | null>): () => Promise<T | null> {
  let passed = false;
  return async () => {
    if (passed) return null;
    const failure = await check();
    passed = failure === null;
    return failure;
  };
}

function giveUp(message: string): Result<never> {
  return { ok: false, error: { next: "give-up", uncertain: false, message } };
}

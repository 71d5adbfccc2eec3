// The `prefix` profile: one rule that keeps IPv6 HTTPS from one network.
import type { Clock, Router, RouterView, Result } from "../world.ts";
import type { RouterClient } from "./client.ts";
import { ensureRule } from "./ensure.ts";
import { failureOf } from "./fault.ts";
import { createFilterMenu, type FilterMenu } from "./filter-menu.ts";
import { readVersion } from "./preflight.ts";
import { covers, onRouter } from "./rule-match.ts";
import { withdrawOurs } from "./withdraw.ts";

export type PrefixRouterOptions = {
  readonly client: RouterClient;
  readonly clock: Clock;
  /** The network that `look` asks about, such as `2600:1f18::/32`. */
  readonly prefix: string;
};

/** Whatever it is asked to do, it changes rules that bear our mark and no others. */
export function createPrefixRouter({ client, clock, prefix }: PrefixRouterOptions): Router {
  const menu = createFilterMenu(client, clock);
  return {
    look: () => look(client, menu, prefix),
    ensure: ({ rule }, stillAllowed) => ensureRule(client, menu, rule, stillAllowed),
    refresh: null,
    withdraw: () => withdrawOurs(menu),
  };
}

async function look(
  client: RouterClient,
  menu: FilterMenu,
  prefix: string,
): Promise<Result<RouterView>> {
  const version = await readVersion(client);
  if (!version.ok) return { ok: false, error: failureOf(version.fault) };
  const read = await menu.read();
  if (!read.ok) return { ok: false, error: failureOf(read.fault) };
  const rules = read.value
    .filter((row) => covers(row, prefix))
    .map((row) => onRouter(read.value, row));
  return { ok: true, value: { version: version.value, rules } };
}

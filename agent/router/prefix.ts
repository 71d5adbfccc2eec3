// The `prefix` profile: one rule that keeps IPv6 HTTPS from one network.
import type { RuleFields } from "../../src/protocol/report.ts";
import type { Clock } from "../ports/clock.ts";
import type { Result } from "../ports/result.ts";
import type { Router, RouterView } from "../ports/router.ts";
import type { RouterClient } from "./client.ts";
import { ensureRule, tidyRule, type RuleWanted } from "./ensure-rule.ts";
import { failureOf } from "./fault.ts";
import { createFilterMenu, ourRules } from "./filter-menu.ts";
import { countMarked, rulesLeftAlone } from "./filter-row.ts";
import { leftAlone } from "./ours.ts";
import { createPreflight } from "./preflight.ts";
import { concerns, onRouter } from "./rule-match.ts";
import { nobody, type Others } from "./unlike-settings.ts";
import { withdrawOurs } from "./withdraw.ts";
import { createWriter } from "./writer.ts";

export type PrefixRouterOptions = {
  readonly client: RouterClient;
  readonly clock: Clock;
  /** The network that `look` asks about, such as `2600:1f18::/32`. */
  readonly prefix: string;
  /** Who else uses what is ours; left out: nobody. */
  readonly others?: Others;
};

/** Whatever it is asked to do, it changes rules that are ours and no others. */
export function createPrefixRouter(options: PrefixRouterOptions): Router {
  const { client, clock, prefix, others = nobody } = options;
  const preflight = createPreflight(client, clock);
  const menuFor = (stillAllowed: () => boolean) =>
    createFilterMenu(client, createWriter(client, clock, stillAllowed));
  const always = menuFor(() => true);
  const wantedOf = (rule: RuleFields, addresses: readonly string[] = []): RuleWanted => ({
    rule,
    addresses,
    prefix: rule["dst-address"] ?? prefix,
    on: client.on,
    others,
    ready: () => preflight.check(),
  });
  return {
    async look(seen): Promise<Result<RouterView>> {
      const version = await preflight.version(seen);
      if (!version.ok) return { ok: false, error: failureOf(version.fault) };
      const read = await always.read();
      if (!read.ok) return { ok: false, error: failureOf(read.fault) };
      const rows = read.value;
      const rules = rows.filter((row) => concerns(row, { prefix, list: null }));
      const view = rules.map((row) => onRouter(rows, row));
      const counts = { marked: countMarked(rows), ...leftAlone(rulesLeftAlone(rows)) };
      return { ok: true, value: { version: version.value, rules: view, ...counts } };
    },
    async ensure({ rule, addresses }, stillAllowed) {
      const ensured = await ensureRule(menuFor(stillAllowed), wantedOf(rule, addresses));
      if (!ensured.ok) return ensured;
      const { added, row, rows, actions } = ensured.value;
      return { ok: true, value: { added, rule: onRouter(rows, row), actions } };
    },
    tidy: (rule, stillAllowed) => tidyRule(menuFor(stillAllowed), wantedOf(rule)),
    refresh: null,
    withdraw: () => withdrawOurs(ourRules(always)),
  };
}

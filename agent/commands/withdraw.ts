// `withdraw`: our rule off the router, without the Worker and whatever the mode: the emergency
// exit. The Worker's last report still says that the rule stands, so the next job finds it gone,
// reports that a person removed it and adds it only if a person asks.
import type { Settings } from "../settings/environment.ts";
import { leftAloneInWords, usedByInWords } from "../plan/our-rule.ts";
import { ownClock, routerOf } from "../settings/outside.ts";
import { plainLine } from "../words/plain-line.ts";
import type { Failure } from "../ports/result.ts";
import { withdrawAll } from "../ports/withdraw-all.ts";
import type { Router } from "../ports/router.ts";
import type { Withdrawn } from "../ports/withdrawn.ts";
import type { Words } from "./words.ts";

type Output = { readonly out: (text: string) => void; readonly err: (text: string) => void };

/** Exit code 0 if none of our rules is left, 1 if that is not sure, 64 without a router. */
export async function withdrawCommand(
  { flags }: Words,
  settings: Settings,
  { out, err }: Output,
): Promise<number> {
  const json = flags.has("json");
  const router = routerOf(settings, ownClock(), () => {});
  if (!router.ok || router.value === null) {
    err(
      `${router.ok ? "Set ROUTER_URL, ROUTER_USER and ROUTER_PASSWORD (or _FILE)." : router.error.message}\n`,
    );
    return 64;
  }
  if (!json) err(`Withdrawing our rule from ${settings.ROUTER_URL} …\n`);
  const done = await withdrawAll(router.value, flags.has("all") ? "all" : undefined);
  out(json ? `${JSON.stringify(asJson(done))}\n` : asText(done, settings.PROFILE));
  return done.ok ? 0 : 1;
}

type Done = Awaited<ReturnType<Router["withdraw"]>>;

function asJson(done: Done): object {
  return done.ok
    ? { ok: true, leftAlone: [], ...done.value }
    : {
        ok: false,
        uncertain: done.error.uncertain,
        error: done.error.message,
        actions: done.error.actions ?? [],
      };
}

/** What is ours: of `address-list` the entries, too. */
const OF_OURS = {
  prefix: { none: "rule", some: "rule(s)" },
  "address-list": { none: "rule or list entry", some: "rules and list entries" },
} as const;

function asText(done: Done, profile: keyof typeof OF_OURS): string {
  const lines = done.ok ? removedInWords(done.value, profile) : failedInWords(done.error);
  return lines.map((line) => `${plainLine(line)}\n`).join("");
}

function removedInWords(withdrawn: Withdrawn, profile: keyof typeof OF_OURS): readonly string[] {
  const { removed, leftAlone, stays } = withdrawn;
  const { none, some } = OF_OURS[profile];
  const used = usedByInWords(withdrawn);
  const done = stays
    ? `Our rule was not removed.`
    : removed === 0
      ? `There was no ${none} of ours on the router; nothing was changed.`
      : `${removed} ${some} of ours removed; the router was read back and has none left.`;
  const left = leftAloneInWords(leftAlone).trim();
  return [done, used, left].filter((line) => line !== "");
}

/** What was done before it failed is done, whatever the router says now. */
function failedInWords({ message, uncertain, actions = [] }: Failure): readonly string[] {
  const doubt = uncertain ? " It is not sure what stands there now: look at the router." : "";
  const before = actions.map(
    ({ what, on, ok, detail }) => `  ${ok ? "done" : "failed"}: ${what} (${on}): ${detail}`,
  );
  return [`Not withdrawn: ${message}.${doubt}`, ...before];
}

// `withdraw`: our rule off the router, without the Worker and whatever the mode: the emergency
// exit. The Worker's last report still says that the rule stands, so the next job finds it gone,
// takes that as a person's word and does not put it back until a person asks.
import type { Settings } from "./config.ts";
import { plainLine } from "./plain-line.ts";
import { ownClock, routerOf } from "./outside.ts";
import type { Result, Router } from "./world.ts";

type Output = { readonly out: (text: string) => void; readonly err: (text: string) => void };

/** Exit code 0 if none of our rules is left, 1 if that is not sure, 64 without a router. */
export async function withdrawCommand(
  argv: readonly string[],
  settings: Settings,
  { out, err }: Output,
): Promise<number> {
  const json = argv.includes("--json");
  if (argv.some((word) => word !== "--json")) {
    err(`withdraw takes only --json, not ${JSON.stringify(argv.join(" "))}\n`);
    return 64;
  }
  const router = routerOf(settings, ownClock(), () => {});
  if (!router.ok || router.value === null) {
    err(
      `${router.ok ? "Set ROUTER_URL, ROUTER_USER and ROUTER_PASSWORD (or _FILE)." : router.error.message}\n`,
    );
    return 64;
  }
  if (!json) err(`Withdrawing our rule from ${settings.ROUTER_URL} …\n`);
  const done = await router.value.withdraw();
  out(json ? `${JSON.stringify(asJson(done))}\n` : asText(done, settings.PROFILE));
  return done.ok ? 0 : 1;
}

type Done = Awaited<ReturnType<Router["withdraw"]>>;

function asJson(done: Done): object {
  return done.ok
    ? { ok: true, removed: done.value.removed, actions: done.value.actions }
    : { ok: false, uncertain: done.error.uncertain, error: done.error.message };
}

/** What bears our mark: of `address-list` the entries, too. */
const OF_OURS = {
  prefix: { none: "rule", some: "rule(s)" },
  "address-list": { none: "rule or list entry", some: "rules and list entries" },
} as const;

function asText(done: Result<{ readonly removed: number }>, profile: keyof typeof OF_OURS): string {
  if (!done.ok) {
    const doubt = done.error.uncertain
      ? " It is not sure what stands there now: look at the router."
      : "";
    return `${plainLine(`Not withdrawn: ${done.error.message}.${doubt}`)}\n`;
  }
  return done.value.removed === 0
    ? `There was no ${OF_OURS[profile].none} of ours on the router; nothing was changed.\n`
    : `${done.value.removed} ${OF_OURS[profile].some} of ours removed; the router was read back and has none left.\n`;
}

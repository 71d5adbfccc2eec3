// `doctor`: configuration, Worker, router, cluster, network. Looks only; each line that is not well
// says how to mend it. Groups run at the same time; their lines come out in a fixed order.
import { isIP } from "node:net";
import { errorText } from "../basics/error-text.ts";
import { routerUrlsOf, type Settings } from "../settings/environment.ts";
import { commandsAsText, groupAsText, summary } from "./doctor/as-text.ts";
import { checklist, type Check, type Group } from "./doctor/check.ts";
import { clusterChecks } from "./doctor/cluster-checks.ts";
import { configurationChecks } from "./doctor/configuration.ts";
import { networkChecks, resolvingOf } from "./doctor/network-checks.ts";
import { routerChecks } from "./doctor/router-checks.ts";
import { endOf } from "../router/connection.ts";
import { workerChecks } from "./doctor/worker-checks.ts";
import { lookupOfSystem, type FamilyLookup } from "./doctor/worker-health.ts";
import { ownClock } from "../settings/outside.ts";
import { ruleFor } from "../plan/plan.ts";
import { policyOf } from "../settings/policy.ts";
import type { Dialer } from "../probe/dialer.ts";
import { lookupBoth } from "../probe/dns.ts";
import { setupAsConsole, type RouterCommands } from "./doctor/setup-as-console.ts";
import type { Clock } from "../ports/clock.ts";
import type { Words } from "./words.ts";

type Outside = {
  readonly dialer: Dialer;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly clock?: Clock;
  /** How the Worker's name is resolved; left out: by the system. */
  readonly workerLookup?: FamilyLookup;
};

/** A silent wait looks like a hang. */
const PROGRESS_MS = 2_000;
/** Each request in a group has a limit of its own; this one is for all of them together. */
const GROUP_MS = 120_000;

/** Exit code: 0 without a fault, 1 with one. Changes nothing. */
export async function doctorCommand(
  { flags }: Words,
  settings: Settings,
  outside: Outside,
): Promise<number> {
  const { out, err } = outside;
  const json = flags.has("json");
  const source = sourceTowardsRouter(settings, outside.dialer);
  const groups = startGroups(settings, outside, source);
  const stop = json ? () => {} : showProgress(groups, err);
  const checks: Check[] = [];
  for (const { done } of groups) {
    const found = await done;
    checks.push(...found);
    if (!json) out(groupAsText(found));
  }
  stop();
  const commands = commandsFor(settings, await source.catch(() => null));
  const faulty = checks.some(({ mark }) => mark === "FAULT");
  if (json) out(`${JSON.stringify({ ok: !faulty, checks, commands })}\n`);
  else out(`${commandsAsText(commands)}${summary(checks)}`);
  return faulty ? 1 : 0;
}

type Running = {
  readonly group: Group;
  readonly done: Promise<readonly Check[]>;
  readonly isDone: () => boolean;
};

function startGroups(
  settings: Settings,
  { dialer, clock = ownClock(), workerLookup = lookupOfSystem }: Outside,
  source: Promise<string | null>,
): readonly Running[] {
  const ways = { now: clock.now, lookup: workerLookup };
  return [
    start("configuration", async () => configurationChecks(settings)),
    start("Worker", () => workerChecks(settings, ways)),
    start("router", async () => routerChecks(settings, { clock, source: await source })),
    start("cluster", () => clusterChecks(settings, clock)),
    start("network", () => networkChecks(settings, dialer)),
  ];
}

/** A check that breaks is a line of its own: the other groups still have something to say. */
function start(group: Group, work: () => Promise<readonly Check[]>): Running {
  let isDone = false;
  const broken = (why: string): readonly Check[] => {
    const list = checklist(group, "this check");
    list.fault("doctor", why, "the other lines stand; report it if the settings are right");
    return list.checks;
  };
  const { promise: late, resolve } = Promise.withResolvers<readonly Check[]>();
  const timer = setTimeout(() => resolve(broken(`no end within ${GROUP_MS / 1000} s`)), GROUP_MS);
  const done = Promise.race([work().catch((cause: unknown) => broken(errorText(cause))), late]);
  return {
    group,
    done: done.finally(() => {
      isDone = true;
      clearTimeout(timer);
    }),
    isDone: () => isDone,
  };
}

function showProgress(groups: readonly Running[], err: (text: string) => void): () => void {
  const startedAt = performance.now();
  const timer = setInterval(() => {
    const names = groups.flatMap(({ group, isDone }) => (isDone() ? [] : [group]));
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    err(`  … ${seconds} s: still asking ${names.join(", ")}\n`);
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

/** What the router sees us under: for its user's address. Null without a router or a route. */
async function sourceTowardsRouter(settings: Settings, dialer: Dialer): Promise<string | null> {
  const [url] = routerUrlsOf(settings);
  if (url === undefined) return null;
  const { host } = endOf(new URL(url));
  if (isIP(host) !== 0) return dialer.source(host);
  const { v4, v6 } = await lookupBoth({ host, role: "control" }, resolvingOf(settings));
  const address = v4.addresses[0] ?? v6.addresses[0];
  return address === undefined ? null : dialer.source(address);
}

function commandsFor(settings: Settings, source: string | null): RouterCommands {
  const policy = policyOf(settings);
  const [first] = routerUrlsOf(settings);
  const url = first === undefined ? null : new URL(first);
  const at = url === null ? null : endOf(url);
  return setupAsConsole({
    host: settings.ROUTER_SERVERNAME ?? at?.host ?? null,
    // The commands are for HTTPS; the port of an http:// URL is another service's.
    port: url?.protocol === "https:" ? endOf(url).port : 443,
    user: settings.ROUTER_USER ?? "backon",
    source,
    rule: ruleFor(policy),
    list: policy.profile === "address-list" ? policy.addressList : null,
  });
}

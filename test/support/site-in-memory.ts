// A site that lives in memory and keeps its state: paths to the registries, a rule table, pods that
// pull when an image client would get through. Each outside call is counted and can be made to
// throw before or after its effect, as if the process had died there.
import type { RuleOnRouter } from "../../agent/ports/router.ts";
import type { FailingPod } from "../../agent/ports/cluster.ts";
import { addressesOf, HEALTHY, NOW, type Path, type Paths } from "./a-round.ts";
import type { Quota } from "../../src/protocol/round.ts";
import { areBlocked } from "../../agent/basics/networks.ts";

export type SimPod = { pod: FailingPod; pulled: boolean; retriesAt: number };

export type SiteInMemory = {
  now: number;
  /** Without any rule. What is not named is healthy. */
  paths: Record<string, readonly [v4: Path, v6: Path]>;
  quota: Quota;
  /** IPv6 addresses of hosts that are not where they usually are. */
  addresses: Readonly<Record<string, readonly string[]>>;
  rules: RuleOnRouter[];
  pods: SimPod[];
  /** False: the router's rule is not in the packets' way. */
  ruleWorks: boolean;
  /** The error of pulls that fail although the path is good; null: they work. */
  failsAnyway: string | null;
  /** Called after each wait, so that a test can change the site while time passes. */
  onSleep: (ms: number) => void;

  /** What was done to the site, oldest first. */
  readonly writes: string[];
  readonly evicted: string[];
  /** What the Worker recorded as announced for the router. */
  intent: string | null;
  /** An announcement said that the write adds our rule. */
  addsRule: boolean;
  /** When restarts were first announced, ms; null: never. */
  restartsAt: number | null;
  /** All calls that left the process, oldest first. */
  readonly calls: string[];
  dies: { readonly call: number; readonly when: "before" | "after" } | null;
};

export class Died extends Error {}

export function aSiteInMemory(paths: Paths, pods: readonly FailingPod[]): SiteInMemory {
  return {
    now: NOW,
    paths: { ...HEALTHY, ...paths },
    quota: { state: "left", left: 90, limit: 100 },
    addresses: {},
    rules: [],
    pods: pods.map((pod) => ({ pod, pulled: false, retriesAt: pod.retriesAt ?? Infinity })),
    ruleWorks: true,
    failsAnyway: null,
    onSleep: () => {},
    writes: [],
    evicted: [],
    intent: null,
    addsRule: false,
    restartsAt: null,
    calls: [],
    dies: null,
  };
}

/** One call to the outside; dies there if the test wants it. */
export async function outside<T>(site: SiteInMemory, name: string, effect: () => T): Promise<T> {
  site.calls.push(name);
  const dies = site.dies?.call === site.calls.length ? site.dies.when : null;
  if (dies === "before") throw new Died(`before ${name}`);
  const value = effect();
  if (dies === "after") throw new Died(`after ${name}`);
  return value;
}

/** The path as it is with the rules that stand now. */
export function pathTo(site: SiteInMemory, host: string): readonly [v4: Path, v6: Path] {
  const [v4, v6] = site.paths[host] ?? ["nxdomain", "nxdomain"];
  const rejected = site.ruleWorks && v6 !== "no record" && rulesOver(site, host).length > 0;
  return [v4, rejected ? "unreachable" : v6];
}

export function rulesOver(site: SiteInMemory, host: string): RuleOnRouter[] {
  const addresses = site.addresses[host] ?? addressesOf(host, "v6");
  return site.rules.filter((rule) => !rule.disabled && areBlocked(addresses, rule.networks));
}

/** IPv6 states from which a client falls back to IPv4, or needs no fallback. */
const FALLS_BACK: readonly Path[] = [
  "ok",
  "no record",
  "no route",
  "tcp timeout",
  "refused",
  "unreachable",
];

const ANSWERS: readonly Path[] = ["ok", "slow", "slow link"];

export function getsThrough(site: SiteInMemory, host: string): boolean {
  const [v4, v6] = pathTo(site, host);
  return v6 === "ok" || (ANSWERS.includes(v4) && FALLS_BACK.includes(v6));
}

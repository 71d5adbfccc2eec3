// Which hosts a round must reach out to, each in its role. Pure.
import type { Case, HostToJudge } from "./cases.ts";
import { MOST_HOSTS } from "./cases.ts";
import { DOCKER_HUB, tokenHostOf } from "./image-reference.ts";
import type { ProbeTarget } from "../ports/network.ts";
import type { Policy } from "../ports/policy.ts";

/** Names that are only looked up, beyond the hosts that are measured. */
const MOST_LOOKUPS = 100;

/**
 * The hosts to judge, what a pull needs besides them as far as it is known, the controls, and all that
 * a rule might cut off: every host of RULE_HOSTS where one of them is judged, and every host at which a
 * pod fails, whatever its text says. Of those beyond `MOST_HOSTS` only the addresses are looked up.
 */
export function targetsFor(
  hosts: readonly HostToJudge[],
  policy: Policy,
  cases: readonly Case[] = [],
): ProbeTarget[] {
  const targets = new Map<string, ProbeTarget>();
  const add = (host: string, role: ProbeTarget["role"], only?: "lookup"): void => {
    if (!targets.has(host)) targets.set(host, { host, role, ...(only ? { only } : {}) });
  };
  for (const { registry } of hosts) add(registry, "registry");
  for (const { registry } of hosts) add(tokenHostOf(registry), "token");
  for (const { host } of hosts) add(host, "blob");
  if (hosts.some(({ registry }) => registry === DOCKER_HUB))
    for (const host of policy.blobHosts) add(host, "blob");
  if (hosts.some(({ host }) => policy.ruleHosts.includes(host)))
    for (const host of policy.ruleHosts) add(host, roleOf(host, policy));
  for (const host of [...policy.ipv6Controls, policy.ipv4Control]) add(host, "control");
  const beside = besideHosts(hosts, cases);
  const room = Math.max(0, MOST_HOSTS - hosts.length);
  for (const host of beside.slice(0, room)) add(host, roleOf(host, policy));
  for (const host of beside.slice(room, MOST_LOOKUPS)) add(host, roleOf(host, policy), "lookup");
  return [...targets.values()];
}

/** Hosts of failing pods that nobody judges: their own words decide, or there are too many. */
function besideHosts(judged: readonly HostToJudge[], cases: readonly Case[]): string[] {
  const known = new Set(judged.map(({ host }) => host));
  const named = new Set(cases.flatMap(({ hosts, registry }) => [...hosts, registry]));
  return [...named].filter((host) => !known.has(host) && !host.includes(":"));
}

function roleOf(host: string, { blobHosts }: Policy): ProbeTarget["role"] {
  if (blobHosts.includes(host)) return "blob";
  return host === tokenHostOf(DOCKER_HUB) ? "token" : "registry";
}

// Which hosts a round must reach out to, each in its role. Pure.
import type { HostToJudge } from "./cases.ts";
import { DOCKER_HUB, tokenHostOf } from "./image-reference.ts";
import type { Policy, ProbeTarget } from "./world.ts";

/** The hosts to judge, what a pull needs besides them as far as it is known, and the controls. */
export function targetsFor(hosts: readonly HostToJudge[], policy: Policy): ProbeTarget[] {
  const targets = new Map<string, ProbeTarget["role"]>();
  const add = (host: string, role: ProbeTarget["role"]): void => {
    if (!targets.has(host)) targets.set(host, role);
  };
  for (const { registry } of hosts) add(registry, "registry");
  for (const { registry } of hosts) add(tokenHostOf(registry), "token");
  for (const { host } of hosts) add(host, "blob");
  if (hosts.some(({ registry }) => registry === DOCKER_HUB))
    for (const host of policy.blobHosts) add(host, "blob");
  for (const host of [...policy.ipv6Controls, policy.ipv4Control]) add(host, "control");
  return Array.from(targets, ([host, role]) => ({ host, role }));
}

// Failing pods → cases: which host each pod fails at, by its own words or else by its image. Pure.
import { isLocalHost } from "../classify/host.ts";
import { kindOf, type Kind, type Label } from "../classify/classify.ts";
import { DOCKER_HUB, registryHostOf, tokenHostOf } from "./image-reference.ts";
import { pullHosts } from "./pull-hosts.ts";
import type { FailingPod, PullMessage, WaitingContainer } from "../ports/cluster.ts";
import type { Policy } from "../ports/policy.ts";

/** One waiting container of one pod, read. */
export type Case = {
  readonly pod: FailingPod;
  readonly container: WaitingContainer;
  readonly label: Label;
  readonly kind: Kind;
  /** The host its text names, else the two that a pull of this image starts with. */
  readonly hosts: readonly string[];
  readonly registry: string;
  /** The registry that the host it names stands in for, as a mirror; null for none. */
  readonly mirrorOf: string | null;
  /** Its words are those of a pull-through cache that misses an image. */
  readonly cacheSays: boolean;
  /** Texts about this host that only a broken path explains, oldest first (ms since the epoch). */
  readonly pathFailures: readonly number[];
};

export function casesOf(pods: readonly FailingPod[]): Case[] {
  return pods.flatMap((pod) => pod.containers.map((container) => caseOf(pod, container)));
}

function caseOf(pod: FailingPod, container: WaitingContainer): Case {
  const registry = registryHostOf(container.image);
  const { messages } = container;
  const telling = messages.find(({ label }) => label !== "unknown.no_detail");
  const label = labelOf(container, telling);
  // On the node itself nothing can be measured that says more than the text.
  const named = telling?.host ?? null;
  const host = named === null || isLocalHost(named) ? null : named;
  const hosts = host === null ? [registry, tokenHostOf(registry)] : [host];
  return {
    pod,
    container,
    label,
    kind: kindOf(label),
    hosts,
    registry,
    mirrorOf: host === null ? null : (telling?.mirrorOf ?? null),
    cacheSays: telling?.cacheMiss ?? false,
    pathFailures: messages
      .filter((one) => one.blamesPath && sameHost(one.host, hosts))
      .flatMap(seenAt)
      .toSorted((a, b) => a - b),
  };
}

/** What these reasons say no path can cause, in whatever words. */
const REASONS: Readonly<Record<string, Label>> = {
  ErrImageNeverPull: "image.never_pull",
  InvalidImageName: "image.invalid_reference",
  ImageInspectError: "runtime.unavailable",
  SignatureValidationFailed: "policy.rejected",
};

function labelOf({ reason }: WaitingContainer, telling: PullMessage | undefined): Label {
  const said = telling?.label ?? "unknown.no_detail";
  return kindOf(said) === "text-decides" ? said : (REASONS[reason] ?? said);
}

function sameHost(named: string | null, hosts: readonly string[]): boolean {
  return named === null || hosts.includes(named);
}

function seenAt({ firstAt, lastAt }: PullMessage): number[] {
  return [firstAt, lastAt].filter((at) => at !== null);
}

export type HostToJudge = { readonly host: string; readonly registry: string };

/** So many hosts a job; image names are their tenants' to choose, sockets and reports are not. */
export const MOST_HOSTS = 12;

/**
 * The hosts that the probes must judge, each with the registry to which it belongs, Docker Hub's
 * first. `unmeasured`: those beyond the limit, and those on another port than 443.
 */
export function hostsToJudge(
  cases: readonly Case[],
  asked: readonly string[],
  policy: Pick<Policy, "blobHosts">,
): { readonly measured: readonly HostToJudge[]; readonly unmeasured: readonly HostToJudge[] } {
  const named = [...cases.filter(({ kind }) => kind !== "text-decides"), ...asked.map(askedFor)];
  const registries = [...cases.map(({ registry }) => registry), ...asked, DOCKER_HUB];
  const owners = ownersOf(registries, policy);
  const found = new Map<string, string>();
  for (const { hosts, registry } of named)
    for (const host of hosts) if (!found.has(host)) found.set(host, owners.get(host) ?? registry);
  const all = Array.from(found, ([host, registry]) => ({ host, registry }));
  const isHub = ({ host }: HostToJudge): number => Number(owners.get(host) === DOCKER_HUB);
  const measured = all
    .filter(({ host }) => !host.includes(":"))
    .toSorted((a, b) => isHub(b) - isHub(a))
    .slice(0, MOST_HOSTS);
  return { measured, unmeasured: all.filter((one) => !measured.includes(one)) };
}

function askedFor(registry: string): Pick<Case, "hosts" | "registry"> {
  return { registry, hosts: [registry, tokenHostOf(registry)] };
}

/** A host that pulls from a registry need is that registry's, whichever image's error names it. */
function ownersOf(
  registries: readonly string[],
  policy: Pick<Policy, "blobHosts">,
): ReadonlyMap<string, string> {
  return new Map(
    registries.flatMap((registry) =>
      pullHosts(registry, policy).map((host) => [host, registry] as const),
    ),
  );
}

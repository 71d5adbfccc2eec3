// What a person reads about a registry's limit. Docker Hub counts pulls over hours; every other
// registry that is known counts requests over a second or a minute. Pure.
import type { Round } from "../../src/protocol/round.ts";
import { DOCKER_HUB } from "../diagnosis/image-reference.ts";
import { allowanceOf, limitedFamily, resetOf } from "./outage-details.ts";
import { pullHosts } from "../diagnosis/pull-hosts.ts";
import type { Words } from "./words.ts";
import type { Policy } from "../ports/policy.ts";

type Limit = { readonly of: RegExp; readonly counts: string };

// As their documentation, or their own 429, says.
const SHORT_LIMITS: readonly Limit[] = [
  { of: /^(?:.+\.)?ghcr\.io$/, counts: "ghcr.io counts requests a minute" },
  {
    of: /^\d{12}\.dkr[.-]ecr\..+\.amazonaws\.com(?:\.cn)?$|^public\.ecr\.aws$/,
    counts: "ECR counts requests a second",
  },
  { of: /^(?:.+\.)?quay\.io$/, counts: "quay.io counts requests a second" },
  {
    of: /^(?:.+\.)?(?:gcr\.io|registry\.k8s\.io)$|^.+-docker\.pkg\.dev$/,
    counts: "Artifact Registry counts requests a minute",
  },
  { of: /^.+\.azurecr\.io$/, counts: "Azure counts requests a minute" },
];

/** The words of `rate-limited` at a host. */
export function wordsOfLimit(
  host: string,
  round: Round | null,
  policy: Pick<Policy, "blobHosts">,
): Words {
  if (pullHosts(DOCKER_HUB, policy).includes(host))
    return {
      sentence: `${host}: the pull allowance${limitedFamily(round, host)} is used up${allowanceOf(round)}.`,
      advice: `Wait for ${resetOf(round)}, or log in. Restarting pods makes it worse.`,
    };
  const name = host.replace(/:\d{1,5}$/, "");
  const known = SHORT_LIMITS.find(({ of }) => of.test(name))?.counts;
  const counts = known ?? "Nearly every registry but Docker Hub counts requests a second or minute";
  return {
    sentence: `${host} refuses requests because too many come at once.`,
    advice: `${counts}, so the pods' next tries should pass within minutes. If not: log in, pull fewer images at once (the kubelet's serializeImagePulls, registryPullQPS), or put a cache in between. Restarting pods makes it worse.`,
  };
}

// The kubelet tries every matching credential and joins the errors, which may be of different
// classes: "[first, second]". The cause that is graver for the reader counts.
import type { Label } from "../../agent/classify/classify.ts";
import type { Composed } from "./clients.ts";

// One group of causes a line, gravest first. Within a group the text does not say which counts.
const PRECEDENCE: readonly string[] = [
  "policy.",
  "runtime.unavailable",
  "proxy.",
  "dns.",
  "tls.",
  "registry.rate_limited",
  "auth.token_expired",
  "auth.unauthorized",
  "auth.denied",
  "image.not_found",
  "registry.unavailable",
  "image.",
  "node.disk_full",
  "registry.blob_corrupt",
  "runtime.unpack",
  "network.ipv6_path",
  "network.refused network.unreachable network.reset network.tcp_timeout",
  "network.tls_timeout",
  "network.http_timeout",
  "pull.cancelled",
];

// What stands after a status may be the server's words: no cause on the way to it is read there.
const ABOUT_THE_WAY = /^(?:runtime|proxy|dns|tls|node|network|pull)\./;
const BY_STATUS = /^(?:auth|image\.not_found|registry\.(?:rate_limited|unavailable)|proxy)/;

function shadows(first: Composed, second: Composed): boolean {
  const [image = ""] = first.text.split("; artifact err:");
  const hasStatus =
    BY_STATUS.test(first.expected.label) && /(?::|HTTP|registry) [45]\d\d\b(?!\))/.test(image);
  return hasStatus && ABOUT_THE_WAY.test(second.expected.label);
}

/**
 * Two errors as one, with the label that must win; null where both are of one group, where no
 * one client prints both, or where the second reads as the words of the server that gave the first.
 */
export function joined(first: Composed, second: Composed): { text: string; label: Label } | null {
  const [one, other] = [groupOf(first.expected.label), groupOf(second.expected.label)];
  const ofOneClient = hasArtifact(first) === hasArtifact(second);
  if (one === other || !ofOneClient || shadows(first, second)) return null;
  const winner = one < other ? first : second;
  return { text: `[${first.text}, ${second.text}]`, label: winner.expected.label };
}

function groupOf(label: Label): number {
  const group = PRECEDENCE.findIndex((names) =>
    names.split(" ").some((name) => label.startsWith(name)),
  );
  if (group < 0) throw new Error(`${label} has no place in the order of precedence`);
  return group;
}

/** CRI-O tries an image as an OCI artifact too: since 1.33 always, before that never. */
function hasArtifact({ text }: Composed): boolean {
  return text.startsWith("unable to pull image or OCI artifact");
}

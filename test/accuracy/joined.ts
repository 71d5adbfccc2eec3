// The kubelet tries every matching credential and joins the errors, which may be of different
// classes: "[first, second]". The cause that is graver for the reader counts; an answer to one
// credential never hides why another did not get as far.
import type { Label } from "../../agent/classify/classify.ts";
import type { Composed } from "./clients.ts";

// One group of causes a line, gravest first. Within a group the text does not say which counts.
const PRECEDENCE: readonly string[] = [
  "policy.",
  "runtime.unavailable",
  "proxy.",
  "dns.",
  "tls.",
  "image.platform_mismatch image.unsupported_format",
  "node.disk_full",
  "runtime.unpack",
  "network.ipv6_path",
  "network.tls_timeout",
  "network.",
  "registry.",
  "pull.cancelled",
  "auth.token_expired",
  "auth.",
  "image.not_found",
];

// What stands after a status may be the server's words: there only its own registry is believed.
const HAS_STATUS = /status|parsing HTTP|: [1-5]\d\d\b/i;

function shadows(first: Composed, second: Composed): boolean {
  const { host } = second.expected;
  return HAS_STATUS.test(first.text) && host !== null && host !== first.expected.host;
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

// A kubelet's text about a failed pull → what the rest of the agent needs of it. Pure.
import { classify, type Label } from "./classify.ts";
import { isCacheMiss, mirroredBy } from "./mirror.ts";

/** What a text says, whenever it was said. */
export type Said = {
  readonly label: Label;
  /** The host that the text names, `name[:port]`; null where it names none. */
  readonly host: string | null;
  /** The registry that this host is a mirror of; null: none, as far as the text says. */
  readonly mirrorOf: string | null;
  /** The words in which a pull-through cache misses an image. */
  readonly cacheMiss: boolean;
  /** True if only a broken path explains the failure. */
  readonly blamesPath: boolean;
};

/** A runtime's error can hold a whole HTML page; its wrapper stands first and its cause last. */
const HEAD_CHARS = 100;
const TAIL_CHARS = 200;

/** Labels that are evidence once a kubelet saw them a while ago (docs/design.md section 5). */
const PATH_EVIDENCE: readonly Label[] = [
  "network.tls_timeout",
  "network.reset",
  "network.http_timeout",
  "tls.certificate",
];

/** Reads one text. Never throws; time is linear in the text. */
export function readText(text: string): Said {
  const { label, host } = classify(text);
  return {
    label,
    host,
    mirrorOf: host === null ? null : mirroredBy(host, text),
    cacheMiss: isCacheMiss(text),
    blamesPath: blamesPath(label, text),
  };
}

/** As much of a text as a person needs to know it again: 300 characters of its two ends. */
export function endsOf(text: string): string {
  if (text.length <= HEAD_CHARS + TAIL_CHARS) return text;
  // ASCII: one character beyond Latin-1 would double what each of thousands of texts takes.
  return `${text.slice(0, HEAD_CHARS)} ... ${text.slice(-TAIL_CHARS)}`;
}

/** A named IPv6 peer counts only where TCP was up: a dial that failed let the client fall back. */
function blamesPath(label: Label, text: string): boolean {
  if (label === "network.ipv6_path") return text.includes("reset by peer");
  return PATH_EVIDENCE.includes(label);
}

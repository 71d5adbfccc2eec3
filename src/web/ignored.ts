// Why alerts led to nothing, in words.
import type { Cause } from "../alertmanager/alert-target.ts";

const WORDS: Readonly<Record<Cause | "stale", string>> = {
  meta_alert: "about the alerting itself",
  other_reason: "about a container that waits for another reason",
  no_pull_signal: "without a word of an image pull",
  no_target: "that name no pod and only that something waits",
  invalid_target: "with a pod's name that can't be one",
  unidentified_resolved: "resolved, without saying which",
  unreadable: "that could not be read",
  stale: "that had already ended",
};

/** `3 about the alerting itself (meta_alert), 1 …`: the most frequent first. */
export function ignoredWords(causes: Readonly<Record<string, number>>): string {
  const words = new Map<string, string>(Object.entries(WORDS));
  return Object.entries(causes)
    .toSorted(([, a], [, b]) => b - a)
    .map(([cause, count]) => `${count} ${words.get(cause) ?? "ignored"} (${cause})`)
    .join(", ");
}

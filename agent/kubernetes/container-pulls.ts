// What the events of one container come to: when, how often, and the newest different failures.
import type { PullMessage } from "../ports/cluster.ts";

/** One event about a failed pull. */
export type FailureEvent = {
  readonly message: PullMessage;
  readonly count: number;
  /** For people: the two ends of its text. */
  readonly text: string;
};

export type ContainerPulls = {
  /** First and last failure of all, ms since the epoch; null where no event says. */
  readonly firstAt: number | null;
  readonly lastAt: number | null;
  readonly count: number;
  /** For people: of the newest. */
  readonly text: string;
  /** Newest first; one a label and host. */
  readonly messages: readonly PullMessage[];
};

/** So many different failures a container are enough to tell its cause. */
const MOST_MESSAGES = 4;

/** What was known before, with one event more. */
export function withFailure(
  before: ContainerPulls | undefined,
  { message, count, text }: FailureEvent,
): ContainerPulls {
  const known = before?.messages ?? [];
  const same = known.find((one) => isSame(one, message));
  const others = known.filter((one) => one !== same);
  const messages = [...others, same === undefined ? message : merge(same, message)]
    .toSorted((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0))
    .slice(0, MOST_MESSAGES);
  const isNewest = before === undefined || (message.lastAt ?? 0) >= (before.lastAt ?? 0);
  return {
    firstAt: earlier(before?.firstAt ?? null, message.firstAt),
    lastAt: later(before?.lastAt ?? null, message.lastAt),
    count: (before?.count ?? 0) + count,
    text: isNewest ? text : before.text,
    messages,
  };
}

const SAID = ["label", "host", "mirrorOf", "cacheMiss", "blamesPath"] as const;

function isSame(a: PullMessage, b: PullMessage): boolean {
  return SAID.every((fact) => a[fact] === b[fact]);
}

function merge(a: PullMessage, b: PullMessage): PullMessage {
  return { ...a, firstAt: earlier(a.firstAt, b.firstAt), lastAt: later(a.lastAt, b.lastAt) };
}

function earlier(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

function later(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

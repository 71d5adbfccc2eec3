// Sends what is due, one message at a time, made of its job as it now is.
import { logError } from "../log.ts";
import type { Message, Outbox } from "./outbox.ts";
import type { Story } from "../story/post-mortem.ts";
import type { Delivery } from "./answer.ts";
import type { Destinations } from "./destinations.ts";
import { outgoing } from "./outgoing.ts";
import { send } from "./send.ts";

/** 5 s, doubled up to an hour: the 12th try comes some two and a half hours after the first. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;
const MOST_TRIES = 12;
/** Slack takes about one message a second and channel (its documentation, rate limits). */
const PACE_MS = 1_000;
const ONE_A_SECOND: readonly Message["output"][] = ["card", "thread", "hook"];

export type Desk = {
  readonly outbox: Outbox;
  readonly to: Destinations;
  /** The job as it is now; null if it was swept away. */
  readonly storyOf: (job: string) => { readonly story: Story; readonly looks: boolean } | null;
  /** Writes to the audit trail that a message will never arrive. */
  readonly gaveUp: (message: Message, why: string, now: number) => void;
  readonly transaction: (step: () => void) => void;
};

/**
 * Sends the one that has waited longest. The next goes with the next alarm, which is due at once: so
 * a service that hangs keeps what time brings about waiting for one limit at most.
 */
export async function deliverNext(desk: Desk, clock: () => number): Promise<void> {
  const message = desk.outbox.nextDue(clock());
  if (message === null) return;
  const delivery = await deliver(message, desk, clock()).catch((cause: unknown): Delivery => {
    // A bug of ours, with what one job holds: it must not keep every other message from its turn.
    logError(message.job, "bug", cause instanceof Error ? (cause.stack ?? "") : String(cause));
    return { kind: "later", why: "a fault of our own; the Worker's log has it", afterMs: null };
  });
  desk.transaction(() => settle(message, delivery, desk, clock()));
}

async function deliver(message: Message, desk: Desk, now: number): Promise<Delivery> {
  const found = desk.storyOf(message.job);
  if (found === null) return { kind: "never", why: "the job is no longer kept" };
  const card = desk.outbox.one(message.job, "card");
  const request = outgoing(message, { ...found, card, to: desk.to, now });
  switch (request.kind) {
    case "request":
      return send(request, desk.to.limitMs, now);
    case "nothing":
      return { kind: "sent", ref: null };
    case "wait":
      return { kind: "later", why: "the card is not there yet", afterMs: null };
    case "never":
      return request;
  }
}

function settle(message: Message, delivery: Delivery, desk: Desk, now: number): void {
  const { outbox } = desk;
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** message.tries, LONGEST_PAUSE_MS);
  switch (delivery.kind) {
    case "sent":
      if (ONE_A_SECOND.includes(message.output)) outbox.pause(message.output, now + PACE_MS);
      return outbox.sent(message, delivery.ref, now);
    case "anew":
      // A thread is gone with its card; the card's next edit finds that out.
      if (message.output === "thread") outbox.want(message.job, "card", now);
      else outbox.forget(message);
      return later(message, message.output === "card" ? 0 : pauseMs, delivery.why, desk, now);
    case "later": {
      const afterMs = Math.max(delivery.afterMs ?? 0, pauseMs);
      if (delivery.afterMs !== null) outbox.pause(message.output, now + afterMs);
      return later(message, afterMs, delivery.why, desk, now);
    }
    case "refused":
      outbox.sent(message, null, now);
      return say(message, delivery.why, desk, now);
    case "never":
      return giveUp(message, delivery.why, desk, now);
  }
}

function later(message: Message, afterMs: number, why: string, desk: Desk, now: number): void {
  if (message.tries + 1 >= MOST_TRIES)
    return giveUp(message, `${why}, ${MOST_TRIES} times`, desk, now);
  desk.outbox.later(message, now + afterMs);
}

function say(message: Message, why: string, desk: Desk, now: number): void {
  desk.gaveUp(message, why, now);
  logError(message.job, "message", `${message.output}: ${why}`);
}

/** Said once, in the log and in the job's trail. A reply that was in vain is told by nothing else. */
function giveUp(message: Message, why: string, desk: Desk, now: number): void {
  desk.outbox.fail(message, why);
  say(message, why, desk, now);
  // Whoever asked by a command is told that way, if the card can't.
  if (message.output === "card") desk.outbox.want(message.job, "reply", now);
}

// Sends what is due, one message at a time, each made of its job as it now is.
import { logError } from "../log.ts";
import type { Message, Outbox } from "../jobs/outbox.ts";
import type { Story } from "../story/post-mortem.ts";
import type { Delivery } from "./answer.ts";
import type { Destinations } from "./destinations.ts";
import { outgoing, readReplyRef } from "./outgoing.ts";
import { send } from "./send.ts";

/** One alarm sends no more than this; the next one goes on at once. */
const MOST_A_TICK = 20;
/** 5 s, doubled up to an hour: the 12th try comes some four hours after the first. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;
const MOST_TRIES = 12;

export type Desk = {
  readonly outbox: Outbox;
  readonly to: Destinations;
  /** The job as it is now; null if it was swept away. */
  readonly storyOf: (job: string) => { readonly story: Story; readonly looks: boolean } | null;
  /** Writes to the audit trail that a message will never arrive. */
  readonly gaveUp: (message: Message, why: string, now: number) => void;
  readonly transaction: (step: () => void) => void;
};

/** A service that is down costs each message its limit and nothing else: nobody waits for this. */
export async function deliverDue(desk: Desk, clock: () => number): Promise<void> {
  for (let sent = 0; sent < MOST_A_TICK; sent += 1) {
    const message = desk.outbox.nextDue(clock());
    if (message === null) return;
    const delivery = await deliver(message, desk, clock());
    desk.transaction(() => settle(message, delivery, desk, clock()));
  }
}

async function deliver(message: Message, desk: Desk, now: number): Promise<Delivery> {
  const found = desk.storyOf(message.job);
  if (found === null) return { kind: "never", why: "the job is no longer kept" };
  const reply = message.output === "reply" ? readReplyRef(message.ref) : null;
  if (reply !== null && reply.until <= now)
    return { kind: "never", why: "Slack takes answers to a command for 30 minutes" };
  const card = desk.outbox.one(message.job, "card");
  const request = outgoing(message, { ...found, card, to: desk.to });
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
  switch (delivery.kind) {
    case "sent":
      return outbox.sent(message, delivery.ref ?? message.ref, now);
    case "anew":
      return later(message, null, now, delivery.why, desk);
    case "later": {
      const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** message.tries, LONGEST_PAUSE_MS);
      const at = now + (delivery.afterMs ?? pauseMs);
      if (delivery.afterMs !== null) outbox.pause(message.output, at);
      return later(message, message.ref, at, delivery.why, desk);
    }
    case "never":
      return giveUp(message, delivery.why, desk, now);
  }
}

function later(message: Message, ref: string | null, at: number, why: string, desk: Desk): void {
  if (message.tries + 1 >= MOST_TRIES)
    return giveUp(message, `${why}, ${MOST_TRIES} times`, desk, at);
  desk.outbox.later(message, ref, at);
}

/** Said once, in the log and in the job's trail. A reply that was in vain is told by nothing else. */
function giveUp(message: Message, why: string, desk: Desk, now: number): void {
  desk.outbox.fail(message, why);
  desk.gaveUp(message, why, now);
  logError(message.job, "message", `${message.output}: ${why}`);
  // Whoever asked by a command is told that way, if the card can't.
  if (message.output === "card") desk.outbox.want(message.job, "reply", now);
}

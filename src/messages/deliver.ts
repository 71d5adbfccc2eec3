// Sends what is due, one message at a time, made of its job as it now is.
import { logError } from "../log.ts";
import type { Message, Outbox } from "./outbox.ts";
import type { Story } from "../story/story.ts";
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

export type DeliveryPorts = {
  readonly outbox: Outbox;
  readonly to: Destinations;
  /** The job as it is now; null if it was swept away. */
  readonly read: (job: string) => { readonly story: Story; readonly looks: boolean } | null;
  /** Writes to the audit trail that a message will never arrive. */
  readonly recordFailure: (message: Message, why: string, now: number) => void;
  readonly transaction: (step: () => void) => void;
};

/** One message under way. */
type Sending = { readonly message: Message; readonly ports: DeliveryPorts; readonly now: number };

/**
 * Sends the one that has waited longest. The next goes with the next alarm, which is due at once: so
 * a service that hangs keeps what time brings about waiting for one limit at most.
 */
export async function deliverNext(ports: DeliveryPorts, clock: () => number): Promise<void> {
  const message = ports.outbox.nextDue(clock());
  if (message === null) return;
  const sending = { message, ports, now: clock() };
  const delivery = await deliver(sending).catch((cause: unknown): Delivery => {
    // A bug of ours, with what one job holds: it must not keep every other message from its turn.
    logError(message.job, "bug", cause instanceof Error ? (cause.stack ?? "") : String(cause));
    return { kind: "later", why: "a fault of our own; the Worker's log has it", afterMs: null };
  });
  ports.transaction(() => record({ ...sending, now: clock() }, delivery));
}

async function deliver({ message, ports, now }: Sending): Promise<Delivery> {
  const found = ports.read(message.job);
  if (found === null) return { kind: "never", why: "the job is no longer kept" };
  const card = ports.outbox.find(message.job, "card");
  const request = outgoing(message, { ...found, card, to: ports.to, now });
  switch (request.kind) {
    case "request":
      return send(request, ports.to.limitMs, now);
    case "nothing":
      return { kind: "sent", ref: null };
    case "wait":
      return { kind: "later", why: "the card is not there yet", afterMs: null };
    case "never":
      return request;
  }
}

/** What the delivery means for the message, written down. */
function record(sending: Sending, delivery: Delivery): void {
  const { message, ports, now } = sending;
  const { outbox } = ports;
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** message.tries, LONGEST_PAUSE_MS);
  switch (delivery.kind) {
    case "sent":
      if (ONE_A_SECOND.includes(message.output)) outbox.pause(message.output, now + PACE_MS);
      return outbox.markSent(message, delivery.ref, now);
    case "anew":
      // A thread is gone with its card; the card's next edit finds that out.
      if (message.output === "thread") outbox.want(message.job, "card", now);
      else outbox.forgetRef(message);
      return tryAgain(sending, delivery.why, message.output === "card" ? 0 : pauseMs);
    case "later": {
      const afterMs = Math.max(delivery.afterMs ?? 0, pauseMs);
      if (delivery.afterMs !== null) outbox.pause(message.output, now + afterMs);
      return tryAgain(sending, delivery.why, afterMs);
    }
    case "refused":
      outbox.markSent(message, null, now);
      return tell(sending, delivery.why);
    case "never":
      return giveUp(sending, delivery.why);
  }
}

function tryAgain(sending: Sending, why: string, afterMs: number): void {
  const { message, ports, now } = sending;
  if (message.tries + 1 >= MOST_TRIES) return giveUp(sending, `${why}, ${MOST_TRIES} times`);
  ports.outbox.postpone(message, now + afterMs);
}

function tell({ message, ports, now }: Sending, why: string): void {
  ports.recordFailure(message, why, now);
  logError(message.job, "message", `${message.output}: ${why}`);
}

/** Told once, in the log and in the job's trail. A reply that was in vain is told by nothing else. */
function giveUp(sending: Sending, why: string): void {
  const { message, ports, now } = sending;
  ports.outbox.fail(message, why);
  tell(sending, why);
  // Whoever asked by a command is told that way, if the card can't.
  if (message.output === "card") ports.outbox.want(message.job, "reply", now);
}

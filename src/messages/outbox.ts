// The messages that are to leave a cluster, one row each: which revision of the job it is to show,
// which one it shows, and when it is next sent. What is sent is made of the job as it then is.
import type { Output } from "../jobs/news.ts";
import { openPauses } from "./pauses.ts";

export type Message = {
  readonly job: string;
  readonly output: Output;
  /** Revisions of this message, from 1; it shows `sent` (0: nothing yet). */
  readonly wanted: number;
  readonly sent: number;
  /** Tries since the last success. */
  readonly tries: number;
  /** What the service knows the message by (`channel/ts`), or where a reply goes; null: nothing yet. */
  readonly ref: string | null;
  /** Why it is never sent again. */
  readonly failed: string | null;
};

/** No pause between two tries is longer, nor is one that a service may ask for; and a minute. */
const LONGEST_WAIT_MS = 3_660_000;

const SELECT = "SELECT job, output, wanted, sent, tries, ref, failed FROM messages";
/** A card before its thread, which needs something to reply to and must not say more than the card. */
const NEXT_DUE = `${SELECT} WHERE due IS NOT NULL AND due <= ? ORDER BY output = 'thread', due, job LIMIT 1`;
const WANT =
  "INSERT INTO messages (job, output, wanted, sent, tries, due) VALUES (?, ?, 1, 0, 0, ?) ON CONFLICT (job, output) DO UPDATE SET wanted = wanted + 1, due = coalesce(due, excluded.due) WHERE failed IS NULL";
/** Nobody is replied to who did not ask by a command. */
const WANT_REPLY =
  "UPDATE messages SET wanted = wanted + 1, due = coalesce(due, ?) WHERE job = ? AND output = 'reply' AND failed IS NULL";
const REPLY_TO =
  "INSERT INTO messages (job, output, wanted, sent, tries, ref) VALUES (?, 'reply', 0, 0, 0, ?) ON CONFLICT (job, output) DO UPDATE SET ref = excluded.ref, failed = NULL, tries = 0";
const SENT =
  "UPDATE messages SET sent = ?, tries = 0, ref = coalesce(?, ref), due = CASE WHEN wanted > ? THEN ? END WHERE job = ? AND output = ?";
const LATER = "UPDATE messages SET tries = tries + 1, due = ? WHERE job = ? AND output = ?";
const FAIL = "UPDATE messages SET failed = ?, due = NULL WHERE job = ? AND output = ?";

/** The cluster's outgoing messages; times are ms since the epoch. */
export function openOutbox(sql: SqlStorage) {
  const pauses = openPauses(sql);
  const first = (query: string, ...values: (string | number)[]): Message | null =>
    sql.exec<Message>(query, ...values).toArray()[0] ?? null;
  const update = (query: string, ...values: (string | number | null)[]): void => {
    sql.exec(query, ...values);
  };

  return {
    /** The job has news for this message. One that failed for good stays as it is. */
    want(job: string, output: Output, now: number): void {
      const due = pauses.end(output, now);
      if (output === "reply") update(WANT_REPLY, due, job);
      else update(WANT, job, output, due);
    },
    /** Where the answer to the command that opened or joined this job goes; nothing is due yet. */
    replyTo: (job: string, ref: string): void => update(REPLY_TO, job, ref),
    find: (job: string, output: Output): Message | null =>
      first(`${SELECT} WHERE job = ? AND output = ?`, job, output),
    /** The one that has waited longest; null if none is due. */
    nextDue: (now: number): Message | null => first(NEXT_DUE, now),
    /** When the next one is due; null if none waits. */
    dueAt: (): number | null =>
      sql
        .exec<{ due: number }>(
          "SELECT due FROM messages WHERE due IS NOT NULL ORDER BY due LIMIT 1",
        )
        .toArray()[0]?.due ?? null,
    /**
     * It shows the revision that was wanted when it was read; due again if that has moved on. `ref`
     * null: what it is known by stays.
     */
    markSent({ job, output, wanted }: Message, ref: string | null, now: number): void {
      update(SENT, wanted, ref, wanted, pauses.end(output, now), job, output);
    },
    postpone: ({ job, output }: Message, at: number): void => update(LATER, at, job, output),
    /** What it was known by is gone: the next try posts it anew. */
    forgetRef: ({ job, output }: Message): void =>
      update("UPDATE messages SET ref = NULL WHERE job = ? AND output = ?", job, output),
    /** The service asked not to be called before. */
    pause: (output: Output, until: number): void => pauses.set(output, until),
    fail: ({ job, output }: Message, why: string): void => update(FAIL, why, job, output),
    /** How many wait to be sent, and what was said of the newest job's message that never will be. */
    state(): { waiting: number; failed: string | null } {
      const waiting = sql
        .exec<{ v: number }>("SELECT count(*) AS v FROM messages WHERE due IS NOT NULL")
        .one().v;
      const failed = first(`${SELECT} WHERE failed IS NOT NULL ORDER BY job DESC LIMIT 1`);
      const why =
        failed === null ? null : `${failed.output} of job ${failed.job}: ${failed.failed}`;
      return { waiting, failed: why };
    },
    /** What a clock that was set back left waiting for longer than any pause is due. */
    afterClockStep(now: number): void {
      const most = now + LONGEST_WAIT_MS;
      pauses.endBeyond(most);
      update("UPDATE messages SET due = ? WHERE due IS NOT NULL AND due > ?", now, most);
    },
    sweep: (): void => update("DELETE FROM messages WHERE job NOT IN (SELECT id FROM jobs)"),
  };
}
export type Outbox = ReturnType<typeof openOutbox>;

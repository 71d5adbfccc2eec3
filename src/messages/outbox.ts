// The messages that are to leave a cluster, one row each: which revision of the job it is to show,
// which one it shows, and when it is next sent. What is sent is made of the job as it then is.
import type { Output } from "../jobs/news.ts";

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
const COLUMNS = "job, output, wanted, sent, tries, ref, failed";
/** A card before its thread, which needs something to reply to and must not say more than the card. */
const ORDER = "ORDER BY output = 'thread', due, job";

/** What goes to one service waits together when that service asks for a pause. */
const wayOf = (output: Output): string => (output === "thread" ? "card" : output);

/** The cluster's outgoing messages; times are ms since the epoch. */
export function openOutbox(sql: SqlStorage) {
  const rows = (query: string, ...values: (string | number)[]): Message[] =>
    sql.exec<Message>(query, ...values).toArray();
  /** The first moment from `now` on at which this way out may be used. */
  const free = (output: Output, now: number): number =>
    Math.max(
      now,
      ...sql
        .exec<{ until: number }>("SELECT until FROM pauses WHERE way = ?", wayOf(output))
        .toArray()
        .map(({ until }) => until),
    );

  return {
    /**
     * The job has news for this message. One that failed for good stays as it is, and nobody is
     * replied to who did not ask by a command.
     */
    want(job: string, output: Output, now: number): void {
      if (output === "reply")
        sql.exec(
          "UPDATE messages SET wanted = wanted + 1, due = coalesce(due, ?) WHERE job = ? AND output = 'reply' AND failed IS NULL",
          free(output, now),
          job,
        );
      else
        sql.exec(
          "INSERT INTO messages (job, output, wanted, sent, tries, due) VALUES (?, ?, 1, 0, 0, ?) ON CONFLICT (job, output) DO UPDATE SET wanted = wanted + 1, due = coalesce(due, excluded.due) WHERE failed IS NULL",
          job,
          output,
          free(output, now),
        );
    },
    /** Where the answer to the command that opened or joined this job goes; nothing is due yet. */
    replyTo(job: string, ref: string): void {
      sql.exec(
        "INSERT INTO messages (job, output, wanted, sent, tries, ref) VALUES (?, 'reply', 0, 0, 0, ?) ON CONFLICT (job, output) DO UPDATE SET ref = excluded.ref, failed = NULL, tries = 0",
        job,
        ref,
      );
    },
    one: (job: string, output: Output): Message | null =>
      rows(`SELECT ${COLUMNS} FROM messages WHERE job = ? AND output = ?`, job, output)[0] ?? null,
    of: (job: string): Message[] => rows(`SELECT ${COLUMNS} FROM messages WHERE job = ?`, job),
    /** The one that has waited longest; null if none is due. */
    nextDue: (now: number): Message | null =>
      rows(
        `SELECT ${COLUMNS} FROM messages WHERE due IS NOT NULL AND due <= ? ${ORDER} LIMIT 1`,
        now,
      )[0] ?? null,
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
    sent({ job, output, wanted }: Message, ref: string | null, now: number): void {
      sql.exec(
        "UPDATE messages SET sent = ?, tries = 0, ref = coalesce(?, ref), due = CASE WHEN wanted > ? THEN ? END WHERE job = ? AND output = ?",
        wanted,
        ref,
        wanted,
        free(output, now),
        job,
        output,
      );
    },
    later({ job, output }: Message, at: number): void {
      sql.exec(
        "UPDATE messages SET tries = tries + 1, due = ? WHERE job = ? AND output = ?",
        at,
        job,
        output,
      );
    },
    /** What it was known by is gone: the next try posts it anew. */
    forget({ job, output }: Message): void {
      sql.exec("UPDATE messages SET ref = NULL WHERE job = ? AND output = ?", job, output);
    },
    /** The service asked not to be called before: nor is it with any message of this way out. */
    pause(output: Output, until: number): void {
      const way = wayOf(output);
      sql.exec("INSERT OR REPLACE INTO pauses (way, until) VALUES (?, ?)", way, until);
      sql.exec(
        "UPDATE messages SET due = max(due, ?) WHERE due IS NOT NULL AND output IN (?, ?)",
        until,
        way,
        way === "card" ? "thread" : way,
      );
    },
    fail({ job, output }: Message, why: string): void {
      sql.exec(
        "UPDATE messages SET failed = ?, due = NULL WHERE job = ? AND output = ?",
        why,
        job,
        output,
      );
    },
    /** How many wait to be sent, and what was said of the newest job's message that never will be. */
    state(): { waiting: number; failed: string | null } {
      const [waiting] = sql
        .exec<{ v: number }>("SELECT count(*) AS v FROM messages WHERE due IS NOT NULL")
        .toArray();
      const [failed] = rows(
        `SELECT ${COLUMNS} FROM messages WHERE failed IS NOT NULL ORDER BY job DESC LIMIT 1`,
      );
      return {
        waiting: waiting?.v ?? 0,
        failed:
          failed === undefined ? null : `${failed.output} of job ${failed.job}: ${failed.failed}`,
      };
    },
    /** What a clock that was set back left waiting for longer than any pause is due. */
    settle(now: number): void {
      const most = now + LONGEST_WAIT_MS;
      sql.exec("DELETE FROM pauses WHERE until > ?", most);
      sql.exec("UPDATE messages SET due = ? WHERE due IS NOT NULL AND due > ?", now, most);
    },
    sweep(): void {
      sql.exec("DELETE FROM messages WHERE job NOT IN (SELECT id FROM jobs)");
    },
  };
}
export type Outbox = ReturnType<typeof openOutbox>;

import type { LoggedEvent } from "../../jobs/logged-event.ts";

/** A detail tells, the report has the whole story; a job with all its events must fit one answer. */
const DETAIL_LENGTH = 500;
const EVENTS_SHOWN = 500;

/** The audit trail: written once, never changed. */
export function openEvents(sql: SqlStorage) {
  return {
    log({ at, job, what, by, detail }: LoggedEvent): void {
      sql.exec(
        "INSERT INTO events (at, job, what, by, detail) VALUES (?, ?, ?, ?, ?)",
        at,
        job,
        what,
        by,
        detail.slice(0, DETAIL_LENGTH),
      );
    },
    /** The job's newest 500, in the order in which they happened. */
    of: (job: string): LoggedEvent[] =>
      sql
        .exec<LoggedEvent>(
          "SELECT at, job, what, by, detail FROM events WHERE job = ? ORDER BY seq DESC LIMIT ?",
          job,
          EVENTS_SHOWN,
        )
        .toArray()
        .toReversed(),
    /** How many writes this job has announced. */
    countIntents: (job: string): number =>
      sql
        .exec<{ v: number }>(
          "SELECT count(*) AS v FROM events WHERE job = ? AND what = 'intent'",
          job,
        )
        .one().v,
    /** `before`: ms since the epoch. */
    sweep(before: number): void {
      sql.exec("DELETE FROM events WHERE at < ?", before);
    },
  };
}
export type Events = ReturnType<typeof openEvents>;

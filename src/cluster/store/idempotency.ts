import { isBeyond } from "../../jobs/clock-step.ts";

const KEEP_MS = 86_400_000;

/** A request that was answered: the digest of its body, and the job that it got. */
export type Answered = { readonly digest: string; readonly job: string };

/** What tells a repeated request from a new one, for a day. Times are ms since the epoch. */
export function openIdempotency(sql: SqlStorage) {
  return {
    find(key: string, now: number): Answered | null {
      const query = "SELECT digest, job, at FROM idempotency WHERE key = ? AND at > ?";
      const rows = sql.exec<{ digest: string; job: string; at: number }>(query, key, now - KEEP_MS);
      return rows.toArray().find(({ at }) => !isBeyond(at, 0, now)) ?? null;
    },
    save(key: string, { digest, job }: Answered, at: number): void {
      sql.exec(
        "INSERT OR REPLACE INTO idempotency (key, digest, job, at) VALUES (?, ?, ?, ?)",
        key,
        digest,
        job,
        at,
      );
    },
    sweep(now: number): void {
      sql.exec("DELETE FROM idempotency WHERE at < ?", now - KEEP_MS);
    },
  };
}

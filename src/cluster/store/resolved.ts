import type { Resolved } from "../../jobs/signal.ts";

const KEEP_RESOLVED = 5_000;

/** When alerts ended, so that a late "firing" of one is known for what it is. */
export function openResolved(sql: SqlStorage) {
  return {
    /** Ms since the epoch; null: not known to have ended. */
    at: (fingerprint: string): number | null =>
      sql
        .exec<{ v: number }>("SELECT ends_at AS v FROM resolved WHERE fingerprint = ?", fingerprint)
        .toArray()[0]?.v ?? null,
    /** Keeps when these ended, and no more than the newest 5,000 in all. */
    save(ended: readonly Resolved[]): void {
      for (const { fingerprint, endsAt } of ended)
        sql.exec(
          "INSERT OR REPLACE INTO resolved (fingerprint, ends_at) VALUES (?, ?)",
          fingerprint,
          endsAt,
        );
      if (ended.length > 0)
        sql.exec(
          "DELETE FROM resolved WHERE fingerprint IN (SELECT fingerprint FROM resolved ORDER BY ends_at DESC LIMIT -1 OFFSET ?)",
          KEEP_RESOLVED,
        );
    },
  };
}

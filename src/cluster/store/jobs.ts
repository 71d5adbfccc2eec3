import { Job } from "../../protocol/job.ts";
import { readRecord, type SetAsides } from "./set-aside.ts";

const KEEP_FINISHED = 1_000;

/** The jobs. One that cannot be read is set aside, and what is left works on. */
export function openJobs(sql: SqlStorage, setAside: SetAsides) {
  const select = (query: string, ...values: (string | number)[]): Job[] =>
    sql
      .exec<{ id: string; doc: string }>(`SELECT id, doc FROM jobs ${query}`, ...values)
      .toArray()
      .flatMap(({ id, doc }) => {
        const read = readRecord(doc, Job);
        if (read.ok) return [read.value];
        setAside.keep({ kind: "job", id, doc, why: read.why });
        sql.exec("DELETE FROM jobs WHERE id = ?", id);
        return [];
      });
  /** The open jobs as they are on disk; null: to be read. */
  let open: readonly Job[] | null = null;
  const count = (isOpen: 0 | 1): number =>
    sql.exec<{ v: number }>("SELECT count(*) AS v FROM jobs WHERE open = ?", isOpen).one().v;

  return {
    /**
     * At most one a kind, so that all of them cost four rows whatever the history. Read again only after a
     * change.
     */
    open: (): readonly Job[] => (open ??= select("WHERE open = 1 ORDER BY id")),
    /** What is kept in memory may not be what is on disk any more. */
    forget: (): void => void (open = null),
    find: (id: string): Job | null => select("WHERE id = ?", id)[0] ?? null,
    /** Newest first, before the cursor (a job id). */
    page: (before: string | null, limit: number): Job[] =>
      select("WHERE id < ? ORDER BY id DESC LIMIT ?", before ?? "~", limit),
    save(job: Job): void {
      open = null;
      const isOpen = job.state === "finished" ? 0 : 1;
      const at = job.state === "finished" ? job.at : job.createdAt;
      sql.exec(
        "INSERT INTO jobs (id, open, at, doc) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET open = excluded.open, at = excluded.at, doc = excluded.doc",
        job.id,
        isOpen,
        at,
        JSON.stringify(job),
      );
    },
    /** The highest fence that any stored job has, whoever can read it; 0 if there is none. */
    highestFence: (): number =>
      sql
        .exec<{ v: number | null }>(
          "SELECT max(json_extract(doc, '$.fence')) AS v FROM (SELECT doc FROM jobs UNION ALL SELECT doc FROM set_aside WHERE kind = 'job') WHERE json_valid(doc)",
        )
        .one().v ?? 0,
    counts: (): { open: number; finished: number } => ({ open: count(1), finished: count(0) }),
    /** `before`: ms since the epoch. */
    sweep(before: number): void {
      sql.exec(
        "DELETE FROM jobs WHERE open = 0 AND (at < ? OR id NOT IN (SELECT id FROM jobs WHERE open = 0 ORDER BY id DESC LIMIT ?))",
        before,
        KEEP_FINISHED,
      );
    },
  };
}

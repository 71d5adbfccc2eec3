// The tables of one cluster's object, and every statement that touches them. SQLite, synchronous.
// Open jobs are at most one a kind, so reading all of them costs four rows whatever the history.
import type { LoggedEvent } from "../../jobs/logged-event.ts";
import type * as z from "zod/mini";
import { Job } from "../../protocol/job.ts";
import { isBeyond } from "../../jobs/clock-step.ts";
import { jsonOf } from "./schema.ts";
import { openSetAside, readRecord } from "./set-aside.ts";
import type { Resolved, Target } from "../../jobs/signal.ts";

/** Kept this long, and so many (docs/design.md section 3). */
const KEEP_MS = 90 * 86_400_000;
const KEEP_FINISHED = 1_000;
const KEEP_RESOLVED = 5_000;
const KEEP_IDEMPOTENCY_MS = 86_400_000;
/** A code lives ten minutes. */
const KEEP_CODES_MS = 3_600_000;
const TARGETS_A_JOB = 100;
/** A detail tells, the report has the whole story; a job with all its events must fit one answer. */
const DETAIL_LENGTH = 500;
const EVENTS_SHOWN = 500;

/**
 * Storage of one cluster, whose database is of this code's version. Every record it hands out has
 * passed its schema; one that has not is set aside, and what is left works on.
 */
export function openStore(sql: SqlStorage, clock: () => number) {
  const aside = openSetAside(sql);
  const number = (query: string, ...values: (string | number)[]): number | null =>
    sql.exec<{ v: number }>(query, ...values).toArray()[0]?.v ?? null;
  const docs = (query: string, ...values: (string | number)[]): Job[] =>
    sql
      .exec<{ id: string; doc: string }>(`SELECT id, doc FROM jobs ${query}`, ...values)
      .toArray()
      .flatMap(({ id, doc }) => {
        const read = readRecord(doc, Job);
        if (read.ok) return [read.value];
        setAside("job", { id, doc, why: read.why });
        sql.exec("DELETE FROM jobs WHERE id = ?", id);
        return [];
      });
  function setAside(kind: "job" | "fact", found: { id: string; doc: string; why: string }): void {
    const { id, doc, why } = found;
    const at = clock();
    aside.keep({ kind, id, at, why }, doc);
    const job = kind === "job" ? id : null;
    log({ at, job, what: "set aside", by: "backon", detail: `${kind} ${id}: ${why}` });
  }
  const setFact = (name: string, value: unknown): void => {
    sql.exec("INSERT OR REPLACE INTO facts (name, doc) VALUES (?, ?)", name, JSON.stringify(value));
  };
  function log(event: LoggedEvent): void {
    sql.exec(
      "INSERT INTO events (at, job, what, by, detail) VALUES (?, ?, ?, ?, ?)",
      event.at,
      event.job,
      event.what,
      event.by,
      event.detail.slice(0, DETAIL_LENGTH),
    );
  }

  return {
    openJobs: (): Job[] => docs("WHERE open = 1 ORDER BY id"),
    job: (id: string): Job | null => docs("WHERE id = ?", id)[0] ?? null,
    /** Newest first, before the cursor (a job id). */
    page: (before: string | null, limit: number): Job[] =>
      docs("WHERE id < ? ORDER BY id DESC LIMIT ?", before ?? "~", limit),
    save(job: Job): void {
      const open = job.state === "finished" ? 0 : 1;
      const at = job.state === "finished" ? job.at : job.createdAt;
      sql.exec(
        "INSERT INTO jobs (id, open, at, doc) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET open = excluded.open, at = excluded.at, doc = excluded.doc",
        job.id,
        open,
        at,
        JSON.stringify(job),
      );
    },
    saveReport: (job: string, report: string): void => {
      sql.exec("INSERT OR REPLACE INTO reports (job, doc) VALUES (?, ?)", job, report);
    },
    report: (job: string): string | null => {
      for (const row of sql.exec<{ doc: string }>("SELECT doc FROM reports WHERE job = ?", job))
        return row.doc;
      return null;
    },
    log,
    /** The newest ones, in the order in which they happened. */
    events: (job: string): LoggedEvent[] =>
      sql
        .exec<LoggedEvent>(
          "SELECT at, job, what, by, detail FROM events WHERE job = ? ORDER BY seq DESC LIMIT ?",
          job,
          EVENTS_SHOWN,
        )
        .toArray()
        .toReversed(),
    /** How many writes this job has announced. */
    announced: (job: string): number =>
      number("SELECT count(*) AS v FROM events WHERE job = ? AND what = 'intent'", job) ?? 0,
    /** Adds the targets that the job does not have yet, up to 100 in all; how many were added. */
    addTargets: (job: string, targets: readonly Target[]): number => addTargets(sql, job, targets),
    targets: (job: string): Target[] =>
      targetsOf(sql, job)
        .filter(({ doc }) => jsonOf(doc) !== undefined)
        .map(({ doc }) => JSON.parse(doc)),
    resolvedAt: (fingerprint: string): number | null =>
      number("SELECT ends_at AS v FROM resolved WHERE fingerprint = ?", fingerprint),
    /** Keeps when these ended, and no more than the newest 5,000 in all. */
    resolve(ended: readonly Resolved[]): void {
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
    isRevoked: (jti: string): boolean =>
      number("SELECT at AS v FROM revoked WHERE jti = ?", jti) !== null,
    revoke: (jti: string, at: number): void => {
      sql.exec("INSERT OR IGNORE INTO revoked (jti, at) VALUES (?, ?)", jti, at);
    },
    /** False if it was used before. Remembered for longer than any code lives. */
    useCode(code: string, at: number): boolean {
      const used = sql.exec("INSERT OR IGNORE INTO codes (id, at) VALUES (?, ?)", code, at);
      return used.rowsWritten > 0;
    },
    answered(key: string, now: number): { digest: string; job: string } | null {
      const query = "SELECT digest, job, at FROM idempotency WHERE key = ? AND at > ?";
      const since = now - KEEP_IDEMPOTENCY_MS;
      const rows = sql.exec<{ digest: string; job: string; at: number }>(query, key, since);
      return rows.toArray().find(({ at }) => !isBeyond(at, 0, now)) ?? null;
    },
    answer(key: string, digest: string, job: string, at: number): void {
      sql.exec(
        "INSERT OR REPLACE INTO idempotency (key, digest, job, at) VALUES (?, ?, ?, ?)",
        key,
        digest,
        job,
        at,
      );
    },
    /** Null if there is none. `unreadable` takes the place of one that its schema does not let pass. */
    fact<T>(name: string, schema: z.ZodMiniType<T>, unreadable: () => T | null): T | null {
      const query = "SELECT doc FROM facts WHERE name = ?";
      const [row] = sql.exec<{ doc: string }>(query, name).toArray();
      if (row === undefined || row.doc === "null") return null;
      const read = readRecord(row.doc, schema);
      if (read.ok) return read.value;
      setAside("fact", { id: name, doc: row.doc, why: read.why });
      const value = unreadable();
      setFact(name, value);
      return value;
    },
    setFact,
    /** The highest fence that any stored job has, whoever can read it; 0 if there is none. */
    highestFence: (): number =>
      number(
        "SELECT max(json_extract(doc, '$.fence')) AS v FROM (SELECT doc FROM jobs UNION ALL SELECT doc FROM set_aside WHERE kind = 'job') WHERE json_valid(doc)",
      ) ?? 0,
    setAside: () => aside.state(),
    counts: (): { open: number; finished: number } => ({
      open: number("SELECT count(*) AS v FROM jobs WHERE open = 1") ?? 0,
      finished: number("SELECT count(*) AS v FROM jobs WHERE open = 0") ?? 0,
    }),
    sweep(now: number): void {
      sweep(sql, now);
      aside.sweep(now - KEEP_MS);
    },
  };
}
export type Store = ReturnType<typeof openStore>;

function sweep(sql: SqlStorage, now: number): void {
  const old = now - KEEP_MS;
  sql.exec(
    "DELETE FROM jobs WHERE open = 0 AND (at < ? OR id NOT IN (SELECT id FROM jobs WHERE open = 0 ORDER BY id DESC LIMIT ?))",
    old,
    KEEP_FINISHED,
  );
  sql.exec("DELETE FROM reports WHERE job NOT IN (SELECT id FROM jobs)");
  sql.exec("DELETE FROM targets WHERE job NOT IN (SELECT id FROM jobs)");
  sql.exec(
    "DELETE FROM facts WHERE name = 'verdict' AND CASE WHEN json_valid(doc) THEN json_extract(doc, '$.job') END NOT IN (SELECT id FROM jobs)",
  );
  sql.exec("DELETE FROM events WHERE at < ?", old);
  sql.exec("DELETE FROM codes WHERE at < ?", now - KEEP_CODES_MS);
  sql.exec("DELETE FROM idempotency WHERE at < ?", now - KEEP_IDEMPOTENCY_MS);
}

type TargetRow = { key: string; doc: string };

function targetsOf(sql: SqlStorage, job: string): TargetRow[] {
  return sql.exec<TargetRow>("SELECT key, doc FROM targets WHERE job = ?", job).toArray();
}

/** One pod is one target: an alert without a uid means the same pod as one with it. */
function addTargets(sql: SqlStorage, job: string, targets: readonly Target[]): number {
  const known = new Map<string, Set<string>>();
  let room = TARGETS_A_JOB;
  for (const { key } of targetsOf(sql, job)) {
    const [namespace, pod, uid] = key.split("/");
    remember(known, `${namespace}/${pod}`, uid ?? "");
    room -= 1;
  }
  let added = 0;
  for (const target of targets) {
    if (added >= room) break;
    const pod = `${target.namespace}/${target.pod}`;
    const uid = target.uid ?? "";
    const uids = known.get(pod);
    if (uids !== undefined && (uid === "" || uids.has("") || uids.has(uid))) continue;
    remember(known, pod, uid);
    sql.exec(
      "INSERT INTO targets (job, key, doc) VALUES (?, ?, ?)",
      job,
      `${pod}/${uid}`,
      JSON.stringify(target),
    );
    added += 1;
  }
  return added;
}

function remember(known: Map<string, Set<string>>, pod: string, uid: string): void {
  known.set(pod, (known.get(pod) ?? new Set()).add(uid));
}

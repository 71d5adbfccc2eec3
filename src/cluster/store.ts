// The tables of one cluster's object, and every statement that touches them. SQLite, synchronous.
// Open jobs are at most one a kind, so reading all of them costs four rows whatever the history.
import { Job } from "../protocol/job.ts";
import type { Resolved, Target } from "../jobs/signal.ts";

/** Kept this long, and so many (DESIGN section 3). */
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

const TABLES = `
CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, open INTEGER NOT NULL, at INTEGER NOT NULL, doc TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS open_jobs ON jobs (id) WHERE open = 1;
CREATE TABLE IF NOT EXISTS reports (job TEXT PRIMARY KEY, doc TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS events (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, job TEXT, what TEXT NOT NULL, by TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_of_job ON events (job, seq);
CREATE TABLE IF NOT EXISTS targets (job TEXT NOT NULL, key TEXT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (job, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS resolved (fingerprint TEXT PRIMARY KEY, ends_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revoked (jti TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS idempotency (key TEXT PRIMARY KEY, digest TEXT NOT NULL, job TEXT NOT NULL, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS codes (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;
`;

export type LoggedEvent = {
  at: number;
  job: string | null;
  what: string;
  by: string;
  detail: string;
};

/** Storage of one cluster. Every record it hands out has passed its schema. */
export function openStore(sql: SqlStorage) {
  sql.exec(TABLES);
  const number = (query: string, ...values: (string | number)[]): number | null =>
    sql.exec<{ v: number }>(query, ...values).toArray()[0]?.v ?? null;
  const docs = (query: string, ...values: (string | number)[]): Job[] =>
    sql
      .exec<{ doc: string }>(query, ...values)
      .toArray()
      .map((row) => Job.parse(JSON.parse(row.doc)));

  return {
    openJobs: (): Job[] => docs("SELECT doc FROM jobs WHERE open = 1 ORDER BY id"),
    job: (id: string): Job | null => docs("SELECT doc FROM jobs WHERE id = ?", id)[0] ?? null,
    /** Newest first, before the cursor (a job id). */
    page: (before: string | null, limit: number): Job[] =>
      docs("SELECT doc FROM jobs WHERE id < ? ORDER BY id DESC LIMIT ?", before ?? "~", limit),
    save(job: Job): void {
      const open = job.state === "finished" ? 0 : 1;
      const at = job.state === "finished" ? job.at : job.createdAt;
      sql.exec(
        "INSERT INTO jobs VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET open = excluded.open, at = excluded.at, doc = excluded.doc",
        job.id,
        open,
        at,
        JSON.stringify(job),
      );
    },
    saveReport: (job: string, report: string): void => {
      sql.exec("INSERT OR REPLACE INTO reports VALUES (?, ?)", job, report);
    },
    report: (job: string): string | null => {
      for (const row of sql.exec<{ doc: string }>("SELECT doc FROM reports WHERE job = ?", job))
        return row.doc;
      return null;
    },
    log(event: LoggedEvent): void {
      sql.exec(
        "INSERT INTO events (at, job, what, by, detail) VALUES (?, ?, ?, ?, ?)",
        event.at,
        event.job,
        event.what,
        event.by,
        event.detail.slice(0, DETAIL_LENGTH),
      );
    },
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
    targets: (job: string): Target[] => targetsOf(sql, job).map(({ doc }) => JSON.parse(doc)),
    resolvedAt: (fingerprint: string): number | null =>
      number("SELECT ends_at AS v FROM resolved WHERE fingerprint = ?", fingerprint),
    /** Keeps when these ended, and no more than the newest 5,000 in all. */
    resolve(ended: readonly Resolved[]): void {
      for (const { fingerprint, endsAt } of ended)
        sql.exec("INSERT OR REPLACE INTO resolved VALUES (?, ?)", fingerprint, endsAt);
      if (ended.length > 0)
        sql.exec(
          "DELETE FROM resolved WHERE fingerprint IN (SELECT fingerprint FROM resolved ORDER BY ends_at DESC LIMIT -1 OFFSET ?)",
          KEEP_RESOLVED,
        );
    },
    isRevoked: (jti: string): boolean =>
      number("SELECT at AS v FROM revoked WHERE jti = ?", jti) !== null,
    revoke: (jti: string, at: number): void => {
      sql.exec("INSERT OR IGNORE INTO revoked VALUES (?, ?)", jti, at);
    },
    /** False if it was used before. Remembered for longer than any code lives. */
    useCode(code: string, at: number): boolean {
      const used = sql.exec("INSERT OR IGNORE INTO codes VALUES (?, ?)", code, at);
      return used.rowsWritten > 0;
    },
    answered(key: string, now: number): { digest: string; job: string } | null {
      const query = "SELECT digest, job FROM idempotency WHERE key = ? AND at > ?";
      const rows = sql.exec<{ digest: string; job: string }>(query, key, now - KEEP_IDEMPOTENCY_MS);
      return rows.toArray()[0] ?? null;
    },
    answer(key: string, digest: string, job: string, at: number): void {
      sql.exec("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?)", key, digest, job, at);
    },
    fact: (name: string): unknown => {
      for (const row of sql.exec<{ doc: string }>("SELECT doc FROM facts WHERE name = ?", name))
        return JSON.parse(row.doc);
      return null;
    },
    setFact: (name: string, value: unknown): void => {
      sql.exec("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, JSON.stringify(value));
    },
    counts: (): { open: number; finished: number } => ({
      open: number("SELECT count(*) AS v FROM jobs WHERE open = 1") ?? 0,
      finished: number("SELECT count(*) AS v FROM jobs WHERE open = 0") ?? 0,
    }),
    sweep: (now: number): void => sweep(sql, now),
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
    "DELETE FROM facts WHERE name = 'verdict' AND json_extract(doc, '$.job') NOT IN (SELECT id FROM jobs)",
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
    sql.exec("INSERT INTO targets VALUES (?, ?, ?)", job, `${pod}/${uid}`, JSON.stringify(target));
    added += 1;
  }
  return added;
}

function remember(known: Map<string, Set<string>>, pod: string, uid: string): void {
  known.set(pod, (known.get(pod) ?? new Set()).add(uid));
}

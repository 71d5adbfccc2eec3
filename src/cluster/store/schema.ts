// The versions of a cluster's database, and the way from each to the next. A version that was
// deployed is never edited: what changes is a new one, with a recorded database in its test.
import * as z from "zod/mini";
import { jsonOf } from "../../jobs/json.ts";

/** Before versions were kept, the tables grew in place: all of that is version 1. */
const FIRST = `
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
CREATE TABLE IF NOT EXISTS messages (job TEXT NOT NULL, output TEXT NOT NULL, wanted INTEGER NOT NULL, sent INTEGER NOT NULL, tries INTEGER NOT NULL, due INTEGER, ref TEXT, failed TEXT, PRIMARY KEY (job, output)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS due_messages ON messages (due) WHERE due IS NOT NULL;
CREATE TABLE IF NOT EXISTS pauses (way TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
`;

/** `kind`: job or fact; `id`: which one; `doc`: what was stored, as it was. */
const SET_ASIDE = `
CREATE TABLE set_aside (kind TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, why TEXT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (kind, id, at)) WITHOUT ROWID;
`;

/** A row a write less: one table where there were a table and its index, and no counter of its own. */
const FEWER_ROWS = `
CREATE TABLE jobs_3 (id TEXT PRIMARY KEY, open INTEGER NOT NULL, at INTEGER NOT NULL, doc TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO jobs_3 SELECT id, open, at, doc FROM jobs;
DROP TABLE jobs;
ALTER TABLE jobs_3 RENAME TO jobs;
CREATE INDEX open_jobs ON jobs (id) WHERE open = 1;
CREATE TABLE reports_3 (job TEXT PRIMARY KEY, doc TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO reports_3 SELECT job, doc FROM reports;
DROP TABLE reports;
ALTER TABLE reports_3 RENAME TO reports;
CREATE TABLE events_3 (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, job TEXT, what TEXT NOT NULL, by TEXT NOT NULL, detail TEXT NOT NULL);
INSERT INTO events_3 SELECT seq, at, job, what, by, detail FROM events;
DROP TABLE events;
ALTER TABLE events_3 RENAME TO events;
CREATE INDEX events_of_job ON events (job, seq);
`;

/** In order: the first makes version 1 of nothing, or of what there was before versions. */
const STEPS: readonly ((sql: SqlStorage) => void)[] = [
  (sql) => void sql.exec(FIRST),
  (sql) => {
    sql.exec(SET_ASIDE);
    fillIn(sql);
  },
  (sql) => void sql.exec(FEWER_ROWS),
];

/**
 * Brings the database to this code's version; inside one transaction. One that a newer version wrote
 * is left as it is: its records are read as far as they can be.
 */
export function migrate(sql: SqlStorage): void {
  sql.exec("CREATE TABLE IF NOT EXISTS schema (version INTEGER NOT NULL)");
  const [stored] = sql.exec<{ version: number }>("SELECT version FROM schema").toArray();
  const version = stored?.version ?? 0;
  if (version >= STEPS.length) return;
  for (const step of STEPS.slice(version)) step(sql);
  sql.exec("DELETE FROM schema");
  sql.exec("INSERT INTO schema (version) VALUES (?)", STEPS.length);
}

const Doc = z.looseObject({ createdAt: z.number() });

/** What a job of an early version does not say: it had none of it. */
function fillIn(sql: SqlStorage): void {
  const query = "SELECT id, doc FROM jobs";
  for (const { id, doc } of sql.exec<{ id: string; doc: string }>(query).toArray()) {
    const read = Doc.safeParse(jsonOf(doc));
    if (!read.success) continue; // Set aside when it is read.
    const dueAt = read.data.createdAt;
    const early = { dueAt, releases: 0, addsRule: false, restartsAt: null, dirty: null };
    const whole = JSON.stringify({ ...early, ...read.data });
    sql.exec("UPDATE jobs SET doc = ? WHERE id = ?", whole, id);
  }
}

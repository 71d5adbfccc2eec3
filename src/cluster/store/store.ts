// The storage of one cluster's object, a small object a table: every statement that touches one is in
// its file. SQLite, synchronous; the database is of this code's version (schema.ts).
import { openCredentials } from "./credentials.ts";
import { openEvents } from "./events.ts";
import { openFacts } from "./facts.ts";
import { openIdempotency } from "./idempotency.ts";
import { openJobs } from "./jobs.ts";
import { openReports } from "./reports.ts";
import { openResolved } from "./resolved.ts";
import { openSetAside } from "./set-aside.ts";
import { openTargets } from "./targets.ts";

/** Kept this long (docs/design.md, section 3). */
const KEEP_MS = 90 * 86_400_000;

/** `clock`: ms since the epoch. */
export function openStore(sql: SqlStorage, clock: () => number) {
  const events = openEvents(sql);
  const setAside = openSetAside(sql, events, clock);
  return {
    events,
    setAside,
    jobs: openJobs(sql, setAside),
    facts: openFacts(sql, setAside),
    reports: openReports(sql),
    targets: openTargets(sql),
    resolved: openResolved(sql),
    credentials: openCredentials(sql),
    idempotency: openIdempotency(sql),
  };
}
export type Store = ReturnType<typeof openStore>;

/** Removes what is too old: the jobs first, what belongs to them after. `now`: ms since the epoch. */
export function sweepStore(store: Store, now: number): void {
  const old = now - KEEP_MS;
  store.jobs.sweep(old);
  store.reports.sweep();
  store.targets.sweep();
  store.facts.sweep();
  store.events.sweep(old);
  store.credentials.sweep(now);
  store.idempotency.sweep(now);
  store.setAside.sweep(old);
}

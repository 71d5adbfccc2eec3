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
export function openStore(storage: DurableObjectStorage, clock: () => number) {
  const { sql } = storage;
  const events = openEvents(sql);
  const setAside = openSetAside(sql, events, clock);
  const jobs = openJobs(sql, setAside);
  const targets = openTargets(sql);
  /** After a transaction that was refused or rolled back: memory goes by the disk again. */
  const forget = (): void => {
    jobs.forget();
    targets.forget();
  };
  return {
    events,
    setAside,
    jobs,
    facts: openFacts(sql, setAside),
    reports: openReports(sql),
    targets,
    resolved: openResolved(sql),
    credentials: openCredentials(sql),
    idempotency: openIdempotency(sql),
    forget,
    /** Rolled back where the step throws. */
    transaction<T>(step: () => T): T {
      try {
        return storage.transactionSync(step);
      } catch (cause) {
        forget();
        throw cause;
      }
    },
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

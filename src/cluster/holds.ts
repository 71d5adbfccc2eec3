// The cluster's hold over its store, and who signalled under one without end.
import * as z from "zod/mini";
import type { Reason } from "../protocol/job.ts";
import type { Hold } from "../jobs/admit.ts";
import type { Store } from "./store/store.ts";

const StoredHold = z.object({
  until: z.nullable(z.number()),
  why: z.string(),
  by: z.nullable(z.string()),
  failures: z.number(),
});
/** Nobody knows what it kept alerts from: only a person lifts it. */
const UNREADABLE: Hold = {
  until: null,
  why: "the stored hold could not be read",
  by: null,
  failures: 0,
};

/** Each change is part of the caller's transaction; what changes nothing writes no row. */
export function openHolds(store: Store) {
  const current = (): Hold | null => store.facts.read("hold", StoredHold, () => UNREADABLE);

  const senders = (): string[] =>
    store.facts.read("recorded", z.array(z.string()), () => null) ?? [];

  return {
    current,

    /** True if the hold is another one now. `by`: who lifted it, or set one that names nobody. */
    set(next: Hold | null, now: number, by: string): boolean {
      if (JSON.stringify(current()) === JSON.stringify(next)) return false;
      store.facts.save("hold", next);
      const detail = next === null ? "lifted" : `${next.why}; until ${endOf(next)}`;
      store.events.log({ at: now, job: null, what: "hold", by: next?.by ?? by, detail });
      if (senders().length > 0) store.facts.save("recorded", null);
      return true;
    },

    /** A sender's repeat under a hold without end adds nothing, so it writes nothing. */
    record(reason: Reason, why: string, now: number): void {
      const { by } = reason.origin;
      const recorded = senders();
      if (recorded.includes(by)) return;
      store.facts.save("recorded", [...recorded, by]);
      store.events.log({ at: now, job: null, what: "signal recorded", by, detail: why });
    },
  };
}
export type Holds = ReturnType<typeof openHolds>;

function endOf(hold: Hold): string {
  return hold.until === null ? "a person asks" : new Date(hold.until).toISOString();
}

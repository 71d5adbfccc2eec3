// A person's undo holds. A write that was frozen for longer than its lease may still land after it, and
// then nobody would look: so the agent does, between jobs, and takes off what came back.
import type { ClaimedJob } from "../../src/protocol/calls.ts";
import type { Report } from "../../src/protocol/report.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import { withdrawAll } from "../ports/withdraw-all.ts";
import type { Router, RouterView } from "../ports/router.ts";

export type AfterUndo = {
  /** Told of each job that ended: an undo begins the looks, a fix that a person asked for ends them. */
  ended(
    job: Pick<ClaimedJob, "kind" | "origin" | "approval">,
    report: Pick<Report, "outcome">,
  ): void;
  /** Until the next look, ms; infinite where nothing was undone. */
  dueInMs(): number;
  /** Looks if it is due. Only between jobs: a job's own write must not be taken for a late one. */
  turn(): Promise<void>;
};

const FIRST_MS = 60_000;
const OFTEN_FOR_MS = 3_600_000;
const DAILY_MS = 86_400_000;

/** Remembers for as long as the process lives. `everyMs`: between two looks of the first hour. */
export function lookAfterUndo(
  router: Pick<Router, "look" | "withdraw" | "clamp">,
  everyMs: number,
  { clock, log }: { readonly clock: Pick<Clock, "now">; readonly log: Log },
): AfterUndo {
  let undone: { readonly at: number; readonly dueAt: number } | null = null;

  const takeOff = async (): Promise<void> => {
    const seen = await router.look();
    if (!seen.ok) return log("not looked after the undo", { error: seen.error.message });
    const clamps = await router.clamp?.look();
    if (clamps?.ok === false) log("not looked after the undo", { error: clamps.error.message });
    const clamped = clamps?.ok === true && clamps.value.ours.length > 0;
    if (!cameBack(seen.value) && !(clamped && (seen.value.usedBy ?? []).length === 0)) return;
    const why = "our rule was back after a person's undo: a write that was late";
    const gone = await withdrawAll(router);
    if (gone.ok) log(`${why}; taken off again`, { error: "late write", ...gone.value });
    else log(`${why}; NOT taken off, look at the router`, { error: gone.error.message });
  };

  return {
    ended(job, { outcome }) {
      const now = clock.now();
      if (job.kind === "withdraw" && outcome === "withdrawn")
        undone = { at: now, dueAt: now + FIRST_MS };
      else if (isPersonsFix(job)) undone = null;
    },
    dueInMs: () => (undone === null ? Number.POSITIVE_INFINITY : undone.dueAt - clock.now()),
    async turn() {
      const now = clock.now();
      if (undone === null || undone.dueAt > now) return;
      undone = { ...undone, dueAt: now + (now - undone.at < OFTEN_FOR_MS ? everyMs : DAILY_MS) };
      await takeOff();
    },
  };
}

function isPersonsFix({ kind, origin, approval }: Parameters<AfterUndo["ended"]>[0]): boolean {
  return kind === "remediate" && (origin.person || approval !== null);
}

/** One of ours stands, and not because another cluster behind the same router uses it. */
function cameBack({ marked, usedBy = [], usedByUs = false }: RouterView): boolean {
  return marked > 0 && (usedByUs || usedBy.length === 0);
}

// What a queue has said so far, and what it may therefore not say any more.
import type { Kind } from "./history.ts";

/** What must hold does not. */
export class Violation extends Error {}

export type Claimed = {
  readonly job: string;
  readonly kind: string;
  readonly fence: number;
  readonly who: string;
  readonly process: string;
  readonly claimId: string;
  /** On the Worker's clock. */
  until: number;
  /** The number of its next call. */
  seq: number;
};

type Taken = {
  readonly kind: Kind;
  readonly job: string;
  readonly by: "alert" | "person";
  readonly at: number;
};

const LEASE_MS = 120_000;
const APPROVAL_MS = 15 * 60_000;
/** Outcomes after which nothing has to be looked for any more: somebody, or time, has said so. */
const DROPPED = ["cancelled", "dismissed", "expired"];

export type Books = ReturnType<typeof openBooks>;

export function openBooks(now: () => number) {
  /** Counts what happens, so that "after" has a meaning whatever the clock does. */
  let moment = 0;
  let newestFence = 0;
  let holder: Claimed | null = null;
  let setBackAt = 0;
  const fences = new Map<string, number>();
  const taken: Taken[] = [];
  const claims: { readonly kind: string; readonly at: number }[] = [];
  const withdrawnAt: number[] = [];
  const heldAt: number[] = [];
  const outcomes = new Map<string, string>();
  const approvals = new Map<
    string,
    { readonly hash: string; readonly at: number; readonly moment: number }
  >();
  const keys = new Map<
    string,
    { readonly kind: Kind; readonly job: string; readonly moment: number }
  >();

  const mustHold = (isSo: boolean, what: string): void => {
    if (!isSo) throw new Violation(what);
  };

  return {
    clockWasSetBack(): void {
      setBackAt = moment += 1;
    },
    /** Answered with 2xx: it may not be forgotten. */
    tookIn(kind: Kind, job: string, by: Taken["by"]): void {
      moment += 1;
      mustHold(job !== "undefined", `a signal was taken in without a job`);
      taken.push({ kind, job, by, at: moment });
      if (kind === "withdraw" && by === "person") withdrawnAt.push(moment);
    },
    /** The same key with the same request gives the same job for a day. */
    keyed(key: string, kind: Kind, job: string): void {
      const before = keys.get(key);
      if (before !== undefined && before.moment > setBackAt)
        mustHold(before.kind !== kind || before.job === job, `key ${key} gave two jobs`);
      keys.set(key, { kind, job, moment });
    },
    forgetKeys: () => keys.clear(),
    handedOut(claimed: Claimed, approval: { readonly hash: string } | null): void {
      moment += 1;
      const { job, fence, who, process, claimId } = claimed;
      // A repeat that arrives after the lease has lapsed is a claim like any other.
      const isRepeat = holder?.claimId === claimId && holder.process === process;
      const isLive = holder !== null && now() < holder.until && setBackAt === 0;
      const isSame = isRepeat && holder?.fence === fence;
      if (isRepeat && isLive) mustHold(isSame, `claim ${claimId} repeated got another fence`);
      mustHold(isSame || fence > newestFence, `fence ${fence} was handed out after ${newestFence}`);
      if (holder !== null && holder.who !== who)
        mustHold(
          now() >= holder.until || setBackAt > 0,
          `${who} has ${job} while ${holder.who} holds a lease of ${holder.job}`,
        );
      if (approval !== null) {
        const given = approvals.get(job);
        mustHold(given?.hash === approval.hash, `job ${job} carries an approval that nobody gave`);
        if (given !== undefined && given.moment > setBackAt)
          mustHold(now() <= given.at + APPROVAL_MS, `an approval of ${job} outlived its time`);
      }
      holder = { ...claimed, until: now() + LEASE_MS };
      newestFence = fence;
      fences.set(job, fence);
      claims.push({ kind: claimed.kind, at: moment });
    },
    /** A call of an agent about its job was answered with 200, for the first time. */
    tookCall(call: { readonly job: string; readonly fence: number; readonly what: string }): void {
      moment += 1;
      const { job, fence, what } = call;
      const newest = what === "progress" ? newestFence : fences.get(job);
      mustHold(fence === newest, `${what} of ${job} with fence ${fence} was taken, not ${newest}`);
      if (holder?.fence !== fence) return;
      if (what === "progress") holder.until = now() + LEASE_MS;
      else holder = null;
    },
    heldByPerson: () => void heldAt.push((moment += 1)),
    approved(job: string, hash: string): void {
      approvals.set(job, { hash, at: now(), moment: (moment += 1) });
    },
    /** All jobs as the Worker shows them. */
    shown(jobs: readonly Readonly<Record<string, unknown>>[]): void {
      const open = jobs.filter(({ state }) => state !== "finished");
      const kinds = open.map(({ kind }) => kind);
      mustHold(new Set(kinds).size === kinds.length, `two open jobs of a kind: ${kinds.join()}`);
      const leased = open.filter(({ state }) => state === "leased").length;
      mustHold(leased <= 1, `${leased} jobs are leased`);
      for (const { id, state, outcome } of jobs) {
        const before = outcomes.get(String(id));
        const after = state === "finished" ? String(outcome) : undefined;
        mustHold(
          before === undefined || before === after,
          `${String(id)} ended ${before}, now ${after}`,
        );
        if (after !== undefined) outcomes.set(String(id), after);
      }
      for (const { job } of taken)
        mustHold(
          jobs.some(({ id }) => id === job),
          `job ${job}, which was answered with 2xx, is gone`,
        );
    },
    /** At the end, when all jobs are over: whatever was taken in was looked for after it came. */
    nothingForgotten(): void {
      for (const { kind, job, by, at } of taken) {
        if (claims.some((claim) => claim.kind === kind && claim.at > at)) continue;
        if (DROPPED.includes(outcomes.get(job) ?? "")) continue;
        if (kind === "remediate" && withdrawnAt.some((then) => then > at)) continue;
        if (by === "alert" && heldAt.some((then) => then > at)) continue;
        throw new Violation(`${kind} of ${by} was taken into ${job} and forgotten`);
      }
    },
  };
}

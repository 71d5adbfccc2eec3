// Mistakes planted in the Worker that the histories have to notice.
import type { Mistake } from "../../../sim/worker-bundle.ts";

export type Planted = Mistake & {
  readonly mistake: string;
  /** What a history that notices this mistake, and not something beside it, says. */
  readonly sees: RegExp;
  /** True: one of the first histories finds it. */
  readonly isQuick: boolean;
};

export const QUEUE_MUTANTS: readonly Planted[] = [
  {
    isQuick: true,
    mistake: "takes a call with an old fence",
    file: "src/jobs/lifecycle-agent.ts",
    text: "if (event.fence !== job.fence)",
    becomes: "if (event.fence > job.fence)",
    sees: /^(progress|report) of .* with fence \d+ was taken, not \d+$/,
  },
  {
    isQuick: false,
    mistake: "forgets what joined while an attempt ran",
    file: "src/jobs/lifecycle.ts",
    text: "return keep({ ...job, dirty: firstOf(job.dirty, reason) });",
    becomes: "return keep(job);",
    sees: /was taken into .* and forgotten$/,
  },
  {
    isQuick: true,
    mistake: "hands out a job that another agent holds",
    file: "src/jobs/lifecycle.ts",
    text: 'if (job.state === "leased" && job.agent === event.agent)',
    becomes: 'if (job.state === "leased")',
    sees: /while .* holds a lease of/,
  },
  {
    isQuick: true,
    mistake: "opens a second job of a kind",
    file: "src/jobs/admit.ts",
    text: 'if (open !== null && open.state !== "finished") return { kind: "join" };',
    becomes: 'if (open?.state === "awaiting") return { kind: "join" };',
    sees: /^two open jobs of a kind/,
  },
  {
    isQuick: true,
    mistake: "keeps a lease that nobody renews",
    file: "src/jobs/lifecycle.ts",
    text: 'return job.state === "leased" ? lapse(job, event.at, limits) : refuse(job, event);',
    becomes: "return refuse(job, event);",
    sees: /^a job never ends$/,
  },
  {
    isQuick: false,
    mistake: "takes another body under the same number",
    file: "src/jobs/lifecycle-agent.ts",
    text: "if (event.seq === last.seq && event.digest === last.digest)",
    becomes: "if (event.seq === last.seq)",
    sees: /^another body under the same number was taken$/,
  },
  {
    isQuick: false,
    mistake: "keeps an approval beyond its time",
    file: "src/jobs/lifecycle.ts",
    text: "return job.approval !== null && job.approval.until > at ? job.approval : null;",
    becomes: "return job.approval;",
    sees: /^an approval of .* outlived its time$/,
  },
  {
    isQuick: false,
    mistake: "gives a fence out twice",
    file: "src/cluster/agent-calls.ts",
    text: 'if (done.value.job.fence === fence) store.facts.save("fence", fence);',
    becomes: "",
    sees: /^fence \d+ was handed out after \d+$/,
  },
];

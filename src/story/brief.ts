// What a person woken by a job needs, in this order: what failed and who suffers, why, what was done,
// what to do and until when. Card, thread and page are made of it. Text of others is in it as it came.
import type { PodStory, Report } from "../protocol/report.ts";
import { concerned, headlineCause } from "./causes.ts";
import { adviceFor, linesFor } from "./next.ts";
import { isStopGap, whatApprovalDoes } from "./plan-words.ts";
import { readableReport, type Story } from "./story.ts";
import type { ToCopy } from "./to-copy.ts";

export type Brief = {
  /** `Docker Hub: TLS over IPv6 stalls`; null while nothing is known. */
  readonly cause: string | null;
  /** The pods that wait for an image, those of the verdict first. */
  readonly pods: readonly PodLine[];
  /** The verdict that the job shows, then others. */
  readonly why: readonly string[];
  readonly done: string | null;
  /** What approving makes happen; empty if nothing waits for that. */
  readonly plan: readonly string[];
  readonly advice: readonly string[];
  readonly lines: readonly ToCopy[];
  /** Approving helps for a while only; the first line mends it. */
  readonly stopGap: boolean;
};

type PodLine = {
  readonly pod: string;
  readonly image: string;
  readonly now: string;
};

export function briefOf(story: Story): Brief {
  const report = readableReport(story);
  const awaits = story.job.state === "awaiting";
  return {
    cause: headlineCause(story),
    pods: report === null ? namedByAlerts(story) : concerned(report).map(podLine(story, report)),
    why: report === null ? [] : whyOf(report),
    done: doneIn(story, report),
    plan: awaits && report !== null ? whatApprovalDoes(report) : [],
    advice: adviceFor(story, report),
    lines: linesFor(story, report),
    stopGap: awaits && report !== null && isStopGap(report),
  };
}

function namedByAlerts({ targets }: Story): PodLine[] {
  return targets.map(({ namespace, pod, reason }) => ({
    pod: `${namespace}/${pod}`,
    image: "",
    now: reason ?? "named by an alert",
  }));
}

function podLine({ job }: Story, { pods }: Report): (pod: PodStory) => PodLine {
  const planned = job.state === "awaiting" || job.outcome === "observed";
  const acts = pods.some(({ decision }) => decision === "restart");
  return (one) => ({
    pod: `${one.namespace}/${one.name}`,
    image: one.image,
    now:
      fateOf(one) ??
      (one.decision === "restart"
        ? planned
          ? "would be restarted"
          : ""
        : acts
          ? `left alone: ${one.why}`
          : ""),
  });
}

const BECAME = {
  pulled: "pulled",
  "still-failing": "still fails",
  "other-cause": "fails for another cause",
  unknown: "restarted, not known how it went on",
} as const;
const RESTARTED = {
  evicted: "restarted",
  deleted: "restarted",
  "already-replaced": "replaced already",
  "blocked-by-budget": "not restarted: a disruption budget forbids it",
  failed: "could not be restarted",
} as const;

/** What became of the pod; null if it was not touched. */
export function fateOf({ became, restarted }: PodStory): string | null {
  if (became !== undefined) return BECAME[became];
  return restarted === undefined ? null : RESTARTED[restarted];
}

/** One sentence a finding, the verdict's own first; other hosts with the same one are only named. */
export function whyOf({ verdict, verdicts }: Report): string[] {
  if (verdict === "not-looked") return [];
  const own = verdicts.filter(({ name }) => name === verdict);
  const others = verdicts.filter(({ name }) => name !== verdict);
  const findings = Map.groupBy([...own, ...others], ({ name }) => name);
  return Array.from(findings.values()).flatMap(([first, ...more]) => {
    if (first === undefined) return [];
    const hosts = [...new Set(more.map(({ host }) => host).filter((host) => host !== null))];
    return hosts.length === 0
      ? [first.sentence]
      : [`${first.sentence} The same at ${hosts.join(", ")}.`];
  });
}

/** What the summary says beyond the verdict's own words. */
function doneIn({ job }: Story, report: Report | null): string | null {
  if (report === null || job.state === "queued" || job.state === "leased") return null;
  const of = report.verdicts.find(({ name }) => name === report.verdict);
  const rest = [of?.sentence ?? "", of?.advice ?? ""].reduce(without, report.summary);
  const quiet = job.state === "awaiting" || job.outcome === "observed";
  return quiet && !report.actions.some(({ ok }) => ok)
    ? `Nothing was changed. ${rest}`.trim()
    : rest;
}

function without(text: string, beginning: string): string {
  return (text.startsWith(beginning) ? text.slice(beginning.length) : text).trim();
}

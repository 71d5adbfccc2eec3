// A job as a page of Markdown, to put into a chat or a wiki. Pure.
import type { Report } from "../protocol/report.ts";
import type { JobView } from "../jobs/job-view.ts";
import type { LoggedEvent } from "../jobs/logged-event.ts";
import type { Verdict } from "../protocol/report.ts";
import { actionTable, planLines, ruleSentence } from "./actions.ts";
import { beforeAndAfter, evidence } from "./evidence.ts";
import { plainText } from "./plain-text.ts";
import { podTables, targetTable } from "./pods.ts";
import { readableReport, type Story } from "./story.ts";
import { duration } from "../shown/duration.ts";
import { besides, shortTable, table, time } from "./table.ts";

/** The store shows the newest 500. */
const MOST_EVENTS = 500;
/** One a host or a cause: a report of our own agent has a few dozen. */
const MOST_VERDICTS = 100;

/**
 * The whole story: what was found, what was done, what became of it, what next. Nothing in it is
 * markup but our own, whatever pods, alerts and people are called.
 */
export function postMortem(story: Story): string {
  const { job, events } = story;
  const lines = [
    `# ${plainText(job.cluster)}: ${verdictOf(story)}, ${endOf(job)}`,
    ...facts(story),
    ...chapters(story),
    "",
    "## Audit trail",
    ...auditTrail(events),
    "",
    "## What next",
    "",
    ...whatNext(story).map((line) => `- ${line}`),
    "",
  ];
  return lines.join("\n");
}

function verdictOf(story: Story): string {
  const verdict = readableReport(story)?.verdict;
  return verdict === undefined ? "no verdict" : plainText(verdict, 100);
}

function endOf({ state, outcome }: JobView): string {
  if (outcome !== null) return plainText(outcome, 100);
  return state === "awaiting" ? "needs approval" : state;
}

function facts(story: Story): string[] {
  const { job } = story;
  const report = readableReport(story);
  const asked = `${job.origin.via}, ${job.origin.by}${job.origin.person ? " (a person)" : ""}`;
  const rows = [
    ["job", `${job.id} (${job.kind})`],
    ["asked by", asked],
    ...(job.registry === null ? [] : [["registry", job.registry]]),
    ["opened", job.createdAt],
    ...(job.finishedAt === null ? [] : [["finished", job.finishedAt]]),
    ...(job.endedBy === null ? [] : [["ended by", job.endedBy]]),
    ["attempts", String(job.attempt)],
    ...(report === null
      ? []
      : [
          ["agent", `${report.agentVersion}, mode ${report.mode}`],
          ["worked", `${time(report.startedAt)}, ${duration(report.endedAt - report.startedAt)}`],
          ["stages", report.stages.map(({ stage, ms }) => `${stage} ${duration(ms)}`).join(", ")],
        ]),
  ];
  return table(
    ["cluster", plainText(job.cluster)],
    rows.map((cells) => cells.map((cell) => plainText(cell))),
  );
}

function chapters(story: Story): string[] {
  const report = readableReport(story);
  const uncertain = story.job.routerUncertain
    ? [
        "",
        "**The router is uncertain:** a lease lapsed after a write was announced; look at the rule.",
      ]
    : [];
  if (report === null) return [...uncertain, "", ...withoutReport(story)];
  const after = beforeAndAfter(report);
  const plan = planLines(report);
  return [
    ...uncertain,
    "",
    "## What was found",
    "",
    plainText(report.summary, 2_000),
    ...(report.verdicts.length === 0 ? [] : [""]),
    ...report.verdicts.slice(0, MOST_VERDICTS).map(verdictLine),
    ...besides(report.verdicts.length - MOST_VERDICTS),
    ...evidence(report),
    "",
    "## What was done",
    ...actionTable(report),
    ...(report.error === undefined ? [] : ["", `**Error:** ${plainText(report.error, 4_000)}`]),
    ...(after.length === 0 ? [] : ["", "## Before and after", ...after]),
    "",
    "## Pods",
    ...orElse([...podTables(report), ...targetTable(story.targets)], noPods(report)),
    ...(plan.length === 0 ? [] : ["", "## Plan", ...plan]),
    "",
    "## Rule on the router",
    "",
    ruleSentence(report),
  ];
}

/** Most sentences begin with the host already. */
function verdictLine({ host, name, sentence }: Verdict): string {
  const at = host === null || sentence.includes(host) ? "" : ` at ${plainText(host)}`;
  return `- **${plainText(name, 100)}**${at}: ${plainText(sentence)}`;
}

function withoutReport({ job, report, targets }: Story): string[] {
  const why =
    report === "unreadable"
      ? "Another version of the agent wrote the report; the JSON of this job has it."
      : job.state === "finished"
        ? "The job ended without a report: no agent has told what it found."
        : "There is no report yet.";
  return [why, ...targetTable(targets)];
}

/** Pods that were not read are not the same as none. */
function noPods({ verdict }: Report): string {
  return verdict === "could-not-look" || verdict === "not-looked" ? "They were not read." : "None.";
}

function orElse(lines: readonly string[], otherwise: string): readonly string[] {
  return lines.length === 0 ? ["", otherwise] : lines;
}

function auditTrail(events: readonly LoggedEvent[]): readonly string[] {
  const rows = shortTable(
    ["time", "what", "who", "detail"],
    { items: events, most: MOST_EVENTS },
    ({ at, what, by, detail }) => [time(at), plainText(what), plainText(by), plainText(detail)],
  );
  return orElse(rows, "No events.");
}

function whatNext(story: Story): string[] {
  const { job } = story;
  const verdicts = readableReport(story)?.verdicts.slice(0, MOST_VERDICTS);
  const advice = [...new Set(verdicts?.map(({ advice: said }) => said))];
  const lines = advice.filter((said) => said !== "").map((said) => plainText(said, 1_000));
  if (job.state === "awaiting")
    lines.unshift(
      `A person decides until ${job.leaseUntil ?? "–"}: approve the plan ${plainText(job.planHash ?? "")}, or dismiss it.`,
    );
  if (lines.length > 0) return lines;
  return [
    job.state === "finished" ? "Nothing is advised." : "Wait: an agent works on it, or soon will.",
  ];
}

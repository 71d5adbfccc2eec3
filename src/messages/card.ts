// One job → one Slack message, rendered from the job as it is now. Pure.
import { decisions } from "../story/decisions.ts";
import { canUndo, readableReport, type Story } from "../story/story.ts";
import { visible } from "../story/plain-text.ts";
import { kindWord, standing, whatApprovalDoes, whatPlanDoes } from "../story/words.ts";
import type { PodStory, Report } from "../protocol/report.ts";
import { ruleAsConsole } from "../shown/rule-as-console.ts";
import { plain, rich, type Block, type Button } from "./blocks.ts";
import { buttonValue } from "./button-value.ts";
import { mrkdwn, mrkdwnCode, mrkdwnTime, mrkdwnWho } from "./mrkdwn.ts";

export type Card = { readonly text: string; readonly blocks: readonly Block[] };

/** Where it is shown. `pageUrl`: the job on the page, if the Worker knows its own address. */
export type Where = { readonly pageUrl: string | null; readonly buttons: boolean };

/** Header text is at most 150 characters, a section's 3,000, a field's 2,000 (Slack's limits). */
const HEADLINE = 150;
const PODS_SHOWN = 5;

/** `text` is for notifications and screen readers; it says what the header says. */
export function card(story: Story, where: Where): Card {
  const { job } = story;
  const report = readableReport(story);
  const title = headline(story);
  return {
    text: mrkdwn(title, HEADLINE),
    blocks: [
      { type: "header", text: plain(visible(title, HEADLINE).slice(0, HEADLINE)) },
      ...(report === null ? [] : said(summary(report))),
      { type: "section", fields: fields(story, report).map(rich) },
      ...(report === null ? [] : podLines(report, job.state === "awaiting")),
      ...(job.state === "awaiting" && report !== null ? planLines(report) : []),
      ...actions(story, report, where),
      { type: "context", elements: [rich(footer(story))] },
    ],
  };
}

/** `home: fix: recovered`. */
function headline({ job }: Story): string {
  return `${job.cluster}: ${kindWord(job.kind)}: ${standing(job)}`;
}

/** Slack takes no section without a text. */
function said(text: string): Block[] {
  return text === "" ? [] : [{ type: "section", text: rich(text) }];
}

function summary({ summary: said, error }: Report): string {
  const text = mrkdwn(said, 1_200);
  return error === undefined ? text : `${text}\n*Error:* ${mrkdwn(error, 600)}`;
}

function fields({ job }: Story, report: Report | null): string[] {
  const rule = report?.rule ?? null;
  const asked = `*Asked by*\n${mrkdwnWho(job.origin.by)}`;
  return [
    ...(report === null ? [] : [`*Verdict*\n${mrkdwn(report.verdict, 100)}`]),
    asked,
    ...(job.registry === null ? [] : [`*Registry*\n${mrkdwn(job.registry, 260)}`]),
    ...(rule === null
      ? []
      : [`*Rule on the router*\n${rule.state}${rule.disabled === true ? ", disabled" : ""}`]),
    ...(job.routerUncertain
      ? ["*The router is uncertain*\na write was announced and not told of: look at the rule"]
      : []),
  ];
}

/** `waits`: the plan that would restart them may still be approved. */
function podLines({ pods }: Report, waits: boolean): Block[] {
  const restarted = pods.filter(({ decision }) => decision === "restart");
  if (restarted.length === 0) return [];
  const pulled = restarted.filter(({ became }) => became === "pulled").length;
  const begun = restarted.some(({ became, restarted: how }) => (became ?? how) !== undefined);
  const otherwise = waits ? "to be restarted" : "not restarted";
  const lines = restarted.slice(0, PODS_SHOWN).map((pod) => podLine(pod, otherwise));
  const more = restarted.length - lines.length;
  const text = [
    begun
      ? `*Pods* ${pulled} of ${restarted.length} have their image`
      : `*Pods* ${restarted.length} ${otherwise}`,
    ...lines,
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join("\n");
  return [{ type: "section", text: rich(text) }];
}

function podLine({ namespace, name, became, restarted }: PodStory, otherwise: string): string {
  return `• ${mrkdwn(`${namespace}/${name}`, 250)}: ${became ?? restarted ?? otherwise}`;
}

function planLines(report: Report): Block[] {
  const said = whatApprovalDoes(report).map((line) => `• ${mrkdwn(line, 400)}`);
  const rule = report.plan?.rule ?? null;
  const byHand = rule === null ? "" : `\n\`\`\`${mrkdwnCode(ruleAsConsole(rule), 900)}\`\`\``;
  return [{ type: "section", text: rich(`*Plan*\n${said.join("\n")}${byHand}`) }];
}

function actions(story: Story, report: Report | null, where: Where): Block[] {
  const { job } = story;
  const buttons = where.buttons ? decisionButtons(story, report) : [];
  const open: Button[] =
    where.pageUrl === null
      ? []
      : [{ type: "button", action_id: "open", text: plain("Open"), url: where.pageUrl }];
  const elements = [...buttons, ...open];
  return elements.length === 0 ? [] : [{ type: "actions", block_id: `job:${job.id}`, elements }];
}

function decisionButtons(story: Story, report: Report | null): Button[] {
  const { job } = story;
  if (job.state === "awaiting" && job.planHash !== null && report !== null)
    return [approve(job, report), dismiss(job)];
  return canUndo(story) ? [undo(job)] : [];
}

function approve(job: Story["job"], report: Report): Button {
  const { cluster, id, planHash } = job;
  const what = whatPlanDoes(report).join(" ");
  return {
    type: "button",
    action_id: "approve",
    style: "primary",
    text: plain("Approve"),
    value: buttonValue({ cluster, id, planHash }),
    // A dialog's text is at most 300 characters, its title 100 (Slack's limits).
    confirm: {
      title: plain(`Apply this fix to ${cluster}?`),
      text: rich(mrkdwn(what, 300)),
      confirm: plain("Approve"),
      deny: plain("Back"),
    },
  };
}

function dismiss({ cluster, id, planHash }: Story["job"]): Button {
  return {
    type: "button",
    action_id: "dismiss",
    text: plain("Dismiss"),
    value: buttonValue({ cluster, id, planHash }),
    confirm: {
      title: plain("Dismiss the plan?"),
      text: rich("Nothing is changed, and alerts of this cluster wait for a day."),
      confirm: plain("Dismiss"),
      deny: plain("Back"),
    },
  };
}

function undo({ cluster, id }: Story["job"]): Button {
  return {
    type: "button",
    action_id: "undo",
    style: "danger",
    text: plain("Undo"),
    value: buttonValue({ cluster, id, planHash: null }),
    confirm: {
      title: plain("Remove our rule from the router?"),
      text: rich("Alerts then start nothing until a person asks for a fix."),
      confirm: plain("Undo"),
      deny: plain("Back"),
    },
  };
}

function footer({ job, events }: Story): string {
  const decided = decisions(events)
    .slice(-3)
    .map(({ what, by, at }) => `${mrkdwnWho(by)} ${what} ${mrkdwnTime(at)}`);
  const until =
    job.state === "awaiting" && job.leaseUntil !== null
      ? [`decide by ${mrkdwnTime(Date.parse(job.leaseUntil))}`]
      : [];
  const due =
    job.state === "queued" && job.dueAt !== null
      ? [`due ${mrkdwnTime(Date.parse(job.dueAt))}`]
      : [];
  return [...decided, ...until, ...due, `job ${job.id}`].join(" · ");
}

/** What the card's thread says, so that somebody is notified; null if nobody has to look now. */
export function threadText(story: Story, looks: boolean): string | null {
  if (!looks) return null;
  const report = readableReport(story);
  const said = report === null ? "" : `\n${mrkdwn(report.summary, 600)}`;
  return `*${mrkdwn(headline(story), HEADLINE)}*${said}`;
}

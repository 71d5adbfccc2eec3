// One job → one Slack message, rendered from the job as it is now: what failed, why, what was done, what
// to do. Pure.
import { briefOf, type Brief } from "../story/brief.ts";
import { decisions } from "../story/decisions.ts";
import { canUndo, readableReport, type Story } from "../story/story.ts";
import { headlineCause } from "../story/causes.ts";
import { visible } from "../story/plain-text.ts";
import { planInShort } from "../story/plan-words.ts";
import { kindWord, standing } from "../story/words.ts";
import type { Report } from "../protocol/report.ts";
import { plain, rich, type Block, type Button } from "./blocks.ts";
import { buttonValue } from "./button-value.ts";
import { mrkdwn, mrkdwnCode, mrkdwnTime, mrkdwnWho } from "./mrkdwn.ts";

export type Card = { readonly text: string; readonly blocks: readonly Block[] };

/** Where it is shown. `pageUrl`: the job on the page, if the Worker knows its own address. */
export type Where = { readonly pageUrl: string | null; readonly buttons: boolean };

/** Header text is at most 150 characters, a section's 3,000 (Slack's limits). */
const HEADLINE = 150;
const PODS_SHOWN = 5;
const WHYS_SHOWN = 2;
const LINES_SHOWN = 4;

/** `text` is for notifications and screen readers; it says what the header says. */
export function card(story: Story, where: Where): Card {
  const brief = briefOf(story);
  const title = headline(story);
  return {
    text: mrkdwn(title, HEADLINE),
    blocks: [
      { type: "header", text: plain(visible(title, HEADLINE).slice(0, HEADLINE)) },
      ...chapters(story, brief).map((text): Block => ({ type: "section", text: rich(text) })),
      ...actions(story, brief, where),
      { type: "context", elements: [rich(footer(story))] },
    ],
  };
}

/** `home: fix: recovered · Docker Hub: TLS over IPv6 stalls`. */
function headline(story: Story): string {
  const { job } = story;
  const cause = headlineCause(story);
  const stands = `${job.cluster}: ${kindWord(job.kind)}: ${standing(job)}`;
  return cause === null ? stands : `${stands} · ${cause}`;
}

/** Slack takes no section without a text. */
function chapters({ job, report }: Story, brief: Brief): string[] {
  const error = report === "unreadable" ? undefined : report?.error;
  const unreadable = report === "unreadable";
  return [
    ...(job.routerUncertain
      ? ["*Look at the router:* a write was announced and its result is not known."]
      : []),
    ...(unreadable
      ? ["Another version of the agent wrote the report: open the job to read it."]
      : []),
    podText(brief),
    ...titled(
      "Why",
      brief.why.slice(0, WHYS_SHOWN).map((line) => mrkdwn(line, 600)),
    ),
    ...titled("Done", brief.done === null ? [] : [mrkdwn(brief.done, 900)]),
    ...titled("Error", error === undefined ? [] : [mrkdwn(error, 600)]),
    ...titled("What to do", [
      ...brief.advice.map((line) => `• ${mrkdwn(line, 800)}`),
      ...deadline(job),
    ]),
    ...(brief.stopGap ? [copies(brief.lines.slice(0, 1))] : []),
    ...titled(
      "If you approve",
      brief.plan.map((line) => `• ${mrkdwn(line, 600)}`),
    ),
    copies(brief.lines.slice(brief.stopGap ? 1 : 0, LINES_SHOWN)),
  ].filter((text) => text !== "");
}

function titled(title: string, lines: readonly string[]): string[] {
  const said = lines.filter((line) => line !== "" && line !== "• ");
  return said.length === 0 ? [] : [[`*${title}*`, ...said].join("\n")];
}

function podText({ pods }: Brief): string {
  if (pods.length === 0) return "";
  const lines = pods.slice(0, PODS_SHOWN).map(({ pod, image, now }) => {
    const of = image === "" ? "" : ` (${mrkdwn(image, 120)})`;
    return `• ${mrkdwn(pod, 160)}${of}${now === "" ? "" : `: ${mrkdwn(now, 120)}`}`;
  });
  const more = pods.length - lines.length;
  const pulled = pods.filter(({ now }) => now === "pulled").length;
  const count = pods.length === 1 ? "1 pod" : `${pods.length} pods`;
  const title =
    pulled === 0
      ? `*Failed* ${count} could not pull`
      : `*Failed* ${count}, ${pulled === pods.length ? "all" : pulled} pulled since`;
  return [title, ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

function copies(lines: Brief["lines"]): string {
  return lines
    .map(({ what, line }) => `${mrkdwn(what, 120)}\n\`\`\`${mrkdwnCode(line, 600)}\`\`\``)
    .join("\n");
}

function actions(story: Story, brief: Brief, where: Where): Block[] {
  const { job } = story;
  const buttons = where.buttons ? decisionButtons(story, brief) : [];
  const open: Button[] =
    where.pageUrl === null
      ? []
      : [{ type: "button", action_id: "open", text: plain("Open"), url: where.pageUrl }];
  const elements = [...buttons, ...open];
  return elements.length === 0 ? [] : [{ type: "actions", block_id: `job:${job.id}`, elements }];
}

function decisionButtons(story: Story, { stopGap }: Brief): Button[] {
  const { job } = story;
  const report = readableReport(story);
  if (job.state === "awaiting" && job.planHash !== null && report !== null)
    return [approve(job, report, stopGap), dismiss(job)];
  return canUndo(story) ? [undo(job, readableReport(story)?.rule?.usedBy ?? [])] : [];
}

/** `second`: something else helps more, and comes first. */
function approve(job: Story["job"], report: Report, second: boolean): Button {
  const { cluster, id, planHash } = job;
  return {
    type: "button",
    action_id: "approve",
    ...(second ? {} : { style: "primary" as const }),
    text: plain(second ? "Approve the stop-gap" : "Approve"),
    value: buttonValue({ cluster, id, planHash }),
    // A dialog's text is at most 300 characters, its title 100 (Slack's limits).
    confirm: {
      title: plain(`Apply this fix to ${cluster}?`),
      text: rich(mrkdwn(planInShort(report), 300)),
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

function undo({ cluster, id }: Story["job"], usedBy: readonly string[]): Button {
  const others =
    usedBy.length === 0
      ? "Another cluster that uses the router keeps it"
      : `It stays for ${usedBy.join(", ")}`;
  return {
    type: "button",
    action_id: "undo",
    style: "danger",
    text: plain("Undo"),
    value: buttonValue({ cluster, id, planHash: null }),
    confirm: {
      title: plain("Remove our rule from the router?"),
      text: rich(
        `Alerts then start nothing until a person asks for a fix. ${mrkdwn(others, 120)}; \`/backon undo ${cluster} all\` removes it for all.`,
      ),
      confirm: plain("Undo"),
      deny: plain("Back"),
    },
  };
}

function footer(story: Story): string {
  const { job, events } = story;
  const report = readableReport(story);
  const decided = decisions(events)
    .slice(-3)
    .map(({ what, by, at }) => `${mrkdwnWho(by)} ${what} ${mrkdwnTime(at)}`);
  const due =
    job.state === "queued" && job.dueAt !== null
      ? [`due ${mrkdwnTime(Date.parse(job.dueAt))}`]
      : [];
  const rule = report?.rule ?? null;
  const registry = job.registry === null ? [] : [`registry ${mrkdwn(job.registry, 200)}`];
  const facts = [
    `asked by ${mrkdwnWho(job.origin.by)}`,
    ...registry,
    ...(report === null ? [] : [`verdict ${mrkdwn(report.verdict, 100)}`]),
    ...(rule === null ? [] : [`rule: ${ruleWord(rule)}`]),
  ];
  return [...due, ...decided, ...facts, `job ${job.id}`].join(" · ");
}

function deadline({ state, leaseUntil }: Story["job"]): string[] {
  return state === "awaiting" && leaseUntil !== null
    ? [`• Decide by ${mrkdwnTime(Date.parse(leaseUntil))}.`]
    : [];
}

function ruleWord({ state, disabled, ours }: NonNullable<Report["rule"]>): string {
  const whose = state === "present" && !ours ? ", a person's" : "";
  return `${state === "absent" ? "none" : state}${whose}${disabled === true ? ", disabled" : ""}`;
}

/** What the card's thread says, so that somebody is notified; null if nobody has to look now. */
export function threadText(story: Story, looks: boolean): string | null {
  if (!looks) return null;
  const brief = briefOf(story);
  const { pods, why, done, advice } = brief;
  const of = pods.length === 0 ? "" : `${pods.length === 1 ? "1 pod" : `${pods.length} pods`}: `;
  return [
    `*${mrkdwn(headline(story), HEADLINE)}*`,
    ...why.slice(0, 1).map((line) => `${of}${mrkdwn(line, 600)}`),
    ...(done === null ? [] : [mrkdwn(done, 600)]),
    ...advice.map((line) => mrkdwn(line, 600)),
    ...deadline(story.job).map((line) => line.slice(2)),
    ...brief.plan.map((line) => `• ${mrkdwn(line, 600)}`),
    copies(brief.lines.slice(0, LINES_SHOWN)),
  ]
    .filter((line) => line !== "")
    .join("\n");
}

// What `fix` shows a person: the plan, what to paste, how it ended, what this machine cannot see. Pure.
import type { Plan, PodStory, Report } from "../../../src/protocol/report.ts";
import { ruleAsConsole } from "../../../src/shown/rule-as-console.ts";
import { undoAsConsole } from "../../words/undo-as-console.ts";

/** Exactly what would be written, where, and how it is undone. */
export function planInWords(plan: Plan, report: Report, router: string): string[] {
  const pods = restartsOf(report);
  const rule =
    plan.rule === null
      ? ["  No rule: the path works, only the pods are restarted."]
      : [
          `  On the router ${router}:`,
          `    ${ruleAsConsole(plan.rule)}`,
          "  To undo: backon withdraw, or on the router:",
          `    ${undoAsConsole(plan.rule)}`,
        ];
  const restarts =
    pods.length === 0
      ? ["  No pod is restarted."]
      : [
          `  ${plan.restart.method === "evict" ? "Evicted" : "Deleted"}, so that they pull again:`,
          ...pods.map(({ namespace, name }) => `    ${namespace}/${name}`),
        ];
  return ["The plan:", ...rule, ...restarts];
}

function restartsOf({ pods }: Report): readonly PodStory[] {
  return pods.filter(({ decision }) => decision === "restart");
}

/** Where there is no router to write to. */
export function linesToPaste({ plan, pods }: Report): string[] {
  if (plan === null) return [];
  const rule =
    plan.rule === null ? [] : ["On the router, to paste:", `  ${ruleAsConsole(plan.rule)}`];
  const restarts = pods
    .filter(({ decision }) => decision === "restart")
    .map(({ namespace, name }) => `  kubectl -n ${namespace} delete pod ${name}`);
  return [...rule, ...(restarts.length === 0 ? [] : ["Then:", ...restarts])];
}

/** How it ended, verdict by verdict. */
export function endInWords(report: Report): string[] {
  const left = report.pods.filter(({ decision }) => decision === "leave");
  return [
    ...report.verdicts.flatMap(({ name, sentence, advice }) => [
      `${name}: ${sentence}`,
      `    → ${advice}`,
    ]),
    ...left.map(({ namespace, name, why }) => `Left alone: ${namespace}/${name}: ${why}`),
    "",
    report.summary,
    ...(report.error === undefined ? [] : [report.error]),
  ];
}

/** What the pods' node sees and this machine does not. */
const NOT_SEEN = ["not-seen-here", "no-ipv6", "ipv6-unreachable", "ipv6-not-preferred"];

/** Empty where what was measured here explains what the pods say. */
export function notSeenFromHere(report: Report): string[] {
  if (!report.verdicts.some(({ name }) => NOT_SEEN.includes(name))) return [];
  const nodes = [...new Set(report.pods.flatMap(({ node }) => (node === null ? [] : [node])))];
  if (nodes.length === 0) return [];
  const [node = ""] = nodes;
  return [
    "",
    `This machine does not see what the pods see: they fail on ${nodes.join(", ")}. Run it there:`,
    `    ssh -t ${node} NODE_NAME=${node} npx backon fix`,
    "or, without Node's package manager there, copy the one file dist/backon.cjs and run it with node.",
  ];
}

/** For Ctrl-C, at any point. */
export function whatStands(announced: boolean, router: string | null): string {
  return announced && router !== null
    ? `A rule of ours may stand on the router ${router}. To remove it: backon withdraw`
    : "Nothing was written on the router.";
}

/** The report for people, to be kept. */
export function asMarkdown(report: Report): string {
  const time = (ms: number): string => new Date(ms).toISOString();
  const lines = [
    `# backon fix: ${report.outcome ?? "not ended"}`,
    "",
    report.summary,
    "",
    `${time(report.startedAt)} to ${time(report.endedAt)}, backon ${report.agentVersion}.`,
    "",
    "## What was found",
    "",
    ...report.verdicts.flatMap(({ name, sentence, advice, evidence }) => [
      `- **${name}**: ${sentence} ${advice}`,
      ...evidence.map((line) => `  - ${line}`),
    ]),
    "",
    "## What was done",
    "",
    ...(report.actions.length === 0 ? ["Nothing."] : []),
    ...report.actions.map(
      ({ at, what, on, ok, detail }) =>
        `- ${time(at)} ${ok ? "done" : "FAILED"}: ${what} (${on}): ${detail}`,
    ),
    "",
    "## Pods",
    "",
    ...report.pods.map(
      ({ namespace, name, decision, why, became }) =>
        `- ${namespace}/${name}: ${decision}${became === undefined ? "" : `, ${became}`}; ${why}`,
    ),
    "",
  ];
  return `${lines.join("\n")}\n`;
}

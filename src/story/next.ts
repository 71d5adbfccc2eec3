// What a person can do about a job, as sentences and as lines to copy.
import type { Report } from "../protocol/report.ts";
import type { Story } from "./story.ts";
import {
  clampFamilies,
  clampLines,
  LET_BACKON_DO_IT,
  LOOK_AT_THE_AGENT,
  LOOK_AT_THE_RULE,
  restartLines,
  ruleLines,
  type ToCopy,
} from "./to-copy.ts";

const CLAMP =
  "Clamp the MSS on the router: packets of full size are lost on the path, and this mends it for every host.";

/** What an ending asks of people, beyond the verdict's advice. */
const AFTER: Readonly<Record<string, string>> = {
  recovered: "Nothing to do.",
  "partly-recovered": "Look at the pods that still wait: each line says why.",
  "still-failing":
    "The path is good and pods still fail: read their events (kubectl describe pod).",
  "no-better":
    "The rule did not help and is gone. The fault lies elsewhere: look at the measurements.",
  "rule-uncertain": "Look at the router: whether our rule is there is not known.",
  "nothing-failing": "Nothing to do. The alert ends by itself.",
  withdrawn: "Alerts change nothing now. Ask for a fix when the rule shall come back.",
  healed: "Nothing to do: IPv6 works again and the rule is gone.",
  "held-by-person":
    "Alerts change nothing now, because a person removed the rule. Ask for a fix to let backon act again.",
  "router-failed": "Check the router and the agent's login: npm run agent -- doctor.",
  "plan-changed":
    "Each look came to another plan. Ask for a fix again once the failures are steady.",
  dismissed: "Alerts of this cluster start nothing for a day. Ask for a fix to be asked again.",
  expired: "Check that the agent runs and reaches the Worker: no one took the job in time.",
  "gave-up": "The agent tried and did not finish. Read its log, then ask again.",
};

const TRIED: readonly string[] = [
  "recovered",
  "healed",
  "partly-recovered",
  "still-failing",
  "no-better",
  "withdrawn",
];

/** In the order in which they should be read. */
export function adviceFor(story: Story, report: Report | null): string[] {
  const { job } = story;
  if (job.state === "queued" || job.state === "leased") return [];
  const uncertain = job.routerUncertain ? (AFTER["rule-uncertain"] ?? "") : "";
  const after = AFTER[job.outcome ?? ""] ?? "";
  const said = [uncertain, ...aboutTheFault(story, report), after, aboutTheRule(story, report)];
  return [...new Set(said)].filter((line) => line !== "");
}

/** What mends it comes first, what hides it second. */
function aboutTheFault({ job }: Story, report: Report | null): string[] {
  if (report === null || job.kind === "withdraw" || TRIED.includes(job.outcome ?? "")) return [];
  const advice = report.verdicts.find(({ name }) => name === report.verdict)?.advice ?? "";
  if (clampFamilies(report).length > 0) return [CLAMP, askedOf(job, report)];
  return report.plan === null ? [advice] : [askedOf(job, report), advice];
}

function askedOf({ state, outcome, kind }: Story["job"], { plan }: Report): string {
  if (state === "awaiting") return "Approve this fix, or dismiss it.";
  if (outcome !== "observed" || plan === null) return "";
  return kind === "diagnose"
    ? "Ask for a fix to apply this plan, or apply it by hand."
    : "Apply this plan by hand, or let backon do it.";
}

function aboutTheRule({ job }: Story, report: Report | null): string {
  const rule = report?.rule ?? null;
  if (job.outcome !== "recovered" || rule?.state !== "present" || !rule.ours) return "";
  return rule.life === "until-healed"
    ? "The rule is removed once IPv6 has healed."
    : "The rule stays until you undo it.";
}

export function linesFor({ job }: Story, report: Report | null): ToCopy[] {
  if (job.state === "queued" || job.state === "leased") return [];
  const doubt = job.routerUncertain || job.outcome === "rule-uncertain" ? [LOOK_AT_THE_RULE] : [];
  const lost = job.outcome === "expired" || job.outcome === "gave-up" ? [LOOK_AT_THE_AGENT] : [];
  if (report === null) return [...doubt, ...lost];
  const rule = job.state === "awaiting" || job.outcome === "observed" ? ruleLines(report) : [];
  const byHand = job.outcome === "observed" && job.kind === "remediate";
  return [
    ...doubt,
    ...lost,
    ...clampLines(report),
    ...rule,
    ...(byHand && report.plan !== null ? restartLines(report.pods) : []),
    ...(byHand && report.mode === "observe" && report.plan !== null ? LET_BACKON_DO_IT : []),
  ];
}

// What was planned, what was done, and the rule that was left behind.
import type { Report } from "../protocol/report.ts";
import { ruleAsConsole } from "../shown/rule-as-console.ts";
import { codeLine, plainText } from "./plain-text.ts";
import { duration } from "../shown/duration.ts";
import { shortTable, table, time } from "./table.ts";

const MOST_ROWS = 200;
/** Longer than a line of RouterOS ever is. */
const COMMAND_LENGTH = 1_000;

/** Each action in the order in which it was done; a sentence if there was none. */
export function actionTable({ actions }: Report): string[] {
  if (actions.length === 0) return ["", "Nothing was changed."];
  return shortTable(
    ["time", "what", "on", "result", "took"],
    { items: actions, most: MOST_ROWS },
    ({ at, what, on, ok, detail, ms }) => [
      time(at),
      plainText(what),
      plainText(on),
      `${ok ? "" : "**failed**: "}${plainText(detail === "" ? "done" : detail)}`,
      duration(ms),
    ],
  );
}

/** The plan with its hash, and the commands to type by hand; empty without a plan. */
export function planLines({ plan, planHash }: Report): string[] {
  if (plan === null) return [];
  const { profile, rule, entries, restart, hosts } = plan;
  const fields = rule === null ? [] : Object.entries(rule).map(([key, value]) => `${key}=${value}`);
  const rows = [
    ["hash", planHash ?? "none"],
    ["verdict", plan.verdict],
    ["hosts", hosts.join(", ")],
    ["rule", rule === null ? "none" : `${profile}: ${fields.join(" ")}`],
    ...(entries === null
      ? []
      : [["list", `${entries.list}: /${entries.prefixLength} of ${entries.hosts.join(", ")}`]]),
    ["restarts", `${restart.method}, at most ${restart.ceiling} in ${namespaces(plan)}`],
  ];
  const cells = rows.map((cells) => cells.map((cell) => plainText(cell, COMMAND_LENGTH)));
  return [
    ...table(["plan", ""], cells),
    ...(rule === null
      ? []
      : [
          "",
          "The same by hand, in the router's console:",
          "",
          "```",
          codeLine(ruleAsConsole(rule), COMMAND_LENGTH),
          "```",
        ]),
  ];
}

function namespaces({ restart }: NonNullable<Report["plan"]>): string {
  return restart.namespaces.includes("*") ? "all namespaces" : restart.namespaces.join(", ");
}

/** Our rule as the report last saw it, in one sentence. */
export function ruleSentence({ rule }: Report): string {
  if (rule === null) return "No router was read.";
  const at = time(rule.at);
  if (rule.state === "unknown") return `Not known for sure at ${at}: look at the router.`;
  if (rule.state === "absent") return `None at ${at}.`;
  const whose = rule.ours ? "Ours" : "One that a person typed";
  const facts = [
    ...(rule.disabled === true ? ["**disabled**"] : []),
    ...(rule.networks === undefined ? [] : [`blocks ${rule.networks.join(", ") || "nothing now"}`]),
    ...(rule.behind === undefined || rule.behind === null ? [] : [`behind ${rule.behind}`]),
    ...(rule.packets === undefined ? [] : [`${rule.packets} packets`]),
    ...(rule.life === undefined ? [] : [`life ${rule.life}`]),
    ...(rule.comment === undefined ? [] : [`comment “${rule.comment}”`]),
  ].map((fact) => (fact === "**disabled**" ? fact : plainText(fact)));
  return `${whose}, present at ${at}: ${facts.join(", ") || "no more is known"}.`;
}

// A plan in a person's words: the rule, what else it hits, and which pods are restarted.
import type { PodStory, Report } from "../protocol/report.ts";
import type { PlannedClamp } from "../protocol/clamp.ts";
import { familyName } from "../shown/paths.ts";
import { clampFamilies } from "./to-copy.ts";
import { whoElse } from "./network.ts";

const PODS_NAMED = 10;

/** What exactly an approval makes happen, one sentence a line. */
export function whatApprovalDoes(report: Report): string[] {
  if (report.plan === null) return whatPlanDoes(report);
  return [
    ...(isStopGap(report)
      ? ["It is only a stop-gap: it does not mend the path. Clamp the MSS first."]
      : []),
    ...whatPlanDoes(report),
    "The agent probes again first, and acts only if it comes to this very plan.",
    clampsOf(report).length > 0
      ? "If large packets still do not get through, the clamp is removed again. Restarts can't be undone."
      : "If clients do not move to IPv4 within seconds, the rule is removed again. Restarts can't be undone.",
  ];
}

/** The rule hides the fault; what mends it is another thing. */
export function isStopGap(report: Report): boolean {
  return report.plan !== null && report.plan.rule !== null && clampFamilies(report).length > 0;
}

/** The plan itself: the rule, the list, the restarts by name. */
function whatPlanDoes(report: Report): string[] {
  const { plan } = report;
  if (plan === null) return ["Nothing: there is no plan."];
  const { rule, entries } = plan;
  const network = rule?.["dst-address"];
  return [
    ...clampsOf(report).map(clampInWords),
    ...(rule === null && clampsOf(report).length > 0 ? [] : [ruleInWords(rule)]),
    ...(network === undefined ? [] : [whoElse(network, report)]),
    ...(entries === null
      ? []
      : [
          `It fills the list with the /${entries.prefixLength} of ${entries.hosts.join(", ")}. HTTPS to these networks moves to IPv4 for everybody behind this router.`,
        ]),
    restarts(report),
  ];
}

function ruleInWords(rule: NonNullable<Report["plan"]>["rule"]): string {
  return rule === null
    ? "No rule is added."
    : `It adds one rule to the router: ${rule.action} TCP ${rule["dst-port"]} to ${rule["dst-address"] ?? `the list ${rule["dst-address-list"] ?? "?"}`}.`;
}

function clampsOf({ plan }: Pick<Report, "plan">): PlannedClamp[] {
  return plan?.clamps ?? [];
}

function clampInWords({ family, steps }: PlannedClamp): string {
  return `It adds one rule to the router: clamp the MSS of ${familyName(family)} connections to what the router's links carry; if that does not help, to ${steps.join(", then ")}. Connections stay on their family, and only new ones are changed.`;
}

/** The same within a dialog's 300 characters. */
export function planInShort(report: Report): string {
  const { plan, pods } = report;
  if (plan === null) return "Nothing: there is no plan.";
  const count = toRestart(pods).length;
  const to = plan.rule?.["dst-address"] ?? "the listed networks";
  const families = clampsOf(report).map(({ family }) => familyName(family));
  const rule =
    plan.rule === null
      ? families.length === 0
        ? "No rule is added."
        : `Clamps the MSS of ${families.join(" and ")} on the router, for everybody behind it.`
      : `Adds one rule: ${plan.rule.action} TCP ${plan.rule["dst-port"]} to ${to}, for everybody behind the router.`;
  return `${rule} Restarts ${count === 1 ? "1 pod" : `${count} pods`}; that can't be undone.`;
}

function restarts({ plan, pods }: Report): string {
  const { method, namespaces = [], ceiling } = plan?.restart ?? {};
  const where = namespaces.includes("*") ? "all allowed namespaces" : namespaces.join(", ");
  const now = toRestart(pods);
  const names = now.slice(0, PODS_NAMED).map(({ namespace, name }) => `${namespace}/${name}`);
  const more = now.length - names.length;
  const named = `${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
  const later = `Pods in ${where} that fail the same way by then are restarted too, ${ceiling} in all at most.`;
  return now.length === 0
    ? `It restarts no pod now. ${later}`
    : `It restarts ${now.length === 1 ? "1 pod" : `${now.length} pods`} (${method}): ${named}. ${later}`;
}

/** Chosen for a restart, whether or not it came to that. */
function toRestart(pods: readonly PodStory[]): PodStory[] {
  return pods.filter(({ decision }) => decision === "restart");
}

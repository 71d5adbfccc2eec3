// Lines that a person can copy: for the router, the cluster, the agent's settings. Made here of plain
// values; never a line that somebody sent.
import type { Family } from "../protocol/round.ts";
import type { PodStory, Report } from "../protocol/report.ts";
import { clampAsConsole } from "../shown/clamp-as-console.ts";
import { clampRuleAsConsole } from "../shown/clamp-rule-as-console.ts";
import { ruleAsConsole } from "../shown/rule-as-console.ts";
import { familyName, pathsOf } from "../shown/paths.ts";

/** `what` says where the line goes and what it does. */
export type ToCopy = { readonly what: string; readonly line: string };

/** Verdicts that lost large packets explain. */
const CLAMPED: readonly string[] = ["path-mtu", "ipv6-stall-everywhere", "stall-everywhere"];
const MOST_PATHS = 50;
/** Of a line, in characters. */
const LONGEST = 550;

/** What Kubernetes takes as a name: anything else could be more than one word to a shell. */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** The families over which TLS ran into its limit, where clamping the MSS is what helps. */
export function clampFamilies({ verdict, verdicts, rounds }: Report): Family[] {
  const round = rounds.at(-1);
  if (!CLAMPED.includes(verdict) || round === undefined) return [];
  const host = verdicts.find(({ name }) => name === verdict)?.host ?? null;
  const stalled = pathsOf(round, MOST_PATHS).filter(
    (path) =>
      (host === null || path.host === host) &&
      path.stages.some(({ name, failed }) => name === "tls" && failed === "timeout"),
  );
  return [...new Set(stalled.map(({ family }) => family))];
}

export function clampLines(report: Report): ToCopy[] {
  const planned = report.plan?.clamps ?? [];
  const lines = planned.map((clamp) => ({ ...clamp, line: clampRuleAsConsole(clamp) }));
  const usual = clampFamilies(report).map((family) => ({ family, line: clampAsConsole(family) }));
  return (planned.length > 0 ? lines : usual).map(({ family, line }) => ({
    what: `On the router, clamp the MSS for ${familyName(family)}:`,
    line,
  }));
}

/** The plan's rule, as the router's console takes it. */
export function ruleLines({ plan }: Pick<Report, "plan">): ToCopy[] {
  return plan === null || plan.rule === null
    ? []
    : [{ what: "The rule, to add by hand on the router:", line: ruleAsConsole(plan.rule) }];
}

/** Restarts by hand, a line a namespace; their owners make the pods anew. */
export function restartLines(pods: readonly PodStory[]): ToCopy[] {
  const named = pods
    .filter(({ decision, restarted }) => decision === "restart" && restarted === undefined)
    .filter(({ namespace, name }) => NAME.test(namespace) && NAME.test(name));
  return Array.from(
    Map.groupBy(named, ({ namespace }) => namespace),
    ([namespace, of]) => restartLine(namespace, of),
  );
}

/** Whole names only: half a command must not be copied. */
function restartLine(namespace: string, pods: readonly PodStory[]): ToCopy {
  const begin = `kubectl -n ${namespace} delete pod`;
  let line = begin;
  let count = 0;
  for (const { name } of pods) {
    if (line.length + name.length >= LONGEST && line !== begin) break;
    line += ` ${name}`;
    count += 1;
  }
  const part = count === pods.length ? "" : ` (${count} of ${pods.length})`;
  return { what: `Restart the pods in ${namespace}${part}:`, line };
}

/** The names are those of deploy/agent/base. */
export const LET_BACKON_DO_IT: readonly ToCopy[] = [
  {
    what: "Let backon do it, asking you first (MODE=auto: without asking):",
    line: `kubectl -n backon patch configmap backon-agent --type merge -p '{"data":{"MODE":"approve"}}' && kubectl -n backon rollout restart deployment backon-agent`,
  },
];

export const LOOK_AT_THE_RULE: ToCopy = {
  what: "On the router, look at the rule:",
  line: '/ipv6 firewall filter print where comment~"backon"',
};

export const LOOK_AT_THE_AGENT: ToCopy = {
  what: "Read the agent's log:",
  line: "kubectl -n backon logs deployment/backon-agent --tail=50",
};

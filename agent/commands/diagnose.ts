// `diagnose [REGISTRY…]`: read-only, on any machine, without configuration. Measures the path and
// says what it proves.
import type { Verdict } from "../../src/protocol/report.ts";
import type { Round } from "../../src/protocol/round.ts";
import { hostsToJudge, type HostToJudge } from "../diagnosis/cases.ts";
import type { Settings } from "../settings/environment.ts";
import { comesAndGoes, ROUNDS_FOR_PARTIAL } from "../diagnosis/comes-and-goes.ts";
import { evidenceBars } from "../words/evidence-bars.ts";
import { evidenceTable, quotaInWords } from "../words/evidence-table.ts";
import { explain } from "../words/explain.ts";
import { DOCKER_HUB } from "../diagnosis/image-reference.ts";
import { judgeHosts } from "../diagnosis/judge.ts";
import { networkOf } from "../settings/network.ts";
import { NO_SCREEN, type Screen } from "../settings/screen.ts";
import { plainLine } from "../words/plain-line.ts";
import { policyOf } from "../settings/policy.ts";
import type { Dialer } from "../probe/dialer.ts";
import { readRegistry } from "../diagnosis/registry-name.ts";
import { wasCutShort } from "../diagnosis/slow-link.ts";
import { targetsFor } from "../diagnosis/targets.ts";
import { gravest, type ProbedVerdict } from "../diagnosis/verdicts.ts";
import type { ProbeTarget } from "../ports/network.ts";
import type { Words } from "./words.ts";

type Outside = {
  readonly dialer: Dialer;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly screen?: Screen;
};

/** Exit code: 0 healthy, 1 a fault was found, 2 could not tell, 64 usage. */
export async function diagnoseCommand(
  { flags, others }: Words,
  settings: Settings,
  { dialer, out, err, screen = NO_SCREEN }: Outside,
): Promise<number> {
  const json = flags.has("json");
  const named = others.map(readRegistry);
  const wrong = named.find((one) => !one.ok);
  if (wrong?.ok === false) {
    err(`${wrong.detail}\n`);
    return 64;
  }
  const registries = named.flatMap((one) => (one.ok ? [one.host] : []));
  if (registries.length === 0) registries.push(DOCKER_HUB);

  const policy = policyOf(settings);
  const hosts = hostsToJudge([], registries, policy).measured;
  const targets = targetsFor(hosts, policy);
  const progress = json ? null : showProgress(targets, settings.TLS_TIMEOUT_MS, err);
  const network = networkOf(settings, dialer, registries);
  const rounds = [await network.probe(targets)];
  // Without a pause, where a job has one of SECOND_ROUND_MS (finding.ts): a person waits for this, and
  // nothing is written that a fault of a few seconds could mislead.
  while (rounds.length < ROUNDS_FOR_PARTIAL && isUnclear(hosts, rounds)) {
    progress?.say("Some tries failed and others did not; measuring again.");
    rounds.push(await network.probe(targets, { patient: rounds.some(wasCutShort) }));
  }
  progress?.stop();

  const round = rounds.at(-1) ?? (await network.probe(targets));
  const judged = judgeHosts(hosts, { rounds, rules: [], cases: [] }, policy);
  const verdicts = judged.map((one) => explain(one, round, policy));
  const verdict = gravest(judged.map(({ name }) => name));
  if (json) out(`${JSON.stringify({ verdict, verdicts, rounds })}\n`);
  else out(asText({ round, verdict }, verdicts, screen));
  return exitCode(judged.map(({ name }) => name));
}

function isUnclear(hosts: readonly HostToJudge[], rounds: readonly Round[]): boolean {
  if (rounds.length === 1 && rounds.some(wasCutShort)) return true;
  return hosts.some(({ host }) => comesAndGoes(rounds, host));
}

function exitCode(names: readonly ProbedVerdict[]): number {
  if (names.some((name) => COULD_NOT_TELL.includes(name))) return 2;
  return names.every((name) => WELL.includes(name)) ? 0 : 1;
}

/** `proxy-in-path`: what was measured is not what clients get. */
const COULD_NOT_TELL: readonly ProbedVerdict[] = ["inconclusive", "not-seen-here", "proxy-in-path"];
const WELL: readonly ProbedVerdict[] = [
  "healthy-now",
  "no-ipv6",
  "ipv6-unreachable",
  "ipv6-not-preferred",
  "ipv6-slow",
];

/** A silent wait of ten seconds looks like a hang: say what is measured, and count. */
function showProgress(
  targets: readonly ProbeTarget[],
  tlsMs: number,
  err: (text: string) => void,
): { readonly say: (text: string) => void; readonly stop: () => void } {
  const hosts = targets.map(({ host }) => host).join(", ");
  err(`Measuring ${hosts} over IPv4 and IPv6; a stall shows after ${tlsMs / 1000} s.\n`);
  const startedAt = performance.now();
  const timer = setInterval(
    () => err(`  … ${Math.round((performance.now() - startedAt) / 1000)} s\n`),
    2_000,
  );
  return { say: (text) => err(`${text}\n`), stop: () => clearInterval(timer) };
}

/** Above the table, for whoever sits before a terminal. */
function barsOf(round: Round, columns: number | null): string[] {
  const bars = columns === null ? [] : evidenceBars(round, columns);
  return bars.length === 0 ? [] : [...bars, ""];
}

/** The one line that matters, last: where the eye is. */
function inShort(verdicts: readonly Verdict[], gravestName: string): string {
  const found = verdicts.find(({ name }) => name === gravestName);
  return found === undefined ? "" : `IN SHORT: ${found.sentence} ${found.advice}`;
}

type Shown = { readonly round: Round; readonly verdict: string };

function asText(
  { round, verdict: gravestName }: Shown,
  verdicts: readonly Verdict[],
  { columns }: Screen,
): string {
  const { sources, resolvers } = round.lookedFrom;
  const from = `from ${sources.v4 ?? "no IPv4"} and ${sources.v6 ?? "no IPv6"}`;
  const lines = [
    "",
    ...barsOf(round, columns),
    ...evidenceTable(round, columns),
    "",
    `Looked ${from}, resolvers ${resolvers.join(", ") || "of the system"}; pull quota over IPv4: ${quotaInWords(round)}.`,
    "",
    ...verdicts.flatMap((verdict) => wordsOf(verdict)),
    "",
    inShort(verdicts, gravestName),
  ];
  return lines.map((line) => `${plainLine(line)}\n`).join("");
}

function wordsOf({ name, sentence, advice, evidence }: Verdict): string[] {
  return [`${name}: ${sentence}`, ...evidence.map((line) => `    ${line}`), `    → ${advice}`];
}

// `diagnose [REGISTRY…]`: read-only, on any machine, without configuration. Measures the path and
// says what it proves.
import { readRegistry } from "./registry-argument.ts";
import type { Settings } from "./config.ts";
import { diagnose } from "./diagnose.ts";
import { evidenceTable, quotaInWords } from "./evidence-table.ts";
import { explain } from "./explain.ts";
import { DOCKER_HUB, tokenHostOf } from "./image-reference.ts";
import { networkOf } from "./outside.ts";
import { policyOf } from "./policy.ts";
import type { Dialer } from "./probe/dialer.ts";
import { gravest, type ProbedVerdict } from "./verdicts.ts";
import type { Policy, ProbeTarget } from "./world.ts";
import type { Round, Verdict } from "../src/protocol/report.ts";

type Outside = {
  readonly dialer: Dialer;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};

/** Exit code: 0 healthy, 1 a fault was found, 2 could not tell, 64 usage. */
export async function diagnoseCommand(
  argv: readonly string[],
  settings: Settings,
  { dialer, out, err }: Outside,
): Promise<number> {
  const json = argv.includes("--json");
  const named = argv.filter((word) => word !== "--json").map(readRegistry);
  const wrong = named.find((one) => !one.ok);
  if (wrong?.ok === false) {
    err(`${wrong.detail}\n`);
    return 64;
  }
  const registries = named.flatMap((one) => (one.ok ? [one.host] : []));
  if (registries.length === 0) registries.push(DOCKER_HUB);

  const policy = policyOf(settings);
  const targets = targetsOf(registries, policy);
  const progress = json ? null : showProgress(targets, settings.TLS_TIMEOUT_MS, err);
  const round = await networkOf(settings, dialer).probe(targets);
  progress?.();

  const verdicts = judgeAll(registries, round, policy);
  const worst = gravest(verdicts.map(({ name }) => name));
  out(
    json
      ? `${JSON.stringify({ verdict: worst, verdicts: verdicts.map(({ words }) => words), round })}\n`
      : asText(
          round,
          verdicts.map(({ words }) => words),
        ),
  );
  return exitCode(verdicts.map(({ name }) => name));
}

type Judged = { readonly name: ProbedVerdict; readonly words: Verdict };

function judgeAll(registries: readonly string[], round: Round, policy: Policy): Judged[] {
  return registries.flatMap((registry) =>
    [...new Set([registry, tokenHostOf(registry)])].map((host) => {
      const question = { host, registry, round, rules: [], policy };
      const name = diagnose({ ...question, failsOnThisNode: null, toldRateLimited: false });
      return { name, words: explain(name, host, round, policy) };
    }),
  );
}

function exitCode(names: readonly ProbedVerdict[]): number {
  if (names.some((name) => name === "inconclusive" || name === "not-seen-here")) return 2;
  const well: readonly ProbedVerdict[] = [
    "healthy-now",
    "no-ipv6",
    "ipv6-unreachable",
    "ipv6-slow",
  ];
  return names.every((name) => well.includes(name)) ? 0 : 1;
}

function targetsOf(registries: readonly string[], policy: Policy): ProbeTarget[] {
  const controls = [...policy.ipv6Controls, policy.ipv4Control].filter(
    (host) => !registries.includes(host),
  );
  const tokens = registries.map(tokenHostOf).filter((host) => !registries.includes(host));
  return [
    ...registries.map((host) => ({ host, role: "registry" }) as const),
    ...[...new Set(tokens)].map((host) => ({ host, role: "token" }) as const),
    ...controls.map((host) => ({ host, role: "control" }) as const),
  ];
}

/** A silent wait of ten seconds looks like a hang: say what is measured, and count. */
function showProgress(
  targets: readonly ProbeTarget[],
  tlsMs: number,
  err: (text: string) => void,
): () => void {
  const hosts = targets.map(({ host }) => host).join(", ");
  err(`Measuring ${hosts} over IPv4 and IPv6; a stall shows after ${tlsMs / 1000} s.\n`);
  const startedAt = performance.now();
  const timer = setInterval(
    () => err(`  … ${Math.round((performance.now() - startedAt) / 1000)} s\n`),
    2_000,
  );
  return () => clearInterval(timer);
}

function asText(round: Round, verdicts: readonly Verdict[]): string {
  const { sources, resolvers } = round.lookedFrom;
  const from = `from ${sources.v4 ?? "no IPv4"} and ${sources.v6 ?? "no IPv6"}`;
  const lines = [
    "",
    ...evidenceTable(round),
    "",
    `Looked ${from}, resolvers ${resolvers.join(", ") || "of the system"}; pull quota over IPv4: ${quotaInWords(round)}.`,
    "",
    ...verdicts.flatMap((verdict) => wordsOf(verdict)),
  ];
  return `${lines.join("\n")}\n`;
}

function wordsOf({ name, sentence, advice, evidence }: Verdict): string[] {
  return [`${name}: ${sentence}`, ...evidence.map((line) => `    ${line}`), `    → ${advice}`];
}

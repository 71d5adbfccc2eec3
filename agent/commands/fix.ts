// `fix [REGISTRY]`: the runbook as one command, without Worker or agent: from a machine behind the same router,
// with kubectl's own login. The same job, policy and promises; a person agrees where the Worker would ask one.
import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import type { Plan, Report } from "../../src/protocol/report.ts";
import { readRegistry } from "../diagnosis/registry-name.ts";
import { createCluster, type KubernetesCluster } from "../kubernetes/cluster.ts";
import { budgetedCluster, budgetedRouter } from "../loop/budgets.ts";
import { endingAfter } from "../loop/ending.ts";
import { stoppableClock } from "../loop/stoppable-clock.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log } from "../ports/log.ts";
import type { Result } from "../ports/result.ts";
import type { Dialer } from "../probe/dialer.ts";
import type { Settings } from "../settings/environment.ts";
import { networkOf } from "../settings/network.ts";
import { clusterOf, namespacesToRead, routerOf } from "../settings/outside.ts";
import { limitsOf, policyOf, restartMemory } from "../settings/policy.ts";
import { plainLine } from "../words/plain-line.ts";
import { toldLines } from "../words/told.ts";
import { carryThrough, type FixEnd, type FixSite } from "./fix/carry-through.ts";
import * as words from "./fix/in-words.ts";
import { currentContext, proxyOf } from "./fix/kubectl.ts";
import { openLocalJob } from "./fix/local-job.ts";
import type { Words } from "./words.ts";

type Outside = {
  readonly dialer: Dialer;
  readonly stopped: AbortSignal;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Asks the person at the terminal; left out: there is none. */
  readonly ask?: (question: string) => Promise<string>;
  /** Where unfinished runs are remembered. */
  readonly stateFolder: string;
};

/** Exit code: 0 the pods have their images or nothing had to be done, 1 not so, 64 usage. */
export async function fixCommand(
  { flags, values, others }: Words,
  settings: Settings,
  outside: Outside,
): Promise<number> {
  const { err } = outside;
  const refuse = (why: string, code: number): number => {
    err(`${plainLine(why)}\n`);
    return code;
  };
  const [named, ...tooMany] = others.map(readRegistry);
  if (named?.ok === false) return refuse(named.detail, 64);
  if (tooMany.length > 0) return refuse("fix takes one registry", 64);
  const context = values.get("context") ?? (await currentContext());
  const router = settings.ROUTER_URL ?? null;
  const { pid } = process;
  const about = `${router} ${settings.KUBERNETES_URL ?? context}`;
  const keeping = { folder: outside.stateFolder, about, pid, now: Date.now, isAlive };
  const job = openLocalJob(keeping);
  if (typeof job === "number")
    return refuse(`Another backon fix is at this router: process ${job}. Let it end first.`, 1);
  const said = teller(flags.has("json") ? err : outside.out);
  const reached = await reach(settings, context, { ...outside, log: said.log });
  if (!reached.ok) {
    if (!job.addsRule()) job.forget();
    return refuse(reached.error.message, 1);
  }
  const { site, close } = reached.value;
  const onStop = (): void => err(`Stopping. ${words.whatStands(job.addsRule(), router)}\n`);
  outside.stopped.addEventListener("abort", onStop, { once: true });
  if (job.addsRule()) said.line("An earlier run was cut short; it is taken up.");
  const end = await carryThrough(site, {
    job,
    by: userInfo().username,
    registry: named?.ok === true ? named.host : null,
    stopped: outside.stopped,
    ending: endingAfter(outside.stopped),
    agrees: (plan, report) =>
      agrees(flags, { plan, report, router: router ?? "" }, { said, outside }),
  }).finally(close);
  outside.stopped.removeEventListener("abort", onStop);
  const isOpen = end.kind !== "done" && (job.addsRule() || job.restartsAt() !== null);
  if (!isOpen) job.forget();
  saveReport(values.get("report"), end.report);
  said.lines(["", ...words.endInWords(end.report), ...words.notSeenFromHere(end.report)]);
  if (site.router === null) said.lines(words.linesToPaste(end.report));
  if (end.kind !== "done")
    said.line(`Not done: ${WHY[end.kind]} ${words.whatStands(isOpen, router)}`);
  if (flags.has("json")) outside.out(`${JSON.stringify({ end: end.kind, report: end.report })}\n`);
  return exitCode(end, flags.has("dry-run"));
}

const WHY = {
  declined: "it was not agreed to.",
  stopped: "stopped by a person.",
  "gave-up": "it did not get on.",
} as const;

function exitCode({ kind, report }: FixEnd, dryRun: boolean): number {
  if (kind === "declined") return dryRun ? 0 : 1;
  const isWell = report.outcome === "recovered" || report.outcome === "nothing-failing";
  return kind === "done" && isWell ? 0 : 1;
}

type Said = ReturnType<typeof teller>;

/** Tells the story as `demo` does: the time, then what happens. */
function teller(print: (text: string) => void) {
  const startedAt = performance.now();
  const line = (text: string): void => print(`${plainLine(text)}\n`);
  const log: Log = (message, facts) => {
    for (const { text, detail = false } of toldLines(message, facts)) {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(5);
      line(detail ? `         ${text}` : `${seconds} s  ${text}`);
    }
  };
  return { line, log, lines: (texts: readonly string[]) => texts.forEach(line) };
}

type Shown = { readonly plan: Plan; readonly report: Report; readonly router: string };

async function agrees(
  flags: Words["flags"],
  { plan, report, router }: Shown,
  { said, outside }: { readonly said: Said; readonly outside: Outside },
): Promise<boolean> {
  said.lines(["", ...words.planInWords(plan, report, router), ""]);
  if (flags.has("dry-run")) {
    said.line("A dry run: nothing was changed.");
    return false;
  }
  if (flags.has("yes")) return true;
  if (outside.ask === undefined) {
    said.line("There is no terminal to ask at: --yes applies it.");
    return false;
  }
  return /^y(es)?$/i.test((await outside.ask("apply? [y/N] ")).trim());
}

type Reached = { readonly site: FixSite; readonly close: () => void };

async function reach(
  settings: Settings,
  context: string | null,
  { stopped, dialer, log }: Outside & { readonly log: Log },
): Promise<Result<Reached>> {
  const clock = stoppableClock(stopped);
  const router = routerOf(settings, clock, log);
  if (!router.ok) return router;
  const found = await clusterAt(settings, context, { clock, log });
  if (!found.ok) return found;
  const { cluster, close } = found.value;
  const keeping = { limits: limitsOf(settings), clock, log, usedUp: () => {} };
  const site: FixSite = {
    cluster: budgetedCluster(cluster, keeping),
    router: router.value === null ? null : budgetedRouter(router.value, keeping),
    network: networkOf(settings, dialer),
    clock,
    policy: { ...policyOf(settings), mode: "approve" },
    memory: restartMemory(),
    log,
  };
  return { ok: true, value: { site, close } };
}

type AtCluster = { readonly cluster: KubernetesCluster; readonly close: () => void };

/** The one that the settings name; else kubectl's. */
async function clusterAt(
  settings: Settings,
  context: string | null,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Result<AtCluster>> {
  const own = clusterOf(settings, clock, log);
  if (own !== null) return { ok: true, value: { cluster: own, close: () => own.close() } };
  const proxy = await proxyOf(context);
  if (!proxy.ok) return proxy;
  const cluster = createCluster({
    url: proxy.value.url,
    token: () => null,
    ca: () => null,
    namespaces: namespacesToRead(settings),
    timeoutMs: 15_000,
    now: clock.now,
    sleep: clock.sleep,
    log,
  });
  const close = (): void => {
    cluster.close();
    proxy.value.close();
  };
  return { ok: true, value: { cluster, close } };
}

/** FILE.json and FILE.md. */
function saveReport(file: string | undefined, report: Report): void {
  if (file === undefined) return;
  const base = file.replace(/\.(json|md)$/, "");
  writeFileSync(`${base}.json`, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(`${base}.md`, words.asMarkdown(report));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // EPERM: it is another user's.
    return cause instanceof Error && "code" in cause && cause.code === "EPERM";
  }
}

// `npm run contract`: is the router what the reference says? `npm run contract:mutants`: would the
// contract notice if it were not?
import { createInterface } from "node:readline/promises";
import { allChecks } from "../test/contract/all-checks.ts";
import { allMutants, kill, type Killed } from "../test/contract/mutants/kill.ts";
import { MARK } from "../test/contract/our-rows.ts";
import { checkRouter, describeRouter, patiently } from "../test/contract/real-router.ts";
import type { Target } from "../test/contract/rest-client.ts";
import { mutantsAsMarkdown, resultsAsMarkdown } from "../test/contract/result-table.ts";
import { onSimulator, type Result } from "../test/contract/run-check.ts";
import { readSettings, USAGE, type Settings } from "../test/contract/settings.ts";

const SIMULATOR = "the simulated router of this project";

/** To standard error, so that standard output is the result alone. */
const say = (text: string) => console.error(text);

async function main(): Promise<number> {
  const parsed = readSettings(process.argv.slice(2), process.env);
  if (!parsed.ok) {
    say(`${parsed.error}\n\n${USAGE}`);
    return 64;
  }
  const { settings } = parsed;
  if (settings.mutants) return mutants(settings);
  return settings.router === null
    ? simulated(settings)
    : real(settings, { ...settings.router, pause: patiently });
}

async function mutants({ json }: Settings): Promise<number> {
  const killed: Killed[] = [];
  for (const mutant of allMutants) {
    const result = await kill(mutant);
    killed.push(result);
    const how = result.by === null ? "SURVIVED" : "noticed";
    say(`[${killed.length}/${allMutants.length}] ${mutant.row} ${mutant.title}: ${how}`);
  }
  console.log(json ? JSON.stringify(killed, null, 2) : mutantsAsMarkdown(killed));
  return killed.some(({ by }) => by === null) ? 1 : 0;
}

async function simulated({ json }: Settings): Promise<number> {
  say(`Checking ${SIMULATOR} (set ROUTEROS_URL for a real one).`);
  const results: Result[] = [];
  for (const check of allChecks) {
    results.push(await onSimulator(check));
    tellProgress(results, allChecks.length);
  }
  return conclude(SIMULATOR, results, json);
}

async function real(settings: Settings, target: Target): Promise<number> {
  const { json, users } = settings;
  const where = `${await describeRouter(target)} at ${target.url}`;
  say(`Checking ${where}: a real router. It will get rules, list entries${users ? ", users" : ""}`);
  say(`with ${MARK} in their comments, and lose them again. Nothing else is changed.`);
  if (!settings.yes && !(process.stdin.isTTY && process.stderr.isTTY)) {
    say("There is no terminal to ask on: start it with --yes.");
    return 64;
  }
  if (!settings.yes && !(await agrees())) return 64;
  let stopped = false;
  process.once("SIGINT", () => {
    stopped = true;
    say("Stopping after this check.");
  });
  const results: Result[] = [];
  const onResult = (result: Result, _done: number, of: number) => {
    results.push(result);
    tellProgress(results, of);
  };
  try {
    await checkRouter({ target, users, onResult, goesOn: () => !stopped });
  } catch (cause) {
    conclude(where, results, json);
    throw cause;
  }
  const code = conclude(where, results, json);
  return stopped ? 1 : code;
}

async function agrees(): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question("Continue? [y/N] ");
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}

function tellProgress(results: readonly Result[], of: number): void {
  const last = results.at(-1);
  if (last === undefined) return;
  const { id, title, ending } = last;
  say(`[${results.length}/${of}] ${id} ${title}: ${ending.kind.replace("-", " ")}`);
}

function conclude(where: string, results: readonly Result[], json: boolean): number {
  console.log(
    json ? JSON.stringify({ where, results }, null, 2) : resultsAsMarkdown(where, results),
  );
  return results.some(({ ending }) => ending.kind === "different") ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (cause) {
  say(cause instanceof Error ? cause.message : String(cause));
  say(`What bears ${MARK} on a real router is removed by the next run, or by hand.`);
  process.exitCode = 1;
}

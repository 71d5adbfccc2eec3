// `npm run histories [-- --runs N] [--seed S] [--path P] [--json]`: random histories of the router
// adapter (test/histories). Exit code 1 if one fails; it is printed with how to replay it.
import { parseArgs } from "node:util";
import { inWords, randomSeed, runMany, type Outcome } from "../test/histories/run-many.ts";

const USAGE = "usage: npm run histories -- [--runs N] [--seed S] [--path P] [--json]";
const RUNS = 10_000;
const TOLD_EVERY = 500;

/** To standard error, so that standard output is the result alone. */
const say = (text: string) => console.error(text);

type Asked = { readonly runs: number; readonly seed: number; readonly path: string | undefined };

function read(): (Asked & { readonly json: boolean }) | null {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      options: { runs: text, seed: text, path: text, json: { type: "boolean", default: false } },
    });
    const runs = Number(values.runs ?? RUNS);
    const seed = Number(values.seed ?? randomSeed());
    const isFine = Number.isInteger(runs) && runs > 0 && Number.isInteger(seed);
    // A path is of one seed.
    const isWhole = values.path === undefined || values.seed !== undefined;
    return isFine && isWhole ? { runs, seed, path: values.path, json: values.json } : null;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    say(cause.message);
    return null;
  }
}

async function main(): Promise<number> {
  const asked = read();
  if (asked === null) {
    say(USAGE);
    return 64;
  }
  const { runs, seed, path, json } = asked;
  say(path === undefined ? `${runs} histories of seed ${seed}` : `seed ${seed}, path ${path}`);
  const startedAt = performance.now();
  const outcome = await runMany({
    runs,
    seed,
    ...(path === undefined ? {} : { path }),
    onRun: (done) => {
      if (done % TOLD_EVERY === 0) say(`${done} of ${runs}`);
    },
  });
  const seconds = (performance.now() - startedAt) / 1_000;
  if (json) console.log(JSON.stringify(asJson(outcome, seconds), null, 2));
  else tell(outcome, seconds);
  return outcome.failure === null ? 0 : 1;
}

function tell(outcome: Outcome, seconds: number): void {
  const { runs, tally, failure } = outcome;
  const rate = (runs / seconds).toFixed(1);
  if (failure !== null) console.log(inWords(outcome));
  else
    console.log(`${runs} histories held, in ${seconds.toFixed(0)} s (${rate} a second). In them:`);
  for (const [what, count] of byName(tally)) console.log(`${count}\t${what}`);
}

function byName(tally: Outcome["tally"]): [what: string, count: number][] {
  return [...tally].toSorted(([a], [b]) => a.localeCompare(b));
}

function asJson({ seed, runs, tally, failure }: Outcome, seconds: number): object {
  const perSecond = Number((runs / seconds).toFixed(1));
  return {
    seed,
    runs,
    seconds,
    perSecond,
    failure,
    tally: Object.fromEntries(byName(tally)),
  };
}

process.exitCode = await main();

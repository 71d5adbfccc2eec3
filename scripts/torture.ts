// `npm run torture`: every crash point, random histories of the queue, hostile requests and replies, a
// stolen Worker, and whether planted mistakes are found. Ends with a table; exit code 1 if anything failed.
import { parseArgs } from "node:util";
import { PARTS, type PartName, type Row, type Wanted } from "../test/torture/parts.ts";

const NAMES = Object.keys(PARTS) as PartName[];
const USAGE = `usage: npm run torture -- [--only ${NAMES.join(",")}] [--histories N] [--requests N]
  [--every N] [--seed S] [--path P] [--json]
--every N: only each N-th crash point and reply; --path: with --only queue, the history that failed`;

type Asked = Omit<Wanted, "say"> & { readonly only: readonly PartName[]; readonly json: boolean };

/** To standard error, so that standard output is the table alone. */
const say = (text: string): void => console.error(text);

function read(): Asked | null {
  const text = { type: "string" } as const;
  try {
    const { values } = parseArgs({
      options: {
        only: text,
        histories: text,
        requests: text,
        every: text,
        seed: text,
        path: text,
        json: { type: "boolean", default: false },
      },
    });
    const wanted = (values.only ?? NAMES.join()).split(",");
    const only = NAMES.filter((name) => wanted.includes(name));
    const histories = Number(values.histories ?? 10_000);
    const requests = Number(values.requests ?? 100_000);
    const every = Number(values.every ?? 1);
    const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
    const numbers = [histories, requests, every];
    const isFine = numbers.every((number) => Number.isInteger(number) && number > 0);
    if (!isFine || !Number.isInteger(seed) || only.length !== wanted.length) return null;
    const { path, json } = values;
    return {
      only,
      histories,
      requests,
      every,
      seed,
      json,
      ...(path === undefined ? {} : { path }),
    };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    say(cause.message);
    return null;
  }
}

type Timed = Row & { readonly seconds: number };

async function main(): Promise<number> {
  const asked = read();
  if (asked === null) {
    say(USAGE);
    return 64;
  }
  say(`seed ${asked.seed}`);
  const rows: Timed[] = [];
  for (const name of asked.only) {
    const startedAt = performance.now();
    const row = await PARTS[name]({ ...asked, say });
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    rows.push({ ...row, seconds });
    say(`${row.part}: ${row.failed.length} failed, ${seconds} s`);
  }
  if (asked.json) console.log(JSON.stringify({ seed: asked.seed, rows }, null, 2));
  else tell(rows);
  return rows.every(({ failed }) => failed.length === 0) ? 0 : 1;
}

function tell(rows: readonly Timed[]): void {
  console.log("| what | runs | failed | seconds | notes |\n| --- | --- | --- | --- | --- |");
  for (const { part, runs, failed, seconds, notes } of rows)
    console.log(`| ${part} | ${runs} | ${failed.length} | ${seconds} | ${notes} |`);
  for (const { part, failed } of rows) for (const what of failed) console.log(`\n${part}: ${what}`);
}

process.exit(await main());

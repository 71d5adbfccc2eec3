// `npm run lab`: every fault of the network lab, the verdict on it, and what was written.
import { parseArgs } from "node:util";
import { rowsNamed, runMatrix } from "../test/lab/matrix.ts";
import { findPulls } from "../test/lab/requirements.ts";
import type { Tried } from "../test/lab/try-row.ts";

const USAGE = `npm run lab [-- OPTIONS]
  --only A,B     these faults only
  --repeat N     so many runs of each (default 1); the real pulls are done in the first
  --lanes N      labs side by side (default 4)
  --json         one object a line
Exit codes: 0 all as expected, 1 not, 2 this machine lacks what a lab needs, 64 usage.
`;

async function main(argv: readonly string[]): Promise<number> {
  const options = read(argv);
  if (typeof options === "string") {
    process.stderr.write(`${options}\n\n${USAGE}`);
    return 64;
  }
  const lacking = await findPulls();
  if (lacking.note !== "") {
    process.stderr.write(`No lab here:${lacking.note}\n`);
    return 2;
  }
  const { rows, repeat, lanes, json } = options;
  const total = rows.length * repeat;
  if (!json) process.stdout.write(`${total} runs in ${lanes} labs side by side.\n${HEAD}\n`);
  const all: Tried[] = [];
  const startedAt = performance.now();
  await runMatrix({
    rows,
    repeat,
    lanes,
    onTried: (tried) => {
      all.push(tried);
      process.stdout.write(`${json ? asJson(tried) : line(tried)}\n`);
    },
  });
  const wrong = all.filter((tried) => tried.wrong.length > 0).length;
  if (!json) process.stdout.write(summary(all, wrong, performance.now() - startedAt));
  return wrong === 0 ? 0 : 1;
}

type Options = {
  readonly rows: ReturnType<typeof rowsNamed>;
  readonly repeat: number;
  readonly lanes: number;
  readonly json: boolean;
};

function read(argv: readonly string[]): Options | string {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        only: { type: "string", default: "" },
        repeat: { type: "string", default: "1" },
        lanes: { type: "string", default: "4" },
        json: { type: "boolean", default: false },
      },
    });
    const rows = rowsNamed(values.only.split(",").filter((name) => name !== ""));
    return {
      rows,
      repeat: whole("--repeat", values.repeat, 1_000),
      lanes: whole("--lanes", values.lanes, 16),
      json: values.json,
    };
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}

function whole(name: string, text: string, most: number): number {
  const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > most)
    throw new Error(`${name} takes a number from 1 to ${most}, not ${JSON.stringify(text)}`);
  return number;
}

const HEAD = `${"fault".padEnd(17)}${"verdict".padEnd(24)}${"s".padStart(6)}  ${"outcome".padEnd(15)}${"router".padEnd(8)}${"pods".padEnd(6)}${"pull before".padEnd(15)}${"pull after".padEnd(15)}`;

function line(tried: Tried): string {
  const { fault, verdict, seconds, outcome, routerWrites, clusterWrites } = tried;
  const cells = [
    fault.padEnd(17),
    verdict.padEnd(24),
    (seconds === null ? "–" : seconds.toFixed(1)).padStart(6),
    `  ${outcome.padEnd(15)}`,
    String(routerWrites).padEnd(8),
    String(clusterWrites).padEnd(6),
    pull(tried.pullBefore).padEnd(15),
    pull(tried.pullAfter).padEnd(15),
  ];
  const wrong = tried.wrong.length === 0 ? "" : `WRONG: ${tried.wrong.join("; ")}`;
  return `${cells.join("")}${wrong}`.trimEnd();
}

function pull(pulled: Tried["pullBefore"]): string {
  if (pulled === null) return "–";
  return `${pulled.works ? "works" : "fails"} ${pulled.seconds.toFixed(1)} s`;
}

function asJson(tried: Tried): string {
  return JSON.stringify({ ...tried, expected: tried.expected.join(" or ") });
}

/** Of several runs of a row: how many were right, which verdicts came, the longest wait. */
function summary(all: readonly Tried[], wrong: number, ms: number): string {
  const names = [...new Set(all.map(({ fault }) => fault))];
  const lines = names.map((name) => {
    const runs = all.filter(({ fault }) => fault === name);
    const right = runs.filter((run) => run.wrong.length === 0).length;
    const verdicts = [...new Set(runs.map(({ verdict }) => verdict))].join(", ");
    const longest = Math.max(...runs.map(({ seconds }) => seconds ?? 0)).toFixed(1);
    return `| ${name} | ${right} of ${runs.length} | ${verdicts} | ${longest} |`;
  });
  const table =
    all.length === names.length
      ? []
      : ["", "| fault | right | verdicts | longest s |", "| --- | --- | --- | --- |", ...lines];
  const took = `${all.length - wrong} of ${all.length} runs as expected, in ${Math.round(ms / 1_000)} s.`;
  return `${[...table, "", took].join("\n")}\n`;
}

process.exitCode = await main(process.argv.slice(2));

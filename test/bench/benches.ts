// The benchmarks by name. Each prints a table and says whether every bound was kept.
import { median } from "../../src/shown/median.ts";
import { measureIntake } from "./intake/intake.ts";
import { measureJobs, type Measured } from "./agent-memory.ts";

export type Bench = {
  readonly about: string;
  /** False if a bound was broken. */
  readonly run: (print: (line: string) => void) => Promise<boolean>;
};

/** Well below the container's limit of 128 MiB (deploy/agent/base), which is never to be met. */
const MOST_MIB = 110;
const MOST_AFTER_A_THOUSAND_MIB = 80;
/** From the third job on: by then everything has been used once. */
const MOST_GROWTH_MIB = 8;

export const BENCHES: Readonly<Record<string, Bench>> = {
  "agent-memory": {
    about: "resident memory of the agent at 1,000 and 5,000 failing pods (5 events of 4 kB each)",
    run: agentMemory,
  },
  intake: {
    about: "notifications a second: the Worker against itself without storage, and node:sqlite",
    run: intake,
  },
};

/** Ours by the peer's, at least. */
const INTAKE_GOALS: Readonly<Record<string, number>> = { ceiling: 0.6, "node:sqlite": 1 };
const ROUNDS = 5;
const NOT_HERE = "PostgreSQL, pg-boss and BullMQ are not measured by this command.";

async function intake(print: (line: string) => void): Promise<boolean> {
  let kept = true;
  for (const connections of [16, 64]) {
    print(`${connections} connections, ${ROUNDS} rounds in turns: ours / peer`);
    await measureIntake({ rounds: ROUNDS, connections, alertsARound: 250 }, (compared) => {
      const { body, peer, ratios } = compared;
      const [middle, goal] = [median(ratios) ?? Number.NaN, INTAKE_GOALS[peer] ?? 0];
      const spread = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
      const isKept = middle >= goal;
      kept = kept && isKept;
      print(
        `${isKept ? "ok    " : "BROKEN"} ${body.padEnd(22)}${peer.padEnd(13)}${middle.toFixed(2)} (${spread}; goal ${goal})`,
      );
    });
  }
  print(NOT_HERE);
  return kept;
}

async function agentMemory(print: (line: string) => void): Promise<boolean> {
  print(row("pods", "job", "outcome", "s", "most MiB", "after MiB"));
  const measured = (pods: number, jobs: number, kind: "diagnose" | "remediate") =>
    measureJobs({ pods, events: 5, textBytes: 4_000, jobs, kind }, (one) =>
      print(
        row(
          String(pods),
          String(one.job),
          one.outcome ?? "DIED",
          one.seconds.toFixed(0),
          one.mostMiB.toFixed(1),
          one.afterMiB.toFixed(1),
        ),
      ),
    );
  const few = await measured(1_000, 10, "diagnose");
  const many = await measured(5_000, 2, "remediate");
  const afterFew = few[0]?.afterMiB ?? Number.NaN;
  const most = Math.max(...many.map(({ mostMiB }) => mostMiB));
  const growth = growthOf(few);
  const bounds = [
    { what: "after the first look at 1,000 pods", is: afterFew, most: MOST_AFTER_A_THOUSAND_MIB },
    { what: "the most at 5,000 pods", is: most, most: MOST_MIB },
    {
      what: "growth at 1,000 pods from the third job to the tenth",
      is: growth,
      most: MOST_GROWTH_MIB,
    },
  ].map((bound) => ({ ...bound, kept: bound.is <= bound.most }));
  for (const { what, is, most: limit, kept } of bounds)
    print(`${kept ? "ok    " : "BROKEN"} ${what}: ${is.toFixed(1)} MiB (at most ${limit})`);
  return bounds.every(({ kept }) => kept) && [...few, ...many].every(({ outcome }) => outcome);
}

function growthOf(jobs: readonly Measured[]): number {
  return (jobs.at(-1)?.mostMiB ?? Number.NaN) - (jobs.at(2)?.mostMiB ?? Number.NaN);
}

function row(...cells: readonly string[]): string {
  const [pods = "", job = "", outcome = "", ...numbers] = cells;
  return `${pods.padStart(6)}${job.padStart(5)}  ${outcome.padEnd(18)}${numbers.map((one) => one.padStart(10)).join("")}`;
}

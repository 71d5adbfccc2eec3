// However much a report holds, its page is neither large nor slow.
import { expect, test } from "vitest";
import type { Report } from "../../../src/protocol/report.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { aSession, visit } from "../support/a-session.ts";
import { freshWorldEachTest } from "../support/worker.ts";
import { TOLD } from "./a-told-job.ts";

freshWorldEachTest();

const SIZE = 256 * 1024;
const byte = (text: string) => new TextEncoder().encode(text).length;

/** As many of these as a report may hold. */
function fill(report: (count: number) => Report, most = 20_000): Report {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (byte(JSON.stringify(report(middle))) < SIZE - 1_000) low = middle;
    else high = middle - 1;
  }
  return report(low);
}

const many = <T>(count: number, one: (at: number) => T): T[] =>
  Array.from({ length: count }, (_, at) => one(at));

/** Whatever is repeated, with texts that grow most when they are escaped or numbered. */
function crowds(text: string): Record<string, Report> {
  const plain = TOLD;
  const [round, pod, action, verdict] = [
    plain.rounds[0],
    plain.pods[0],
    plain.actions[0],
    plain.verdicts[0],
  ];
  if (!round || !pod || !action || !verdict) throw new Error("a told job has one of each");
  const { lookups, readings } = round;
  const [lookup, reading] = [lookups[0], readings[0]];
  if (!lookup || !reading) throw new Error("a told job has one of each");
  const host = (at: number) => `${at}${text}`;
  const measured = (count: number) => ({
    lookups: many(count, (at) => ({ ...lookup, host: host(at) })),
    readings: many(count, (at) => ({ ...reading, host: host(at), status: at })),
  });
  const aPod = { ...pod, namespace: text, name: text, image: text, label: text, why: text };
  const left = { ...aPod, decision: "leave" } as const;
  const anAction = { ...action, what: text, on: text, detail: text };
  const aVerdict = { ...verdict, host: text, name: text, sentence: text, advice: text };
  return {
    pods: fill((count) => ({ ...plain, pods: many(count, () => left) })),
    actions: fill((count) => ({ ...plain, actions: many(count, () => anAction) })),
    verdicts: fill((count) => ({ ...plain, verdicts: many(count, () => aVerdict) })),
    lookups: fill((count) => ({ ...plain, rounds: [{ ...round, ...measured(count) }] })),
    after: fill((count) => ({ ...plain, after: measured(count).readings })),
    readings: fill((count) => ({
      ...plain,
      rounds: [{ ...round, readings: many(count, (at) => ({ ...reading, status: at })) }],
    })),
    everything: fill((count) => ({
      ...plain,
      pods: many(count, () => left),
      actions: many(count, () => anAction),
      verdicts: many(Math.min(20, count), () => aVerdict),
      after: measured(count).readings,
      rounds: [{ ...round, ...measured(Math.min(24, count)) }],
    })),
  };
}

/** Shows the page of each such report; how long that took in all, ms. */
async function shown(text: string): Promise<number> {
  let tookMs = 0;
  for (const [what, report] of Object.entries(crowds(text))) {
    const operator = await anOperator();
    const agent = await anAgent();
    const id = idIn(await operator.request("remediate"));
    const done = await agent.done(await agent.work(), report);
    expect([what, done.status]).toEqual([what, 200]);

    const session = await aSession();
    const before = performance.now();
    const page = await visit(`/clusters/home/jobs/${id}`, session);
    tookMs += performance.now() - before;

    expect([what, page.status]).toEqual([what, 200]);
    expect([what, byte(page.text) < 1_000_000]).toEqual([what, true]);
  }
  return tookMs;
}

/** Of reports as large, of letters alone: what the others are compared with. */
let ofLettersMs: number | null = null;

// Some forty pages: a busy machine needs longer than a test usually has.
test.each([
  ["ampersands", "&".repeat(300)],
  ["zero-width spaces", "\u200B".repeat(300)],
  ["soft hyphens", "\u00AD".repeat(300)],
  ["short texts", "&"],
  ["texts of middle length", "&".repeat(60)],
])(
  "a page of the largest report of %s stays under 1 MB and takes no ten times as long as one of letters",
  async (_, text) => {
    ofLettersMs ??= await shown("x".repeat(300));

    const tookMs = await shown(text);

    expect(tookMs / ofLettersMs).toBeLessThan(10);
  },
  60_000,
);

// Which messages a change of a job is news for, one row a change.
import { expect, test } from "vitest";
import { newsFor } from "../../../src/jobs/news.ts";
import type { Job } from "../../../src/protocol/job.ts";
import {
  aFinishedJob,
  aLeasedJob,
  anApproval,
  anAwaitingJob,
  ANNA,
  aQueuedJob,
  NOW,
} from "../support/a-job.ts";

const queued = aQueuedJob();
const leased = aLeasedJob();
const awaiting = anAwaitingJob();
const ended = (outcome: "recovered" | "observed" | "no-better" | "stood-down", more = {}) =>
  aFinishedJob({ outcome, ...more });

const ROWS: readonly (readonly [what: string, before: Job | null, after: Job])[] = [
  ["opened", null, queued],
  ["opened for later", null, aQueuedJob({ notBefore: NOW + 900_000 })],
  ["joined by what adds nothing", queued, aQueuedJob()],
  ["joined by a person", queued, aQueuedJob({ origin: ANNA })],
  ["claimed", queued, leased],
  ["renewed", leased, aLeasedJob({ until: NOW + 120_000 })],
  [
    "told under way",
    leased,
    aLeasedJob({
      lastCall: { fence: 5, seq: 1, digest: "d", answer: { state: "leased", outcome: null } },
    }),
  ],
  ["at another stage", leased, aLeasedJob({ stage: "probe" })],
  ["more signals came", leased, aLeasedJob({ dirty: { origin: ANNA, registry: null } })],
  ["asked to stop", leased, aLeasedJob({ cancelBy: "anna" })],
  ["asks", leased, awaiting],
  ["approved", awaiting, aQueuedJob({ approval: anApproval() })],
  ["dismissed", awaiting, aFinishedJob({ outcome: "dismissed" })],
  ["nobody decided", awaiting, aFinishedJob({ outcome: "expired" })],
  ["tries again", leased, aQueuedJob({ attempts: 2 })],
  ["recovered", leased, ended("recovered")],
  ["stood down", leased, ended("stood-down")],
  ["observed", leased, ended("observed")],
  ["observed by a diagnosis", leased, ended("observed", { kind: "diagnose" })],
  ["no better", leased, ended("no-better")],
  ["ended in doubt", leased, ended("stood-down", { routerUncertain: true })],
  ["its report came late", ended("recovered"), ended("recovered", { hasReport: true })],
];

test("a job is told of when it is opened, moves, waits or ends", () => {
  const lines = ROWS.map(
    ([what, before, after]) => `${what}: ${newsFor(before, after).join(" ") || "-"}`,
  );
  expect(lines.join("\n")).toMatchInlineSnapshot(`
"opened: card webhook
opened for later: card webhook
joined by what adds nothing: -
joined by a person: card
claimed: card webhook
renewed: -
told under way: -
at another stage: card
more signals came: -
asked to stop: card
asks: card webhook thread hook reply
approved: card webhook
dismissed: card webhook hook reply
nobody decided: card webhook thread hook reply
tries again: card webhook
recovered: card webhook hook reply
stood down: card webhook hook reply
observed: card webhook thread hook reply
observed by a diagnosis: card webhook hook reply
no better: card webhook thread hook reply
ended in doubt: card webhook thread hook reply
its report came late: card webhook"
`);
});

const RECHECKS = [
  ["healed", false],
  ["not-healed", false],
  ["cancelled", false],
  ["expired", false],
  ["expired", true],
  ["held-by-person", false],
  ["gave-up", false],
] as const;

test("a recheck is told of only when it ends in something to know", () => {
  const from = aLeasedJob({ kind: "recheck" });
  const lines = RECHECKS.map(([outcome, routerUncertain]) => {
    const after = aFinishedJob({ kind: "recheck", outcome, routerUncertain });
    return `${outcome}${routerUncertain ? ", in doubt" : ""}: ${newsFor(from, after).join(" ") || "-"}`;
  });
  expect(newsFor(null, aQueuedJob({ kind: "recheck" }))).toEqual([]);
  expect(newsFor(aQueuedJob({ kind: "recheck" }), from)).toEqual([]);
  expect(lines.join("\n")).toMatchInlineSnapshot(`
"healed: card webhook hook reply
not-healed: -
cancelled: -
expired: -
expired, in doubt: card webhook thread hook reply
held-by-person: card webhook hook reply
gave-up: card webhook thread hook reply"
`);
});

// Hostile requests by the thousand to a real Worker, from many sockets at once.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { mintToken, type TokenRole } from "../../../src/http/tokens.ts";
import { startLocalWorker } from "../../../sim/local-worker.ts";
import { exchange, fault, hostileRequests, SLACK, type Answer } from "./hostile-requests.ts";

export type RequestsWanted = {
  readonly requests: number;
  readonly seed: number;
  readonly onRequest?: (done: number) => void;
};

export type RequestsOutcome = {
  readonly requests: number;
  /** That came as far as the Worker. */
  readonly answered: number;
  /** An answer's status → how many. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly worstMs: number;
  readonly failed: readonly { readonly why: string; readonly bytes: string }[];
};

const KEY = "a-key-for-the-torture-by-hostile-requests";
const SOCKETS = 8;
/** Of failures that are kept. */
const MOST_FAILED = 20;

export async function runRequests(wanted: RequestsWanted): Promise<RequestsOutcome> {
  const storage = await mkdtemp(join(tmpdir(), "backon-requests-"));
  const worker = await startLocalWorker({ port: 0, storage, tokenKey: KEY, variables: SLACK });
  const roles: readonly TokenRole[] = ["operator", "agent", "alertmanager"];
  const tokens = await Promise.all(
    roles.map(async (role) => {
      const claims = { key: KEY, role, cluster: "home", sub: "anna", now: Date.now() };
      return (await mintToken(claims)).token;
    }),
  );
  const port = Number(new URL(worker.url).port);
  const requests = drawing(tokens, wanted);
  const statuses: Record<string, number> = {};
  const failed: { why: string; bytes: string }[] = [];
  let done = 0;
  let answered = 0;
  let worstMs = 0;
  const note = (answer: Answer | null, bytes: string, method: string): void => {
    const status = String(answer?.status ?? "hung up");
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (answer?.isOurs === true) answered += 1;
    const why = fault(answer, method);
    if (why !== null && failed.length < MOST_FAILED)
      failed.push({ why, bytes: bytes.slice(0, 2_000) });
  };
  const send = async (): Promise<void> => {
    for (let next = requests.next(); next.done !== true; next = requests.next()) {
      const { method, bytes } = next.value;
      const startedAt = performance.now();
      note(await exchange(port, bytes), bytes, method);
      worstMs = Math.max(worstMs, performance.now() - startedAt);
      wanted.onRequest?.((done += 1));
    }
  };
  try {
    await Promise.all(Array.from({ length: SOCKETS }, send));
  } finally {
    await worker.stop();
    await rm(storage, { recursive: true, force: true });
  }
  return { requests: wanted.requests, answered, statuses, worstMs, failed };
}

/** One after another, to whichever socket is free; drawn by the thousand, so that memory stays small. */
function* drawing(tokens: readonly string[], { requests, seed }: RequestsWanted) {
  const arbitrary = hostileRequests(tokens);
  for (let from = 0; from < requests; from += 1_000) {
    const numRuns = Math.min(1_000, requests - from);
    yield* fc.sample(arbitrary, { seed: seed + from, numRuns });
  }
}

// Keeps a dataplane in step with the rule table: its rules follow the table, the table's counters
// follow what it has counted.
import type { Dataplane } from "./dataplane.ts";
import type { AddressLists } from "./address-list.ts";
import type { RuleTable } from "./rule-table.ts";

type Counted = { readonly packets: bigint; readonly bytes: bigint };

export type Plane = {
  /** Loads the table if it has changed, and brings its counters up to date. One at a time. */
  inStep(): Promise<void>;
  /** The same in the background; what goes wrong is thrown by the next `inStep`. */
  follow(): void;
  /** As after a boot: loads the table even if nothing in it has changed. */
  loadAnew(): Promise<void>;
  /** No more loading by itself. */
  close(): void;
};

const nothingToDo: Plane = {
  inStep: () => Promise.resolve(),
  follow: () => undefined,
  loadAnew: () => Promise.resolve(),
  close: () => undefined,
};
const NOTHING: Counted = { packets: 0n, bytes: 0n };

/** Without a dataplane nothing is to be done: tests ask the table itself. */
export function planeFor(
  table: RuleTable,
  lists: AddressLists,
  dataplane: Dataplane | undefined,
): Plane {
  if (dataplane === undefined) return nothingToDo;
  let loaded: string | null = null;
  let seen: ReadonlyMap<string, Counted> = new Map();
  let failure: unknown;
  let tail: Promise<void> = Promise.resolve();
  let expiry: NodeJS.Timeout | undefined;

  const read = async () => {
    const now = await dataplane.counters();
    for (const row of table.rows) countUp(row, seen.get(row.id) ?? NOTHING, now.get(row.id));
    seen = now;
  };
  const step = async (anew: boolean) => {
    if (loaded !== null) await read();
    const held = lists.prefixes();
    const wanted = fingerprint(table, held);
    if (wanted === loaded && !anew) return;
    await dataplane.load(table.rows, held);
    loaded = wanted;
    clearTimeout(expiry);
    const nextMs = lists.nextExpiryMs();
    if (nextMs !== null) expiry = setTimeout(() => void queued(false), nextMs + 1).unref();
  };
  const queued = (anew: boolean) => {
    tail = tail.then(() => step(anew)).catch((cause: unknown) => void (failure = cause));
    return tail;
  };
  const finished = async (work: Promise<void>) => {
    await work;
    if (failure === undefined) return;
    const cause = failure;
    failure = undefined;
    throw new Error("the dataplane of the simulated router failed", { cause });
  };
  return {
    inStep: () => finished(queued(false)),
    follow: () => void queued(false),
    loadAnew: () => finished(queued(true)),
    close: () => clearTimeout(expiry),
  };
}

/** What decides over packets: the rows, their order and fields, and what the lists hold. */
function fingerprint(table: RuleTable, lists: ReadonlyMap<string, readonly string[]>): string {
  return JSON.stringify([table.rows.map(({ id, fields }) => [id, fields]), [...lists]]);
}

/** A counter that has become smaller has started again from 0. */
function countUp(
  row: { packets: bigint; bytes: bigint },
  before: Counted,
  now: Counted | undefined,
): void {
  if (now === undefined) return;
  row.packets += now.packets >= before.packets ? now.packets - before.packets : now.packets;
  row.bytes += now.bytes >= before.bytes ? now.bytes - before.bytes : now.bytes;
}

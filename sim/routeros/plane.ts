// Keeps a dataplane in step with the rule table: its rules follow the table, the table's counters
// follow what it has counted.
import type { Dataplane } from "./dataplane.ts";
import type { RouterState } from "./router-state.ts";
import type { RuleRow } from "./rule-table.ts";

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

/** Each table's rows, behind the word that its counters' keys begin with. */
type Tables = readonly (readonly [string, readonly RuleRow[]])[];

const nothingToDo: Plane = {
  inStep: () => Promise.resolve(),
  follow: () => undefined,
  loadAnew: () => Promise.resolve(),
  close: () => undefined,
};
const NOTHING: Counted = { packets: 0n, bytes: 0n };

/** Without a dataplane nothing is to be done: tests ask the table itself. */
export function planeFor(
  { table, mangle, lists }: Pick<RouterState, "table" | "mangle" | "lists">,
  dataplane: Dataplane | undefined,
): Plane {
  if (dataplane === undefined) return nothingToDo;
  let loaded: string | null = null;
  let seen: ReadonlyMap<string, Counted> = new Map();
  let failure: unknown;
  let tail: Promise<void> = Promise.resolve();
  let expiry: NodeJS.Timeout | undefined;

  const tables = (): Tables => [
    ["", table.rows],
    ["v4 ", mangle.v4.rows],
    ["v6 ", mangle.v6.rows],
  ];
  const read = async () => {
    const now = await dataplane.counters();
    for (const [key, rows] of tables())
      for (const row of rows) {
        const id = `${key}${row.id}`;
        countUp(row, seen.get(id) ?? NOTHING, now.get(id));
      }
    seen = now;
  };
  const step = async (anew: boolean) => {
    if (loaded !== null) await read();
    const held = lists.prefixes();
    const wanted = fingerprint(tables(), held);
    if (wanted === loaded && !anew) return;
    await dataplane.load(table.rows, held, { v4: mangle.v4.rows, v6: mangle.v6.rows });
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
function fingerprint(tables: Tables, lists: ReadonlyMap<string, readonly string[]>): string {
  const rows = tables.map(([, each]) => each.map(({ id, fields }) => [id, fields]));
  return JSON.stringify([rows, [...lists]]);
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

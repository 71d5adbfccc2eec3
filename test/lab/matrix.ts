// All rows of the matrix, several labs side by side.
import { openLanes } from "./lane-pool.ts";
import { ROWS, type Row } from "./rows.ts";
import { tryRow, type Memory, type Tried } from "./try-row.ts";

export type MatrixOptions = {
  readonly rows: readonly Row[];
  readonly repeat: number;
  /** Labs at the same time. */
  readonly lanes: number;
  /** Called with each result as it comes. */
  readonly onTried: (tried: Tried) => void;
};

/** Pulls are done in the first run of each row: they take as long as the runs do. */
export async function runMatrix({ rows, repeat, lanes, onTried }: MatrixOptions): Promise<void> {
  const turns = Array.from({ length: repeat }, (_, run) => run + 1).flatMap((run) =>
    slowFirst(rows).map((row) => ({ row, run, cluster: `${row.name}-${run}` })),
  );
  const messages: Memory = new Map();
  const pool = openLanes(
    Math.min(lanes, turns.length),
    turns.map(({ cluster }) => cluster),
  );
  try {
    await Promise.all(
      turns.map(({ row, run, cluster }) =>
        pool.use(async (lane) =>
          onTried(await tryRow(row, lane, cluster, { wanted: run === 1, messages })),
        ),
      ),
    );
  } finally {
    await pool.close();
  }
}

/** Those with pulls of half a minute and more. */
const SLOW: readonly string[] = ["f4", "a1-v4-lost", "g4", "d", "e"];

/** The slow ones first, so that no lane ends long after the others. */
export function slowFirst(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => Number(SLOW.includes(b.name)) - Number(SLOW.includes(a.name)));
}

/** The rows of these names, all without any; throws with a sentence for a name that is none. */
export function rowsNamed(names: readonly string[]): readonly Row[] {
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0)
    throw new Error(
      `there is no fault ${unknown.join(", ")}; known are ${ROWS.map(({ name }) => name).join(", ")}`,
    );
  return names.length === 0 ? ROWS : ROWS.filter(({ name }) => names.includes(name));
}

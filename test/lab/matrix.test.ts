// Every fault of the lab once: the real agent, the real Worker, real packets, real pulls. `npm run
// lab` prints the same as a table.
import { afterAll, describe, expect, test } from "vitest";
import { openLanes, type LanePool } from "./lane-pool.ts";
import { slowFirst } from "./matrix.ts";
import { findPulls } from "./requirements.ts";
import { ROWS } from "./rows.ts";
import { tryRow } from "./try-row.ts";

const LANES = 6;
const ROW_MS = 400_000;

const { skip, note } = await findPulls();
let pool: LanePool | null = null;
afterAll(() => pool?.close());

describe.skipIf(skip)(`in the network lab${note}`, { concurrent: true, timeout: ROW_MS }, () => {
  const messages = new Map<string, string>();
  const named = slowFirst(ROWS).map((row) => ({ row, name: `${row.name}, ${row.title}` }));

  test.each(named)("$name", async ({ row }) => {
    pool ??= openLanes(
      LANES,
      ROWS.map(({ name }) => name),
    );

    const tried = await pool.use((lane) => tryRow(row, lane, row.name, { wanted: true, messages }));

    expect(tried.wrong, JSON.stringify(tried)).toEqual([]);
  });
});

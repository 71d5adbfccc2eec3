// What a call costs in rows written, as they are billed: a row of a table and one of each index that
// changes. `total_changes()` leaves the indexes out, so every cursor is asked.
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { alert, anAlertmanager } from "../support/alerts.ts";
import { anAgent } from "../support/an-agent.ts";
import { freshWorldEachTest, queueOf } from "../support/worker.ts";

freshWorldEachTest();

/** From now on counts the rows that the cluster's object writes; the answer says how many since it last did. */
async function countedRows(): Promise<() => number> {
  let rows = 0;
  await runInDurableObject(queueOf("home"), (_, { storage: { sql } }) => {
    const exec = sql.exec.bind(sql);
    sql.exec = <T extends Record<string, SqlStorageValue>>(query: string, ...values: unknown[]) => {
      const cursor = exec<T>(query, ...values);
      rows += cursor.rowsWritten;
      return cursor;
    };
  });
  return () => {
    const counted = rows;
    rows = 0;
    return counted;
  };
}

test("a fix, from the alert to its report, writes 21 rows, and a repeated alert none", async () => {
  const am = await anAlertmanager();
  const agent = await anAgent();
  await agent.claim();
  const rows = await countedRows();

  await alert(am);
  const first = rows();
  await alert(am);
  const repeated = rows();
  const job = await agent.work();
  const claimed = rows();
  await agent.done(job);
  const reported = rows();

  expect({ first, repeated, claimed, reported }).toEqual({
    first: 7,
    repeated: 0,
    claimed: 5,
    reported: 9,
  });
});

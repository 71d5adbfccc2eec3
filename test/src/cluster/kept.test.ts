// What an object keeps in memory never outlives what is on disk.
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { openStore, type Store } from "../../../src/cluster/store/store.ts";
import { aQueuedJob } from "../support/a-job.ts";
import { anOperator } from "../support/an-operator.ts";
import { ask, freshWorldEachTest, queueOf } from "../support/worker.ts";

freshWorldEachTest();

type Given = { readonly store: Store; readonly sql: SqlStorage };

/** A store of the cluster's, over the tables that its object made. */
function withStore(step: (given: Given) => void): Promise<void> {
  return runInDurableObject(queueOf("home"), (_, { storage }) =>
    step({ store: openStore(storage, () => 0), sql: storage.sql }),
  );
}

const job = aQueuedJob({ id: "j-1" });
const pod = {
  namespace: "shop",
  pod: "web-1",
  uid: null,
  container: null,
  reason: null,
  episode: null,
  unverified: false,
};

/** The step, rolled back at its end. */
function rolledBack(store: Store, step: () => void): void {
  const fail = () =>
    store.transaction(() => {
      step();
      throw new Error("rolled back");
    });
  expect(fail).toThrow("rolled back");
}

test("a job that was rolled back is not open", () =>
  withStore(({ store }) => {
    rolledBack(store, () => {
      store.jobs.save(job);
      expect(store.jobs.open()).toHaveLength(1);
    });

    expect(store.jobs.open()).toEqual([]);
  }));

test("a change that was rolled back is not shown", () =>
  withStore(({ store }) => {
    store.jobs.save(job);
    rolledBack(store, () => {
      store.jobs.save({ ...job, registry: "ghcr.io" });
      expect(store.jobs.open()[0]?.registry).toBe("ghcr.io");
    });

    expect(store.jobs.open()).toEqual([job]);
  }));

test("a target that was rolled back is added when it is named again", () =>
  withStore(({ store }) => {
    store.jobs.save(job);
    rolledBack(store, () => expect(store.targets.add(job.id, [pod])).toBe(1));

    expect(store.targets.add(job.id, [pod])).toBe(1);
    expect(store.targets.of(job.id)).toEqual([pod]);
  }));

test("a call that is refused lets the next one read the disk again", async () => {
  const operator = await anOperator();
  await operator.request("remediate");
  await withStore(({ sql }) => void sql.exec("DELETE FROM jobs"));
  await ask("DELETE", `/v1/tokens/${operator.token.id}`, {
    token: (await anOperator("root", "*")).token,
  });
  expect((await operator.status()).status).toBe(401);

  expect((await (await anOperator("ben")).status()).body["open"]).toEqual([]);
});

test("open jobs are read once while nothing changes them", () =>
  withStore(({ store, sql }) => {
    store.jobs.save(job);
    const first = store.jobs.open();
    sql.exec("UPDATE jobs SET doc = '{'");

    expect(store.jobs.open()).toBe(first);
  }));

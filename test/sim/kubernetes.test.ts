// The simulated API server against recordings of a real one.
import { describe, expect, it, vi } from "vitest";
import { ask, type Answer } from "../../sim/kubernetes/ask.ts";
import { exchangeOf, type Exchange } from "../../sim/kubernetes/recordings.ts";
import type { KubernetesSim } from "../../sim/kubernetes/server.ts";
import { never, startSim, TOKEN, web } from "./kubernetes/test-world.ts";

/** The recorded names and uids, and the pods of the simulated world that stand for them. */
const STANDS_FOR: readonly [app: string, recordedName: string, recordedUid: string][] = [
  ["web", "web-7d876db474-trg57", "41f0fcde-ba7c-46b1-ae5f-0c0e83fe70e5"],
  ["web", "web-7d876db474-vx96d", "aa440e4e-5f78-43da-82d1-452a38c25677"],
  ["okweb", "okweb-788f7d4775-5l7l4", "488cdd48-0000-0000-0000-000000000000"],
  ["db", "db-0", "f179c3e2-b75d-40b6-ba52-872352acb3cc"],
];

async function worldOfTheRecordings(): Promise<KubernetesSim> {
  const sim = await startSim({
    pull: (image) => (image.startsWith("ok") ? Promise.resolve({ ok: true }) : never()),
  });
  const shop = { namespace: "shop", image: "busybox:1.36" };
  sim.apply(
    web,
    { ...shop, kind: "Deployment", name: "okweb", image: "ok:1", replicas: 2 },
    { ...shop, kind: "StatefulSet", name: "db", pulls: "init" },
    { ...shop, kind: "bare", name: "badbody" },
  );
  sim.addBudget({ namespace: "shop", name: "okweb", app: "okweb", minAvailable: 2 });
  sim.addBudget({ namespace: "shop", name: "web", app: "web", minAvailable: 2 });
  await vi.waitFor(() => {
    expect(sim.pods().filter((pod) => pod.phase === "Running")).toHaveLength(2);
  });
  return sim;
}

function translate<T>(sim: KubernetesSim, value: T): T {
  let text = JSON.stringify(value) ?? "null";
  for (const [app, name, uid] of STANDS_FOR) {
    const pod = sim.pods().find((one) => one.name.startsWith(app));
    if (pod !== undefined) text = text.replaceAll(name, pod.name).replaceAll(uid, pod.uid);
  }
  return JSON.parse(text) as T;
}

function replay(sim: KubernetesSim, { request }: Exchange): Promise<Answer | null> {
  const { method, path, headers, body } = translate(sim, request);
  const token = { nobody: undefined, "bad token": "bad", "foreign JWT": "a.b.c" };
  const as = request.as ?? "";
  return ask(sim, {
    method,
    path,
    token: as in token ? token[as as keyof typeof token] : TOKEN,
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined || body === null ? {} : { body }),
  });
}

describe("answers of the simulated API server", () => {
  it.each([
    "auth/no-credentials",
    "auth/no-credentials-healthz",
    "auth/bad-token",
    "auth/bad-jwt",
    "auth/403-secrets",
    "auth/403-namespaced",
    "auth/403-named",
    "auth/403-nodes",
    "auth/403-subresource",
    "auth/ssar-allowed",
    "auth/ssar-allowed-evict",
    "auth/ssar-denied",
    "delete/delete-dryrun-invalid",
    "delete/delete-uid-mismatch",
    "delete/delete-bad-json",
    "delete/delete-bad-kind",
    "delete/delete-collection-403",
    "delete/patch-403",
    "evict/evict-pending-dryrun",
    "evict/evict-running-429",
    "evict/evict-running-429-dryrun",
    "evict/evict-uid-mismatch",
    "evict/evict-name-mismatch",
    "evict/evict-404",
    "evict/evict-pending-ok",
    "evict/evict-v1beta1",
    "list/list-field-unsupported",
    "list/list-continue-garbage",
    "list/get-404",
    "list/path-404-agent",
    "gone/list-continue-410",
    "limits/timeout-param-invalid",
    "limits/unsupported-media-type",
    "limits/storage-down-readyz",
    "events/list-field-unsupported",
  ])("equal the recording %s, names aside", async (name) => {
    const sim = await worldOfTheRecordings();
    const exchange = exchangeOf(name);

    const answer = await replay(sim, exchange);

    const wanted = translate(sim, exchange.response);
    expect(answer?.status).toBe(wanted?.status);
    expect(answer?.contentType).toBe(wanted?.headers["content-type"]);
    expect(answer?.json ?? answer?.text).toEqual(wanted?.body);
  });

  it("say 404 with the plural kind for a pod that was deleted", async () => {
    const sim = await startSim();

    const answer = await replay(sim, exchangeOf("delete/delete-404"));

    expect(answer?.json).toEqual(exchangeOf("delete/delete-404").response?.body);
  });

  it("are a 500 where two budgets match, as recorded", async () => {
    const sim = await worldOfTheRecordings();
    sim.addBudget({ namespace: "shop", name: "second", app: "okweb", minAvailable: 1 });

    const answer = await replay(sim, exchangeOf("evict/evict-two-pdbs-500"));

    expect(answer?.json).toEqual(exchangeOf("evict/evict-two-pdbs-500").response?.body);
  });

  it.each([
    ["limits/apf-429-list", "flow-control"],
    ["limits/apf-429-delete", "flow-control"],
    ["limits/storage-down-delete", "storage-down"],
    ["limits/storage-down-list", "closed"],
  ] as const)("equal the recording %s while the fault %s is on", async (name, kind) => {
    const sim = await startSim();
    const switchOff = sim.addFault({ kind });

    const answer = await replay(sim, exchangeOf(name));

    const wanted = exchangeOf(name).response;
    expect(answer?.status).toBe(wanted?.status);
    expect(answer?.contentType).toBe(wanted?.headers["content-type"]);
    expect(answer?.retryAfter).toBe(wanted?.headers["retry-after"]);
    expect(answer?.json ?? answer?.text).toEqual(wanted?.body);
    switchOff();
    const healthy = await ask(sim, { method: "GET", path: "/version", token: TOKEN });
    expect(healthy?.status).toBe(200);
  });

  it("show a failing pod with every field that the recorded status has", async () => {
    const sim = await startSim();
    sim.apply(web, { ...web, kind: "StatefulSet", name: "db", pulls: "init" });

    const [db, nginx] = sim.pods();

    for (const [pod, id] of [
      [db, "pods/pod-statefulset-init-backoff"],
      [nginx, "pods/pod-deployment-backoff-full"],
    ] as const) {
      const path = `/api/v1/namespaces/shop/pods/${pod?.name}`;
      const answer = await ask(sim, { method: "GET", path, token: TOKEN });
      const real = exchangeOf(id).response?.body as { status: Record<string, unknown> };
      const ours = answer?.json as { status: Record<string, unknown> };
      const left = ["podIP", "podIPs"];
      const wanted = Object.keys(real.status).filter((key) => !left.includes(key));
      expect(Object.keys(ours.status).toSorted()).toEqual(wanted.toSorted());
      const arrays = ["containerStatuses", "initContainerStatuses"];
      for (const key of arrays.filter((one) => one in real.status))
        expect(shapeOf(ours.status[key])).toEqual(shapeOf(real.status[key]));
    }
  });

  it("show events with the fields of the recorded ones", async () => {
    const sim = await startSim();
    sim.apply({ ...web, kind: "StatefulSet", name: "db", pulls: "init" });

    const answer = await replay(sim, exchangeOf("events/list-by-uid-reason"));

    const real = exchangeOf("events/list-by-uid-reason").response?.body as { items: unknown[] };
    const ours = answer?.json as { items: { metadata: object }[] };
    expect(ours.items).toHaveLength(2);
    // The recordings leave them out.
    const [first] = ours.items.map((item) => ({
      ...item,
      metadata: { ...item.metadata, managedFields: undefined },
    }));
    expect(shapeOf(JSON.parse(JSON.stringify(first)))).toEqual(shapeOf(real.items.at(0)));
  });

  it("hand out pages of one state, though a pod goes in between", async () => {
    const sim = await startSim();
    sim.apply({ ...web, kind: "bare", name: "many", replicas: 5 });
    const list = (query: string) =>
      ask(sim, { method: "GET", path: `/api/v1/pods?limit=2${query}`, token: TOKEN });
    const first = pageOf(await list(""));
    await ask(sim, {
      method: "DELETE",
      path: "/api/v1/namespaces/shop/pods/many-3?gracePeriodSeconds=0",
      token: TOKEN,
    });
    await vi.waitFor(() => expect(sim.pods()).toHaveLength(4));

    const second = pageOf(await list(`&continue=${first.continue}`));

    expect(first.names).toEqual(["many-0", "many-1"]);
    expect(first.remaining).toBe(3);
    expect(second.names).toEqual(["many-2", "many-3"]);
    expect(second.revision).toBe(first.revision);
  });

  it("go on after 410 with the token that came with it", async () => {
    const sim = await startSim();
    sim.apply({ ...web, kind: "bare", name: "many", replicas: 5 });
    const list = (query: string) =>
      ask(sim, { method: "GET", path: `/api/v1/pods?limit=2${query}`, token: TOKEN });
    const first = pageOf(await list(""));
    sim.compact();
    const expired = await list(`&continue=${first.continue}`);

    const rest = pageOf(await list(`&continue=${pageOf(expired).continue}`));

    expect(expired?.status).toBe(410);
    expect(rest.names).toEqual(["many-2", "many-3"]);
  });
});

/** Keys and kinds of values, without the values. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]));
}

function pageOf(answer: Answer | null) {
  const { metadata, items } = (answer?.json ?? { metadata: {} }) as {
    metadata: { continue?: string; remainingItemCount?: number; resourceVersion?: string };
    items?: { metadata: { name: string } }[];
  };
  return {
    continue: metadata.continue ?? "",
    remaining: metadata.remainingItemCount,
    revision: metadata.resourceVersion,
    names: (items ?? []).map((item) => item.metadata.name),
  };
}

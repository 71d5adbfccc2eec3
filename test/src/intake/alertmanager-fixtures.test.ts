// Every captured body against what its README says of it.
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { readAlertmanager } from "../../../src/alertmanager/read.ts";
import { mergeTargets } from "../../../src/jobs/merge-targets.ts";

declare global {
  interface ImportMeta {
    glob(
      pattern: string,
      options: { query: "?raw"; eager: true; import: "default" },
    ): Record<string, string>;
  }
}

const root = "../../fixtures/alertmanager/";
const files = import.meta.glob("../../fixtures/alertmanager/**/*.json", {
  query: "?raw",
  eager: true,
  import: "default",
});

const Index = z.array(
  z.object({
    file: z.string(),
    firing: z.number(),
    resolved: z.number(),
    truncatedAlerts: z.optional(z.number()),
  }),
);
const index = Index.parse(JSON.parse(files[`${root}index.json`] ?? ""));
const notParsed = ["other/redirect-302-becomes-get.json"];
const refused = ["other/custom-payload.json", "other/prometheus-sent-directly.json"];
const read = index.filter(({ file }) => !notParsed.includes(file) && !refused.includes(file));
/** Written by hand, so the index of captures does not have it. */
const constructed = "other/grafana-12-constructed.json";
const versions = ["0.25.0", "0.28.1", "0.33.1"];

function notificationOf(file: string) {
  const answer = readAlertmanager(JSON.parse(files[root + file] ?? ""), "test");
  if (!answer.ok) throw new Error(`${file}: ${answer.detail}`);
  return answer.notification;
}

function podsOf(file: string): string[] {
  const targets = mergeTargets(notificationOf(file).signal?.targets ?? []);
  return targets.map(({ namespace, pod }) => `${namespace}/${pod}`);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

test("every file of the index is there, and no other", () => {
  const found = Object.keys(files).map((path) => path.slice(root.length));

  const expected = [...index.map(({ file }) => file), constructed, "index.json"];
  expect(found.toSorted()).toEqual(expected.toSorted());
});

test.each(read)("$file: every alert is counted once", ({ file, firing, resolved }) => {
  const notification = notificationOf(file);

  const counted = notification.resolved.length + notification.accepted + sum(notification.ignored);
  expect(counted).toBe(firing + resolved);
  expect(notification.accepted).toBeLessThanOrEqual(firing);
  expect(notification.resolved.length).toBeLessThanOrEqual(resolved);
});

test.each(read)("$file: the alerts that were cut off are told", ({ file, truncatedAlerts }) => {
  const notification = notificationOf(file);

  expect(notification.truncatedAlerts).toBe(truncatedAlerts ?? 0);
  expect(notification.signal?.truncatedAlerts ?? truncatedAlerts).toBe(truncatedAlerts);
});

test("what a 302 turns a notification into is not even JSON", () => {
  expect(files[`${root}other/redirect-302-becomes-get.json`]).toBe("");
});

test("a custom payload is refused with the remedy", () => {
  const body: unknown = JSON.parse(files[`${root}other/custom-payload.json`] ?? "");

  const answer = readAlertmanager(body, "test");

  expect(answer).toEqual({ ok: false, detail: expect.stringContaining("custom payload") });
});

test("Prometheus' own alert push is refused with the remedy", () => {
  const body: unknown = JSON.parse(files[`${root}other/prometheus-sent-directly.json`] ?? "");

  const answer = readAlertmanager(body, "test");

  expect(answer).toEqual({
    ok: false,
    detail: expect.stringContaining(
      "this is Prometheus' or vmalert's alert push; point it at an Alertmanager",
    ),
  });
});

test.each(
  versions.flatMap((version) => [
    { file: `${version}/minimal.json`, ignored: { no_pull_signal: 1 } },
    { file: `${version}/unicode.json`, ignored: { invalid_target: 1 } },
  ]),
)("$file: no pod is targeted, and the cause is told", ({ file, ignored }) => {
  const notification = notificationOf(file);

  expect(notification).toMatchObject({ signal: null, accepted: 0, ignored });
});

test.each(
  versions.flatMap((version) => [
    { file: `${version}/no-pod.json`, ignored: {} },
    { file: `${version}/no-namespace.json`, ignored: { meta_alert: 1 } },
  ]),
)("$file: a pull failure without a pod starts a look, and no pod is targeted", (asked) => {
  const { signal, accepted, ignored } = notificationOf(asked.file);

  expect([signal?.targets, signal?.looks?.length, accepted]).toEqual([[], 1, 1]);
  expect(ignored).toEqual(asked.ignored);
});

test.each(versions)("%s: of five alert names in one group, one is a pull failure", (version) => {
  const notification = notificationOf(`${version}/kube-prometheus-mixed-alertnames.json`);

  expect(notification.ignored).toEqual({ no_pull_signal: 3, other_reason: 1 });
  expect(notification.signal?.targets).toEqual([
    {
      namespace: "netbox",
      pod: "netbox-valkey-primary-0",
      uid: "61b2c8fb-0000-4d3e-9a53-0f6d3b7c1e21",
      container: "valkey",
      reason: "ImagePullBackOff",
      episode: { fingerprint: "5d78f53533c0fa26", startsAt: expect.any(String) },
      unverified: false,
    },
  ]);
});

test.each(versions)(
  "%s: a firing notification with resolved alerts is read by alert",
  (version) => {
    const { signal, resolved } = notificationOf(`${version}/mixed-firing-resolved.json`);

    expect(signal?.targets.map(({ pod }) => pod)).toEqual([
      "longhorn-manager-bm2rf",
      "longhorn-manager-zz7wd",
    ]);
    expect(resolved.every(({ endsAt }) => new Date(endsAt).getUTCFullYear() === 2026)).toBe(true);
  },
);

test("without honor_labels the failing pods are targeted, never kube-state-metrics", () => {
  const pods = podsOf("chain/no-honor-labels.json");

  expect(pods).toEqual(["longhorn-system/longhorn-manager-4kq8z", "shop/web-7c9d8b6f5-x2lqp"]);
});

test("a false resolve names the alerts that fired, and no pod", () => {
  const firing = notificationOf("chain/per-reason-firing.json");

  const after = notificationOf("chain/per-reason-false-resolved.json");

  expect(after.signal).toBeNull();
  const fingerprints = after.resolved.map(({ fingerprint }) => fingerprint);
  expect(fingerprints).toContain(firing.signal?.targets[0]?.episode?.fingerprint);
});

test.each([
  ["chain/per-reason-firing.json", ["longhorn-system/longhorn-manager-4kq8z"]],
  ["chain/stock-mixin-flapping-mixed.json", ["longhorn-system/longhorn-manager-4kq8z"]],
  ["chain/stock-mixin-podinitializing.json", ["shop/web-7c9d8b6f5-x2lqp"]],
  ["chain/vmalert-firing.json", ["longhorn-system/longhorn-manager-4kq8z"]],
  ["chain/recommended-firing-longhorn.json", ["longhorn-system/longhorn-manager-4kq8z"]],
  [
    "chain/recommended-firing-init-container.json",
    ["shop/pending-abc", "shop/web-7c9d8b6f5-x2lqp"],
  ],
  ["chain/stock-mixin-0.1x-no-reason.json", []],
  [constructed, ["shop/web-7c9d8b6f5-x2lqp"]],
  ["0.33.1/amtool.json", ["amtool/web-1"]],
  ["0.33.1/azure-kubepodimagepull.json", ["aro/p-1"]],
  ["0.33.1/group-by-all.json", ["gby/g-0"]],
  ["0.33.1/truncated.json", ["trunc-ns/batch-0", "trunc-ns/batch-1", "trunc-ns/batch-2"]],
])("%s: the pods are %j", (file, pods) => {
  expect(podsOf(file)).toEqual(pods);
});

test.each([
  ["ha/0.25.0-slow-receiver-peer-1.json", "ha/0.25.0-slow-receiver-peer-2.json"],
  ["ha/0.33.1-slow-receiver-peer-1.json", "ha/0.33.1-slow-receiver-peer-2.json"],
  ["ha/0.25.0-partition-1.json", "ha/0.25.0-partition-2.json"],
  ["ha/0.33.1-partition-1.json", "ha/0.33.1-partition-2.json"],
  ...versions.map((version) => [`${version}/repeat-first.json`, `${version}/repeat-second.json`]),
])("%s and %s give the same signal", (first = "", second = "") => {
  const signal = notificationOf(second).signal;

  expect(signal).not.toBeNull();
  expect(signal).toEqual(notificationOf(first).signal);
});

test("two Prometheus replicas name one fingerprint with two starts", () => {
  const first = notificationOf("ha/two-prometheus-startsat-first.json").signal?.targets[0];
  const second = notificationOf("ha/two-prometheus-startsat-second.json").signal?.targets[0];

  expect(first?.episode?.fingerprint).toBe(second?.episode?.fingerprint);
  expect(first?.episode?.startsAt).not.toBe(second?.episode?.startsAt);
});

test("Grafana's alert is taken, and its DatasourceNoData is not", () => {
  const notification = notificationOf(constructed);

  expect(notification).toMatchObject({ accepted: 1, ignored: { meta_alert: 1 } });
  expect(notification.signal?.targets[0]?.episode?.startsAt).toBe("2026-11-23T01:10:00+01:00");
});

test("1,500 alerts are 1,500 targets, read in well under a second", () => {
  const body: unknown = JSON.parse(files[`${root}0.33.1/firing-1500.json`] ?? "");
  const started = performance.now();

  const answer = readAlertmanager(body, "test");

  expect(performance.now() - started).toBeLessThan(500);
  expect(answer).toMatchObject({ ok: true, notification: { accepted: 1500 } });
  expect(answer.ok && answer.notification.signal?.targets).toHaveLength(1500);
});

import { expect, test } from "vitest";
import { readAlertmanager } from "../../../src/alertmanager/read.ts";
import { anAlert, aPull, POD, read } from "../support/an-alert.ts";

test("a signal asks for remediation, in the name of the token, not of a person", () => {
  const answer = readAlertmanager({ alerts: [aPull(POD)], truncatedAlerts: 3 }, "prod-alerts");

  expect(answer).toMatchObject({
    ok: true,
    notification: {
      truncatedAlerts: 3,
      signal: {
        kind: "remediate",
        origin: { via: "alertmanager", by: "prod-alerts", person: false },
        registry: null,
        truncatedAlerts: 3,
      },
    },
  });
});

test.each([
  { alertname: "Any", remediation: "backon" },
  { alertname: "Any", remediation: "backon", reason: "CrashLoopBackOff" },
  { alertname: "Any", reason: "ErrImagePull" },
  { alertname: "Any", reason: "ImagePullBackOff" },
  { alertname: "KubeContainerWaiting", reason: "RegistryUnavailable" },
  { alertname: "PodImagePullFailing" },
  { alertname: "pod-image-pull-backoff" },
  { alertname: "POD_IMAGE_PULL" },
  { alertname: "Pod image pull failing" },
  { alertname: "CannotPullImage" },
  { alertname: "pull-image-failed" },
  { alertname: "pull_image_failed" },
  { alertname: "Cannot pull image" },
  { alertname: "PodImagePull", reason: "" },
  { reason: "ErrImagePull" },
])("%o is accepted", (labels) => {
  const { signal } = read(anAlert({ ...labels, ...POD }));

  expect(signal?.targets).toMatchObject([{ ...POD, unverified: false }]);
});

test.each(["KubeContainerWaiting", "KubernetesContainerWaiting"])(
  "%s without a reason is accepted as unverified",
  (alertname) => {
    const { signal } = read(anAlert({ alertname, ...POD }));

    expect(signal?.targets).toMatchObject([{ ...POD, unverified: true }]);
  },
);

test.each([
  ["meta_alert", { alertname: "DatasourceNoData", remediation: "backon" }],
  ["meta_alert", { alertname: "DatasourceError", reason: "ErrImagePull" }],
  ["meta_alert", { alertname: "Watchdog" }],
  ["meta_alert", { alertname: "InfoInhibitor" }],
  ["other_reason", { alertname: "KubeContainerWaiting", reason: "ContainerCreating" }],
  ["other_reason", { alertname: "PodImagePull", reason: "InvalidImageName" }],
  ["other_reason", { alertname: "Any", reason: "errimagepull" }],
  ["no_pull_signal", { alertname: "KubePodNotReady" }],
  ["no_pull_signal", { alertname: "Any", remediation: "other" }],
  ["no_pull_signal", { alertname: "ImageCannotBePulled" }],
  ["no_pull_signal", {}],
])("%s: %o is ignored", (cause, labels) => {
  expect(read(anAlert({ ...labels, ...POD }))).toMatchObject({
    signal: null,
    accepted: 0,
    ignored: { [cause]: 1 },
  });
});

test.each([
  ["a namespace of 64", { namespace: "a".repeat(64), pod: "web-0" }, "invalid_target"],
  ["a namespace with a dot", { namespace: "a.b", pod: "web-0" }, "invalid_target"],
  ["a pod of 254", { namespace: "shop", pod: "a".repeat(254) }, "invalid_target"],
  ["upper case", { namespace: "shop", pod: "Web-0" }, "invalid_target"],
  ["a path", { namespace: "shop", pod: "../nodes/n1" }, "invalid_target"],
  ["a newline at the end", { namespace: "shop", pod: "web-0\n" }, "invalid_target"],
  ["an emoji", { namespace: "shop", pod: "web-🚀" }, "invalid_target"],
  ["an empty part", { namespace: "shop", pod: "web..0" }, "invalid_target"],
  ["a wildcard", { namespace: "*", pod: "*" }, "invalid_target"],
  ["only exported_pod", { ...POD, exported_pod: "web-1" }, "invalid_target"],
  ["only exported_namespace", { ...POD, exported_namespace: "other" }, "invalid_target"],
])("a target with %s is never widened or mended", (_, labels, cause) => {
  expect(read(aPull(labels))).toMatchObject({ signal: null, ignored: { [cause]: 1 } });
});

test.each([
  ["no namespace", { pod: "web-0" }],
  ["an empty namespace", { namespace: "", pod: "web-0" }],
  ["no pod", { namespace: "shop" }],
])("a pull failure that names %s starts a look and targets no pod", (_, labels) => {
  expect(read(aPull(labels))).toMatchObject({
    signal: { targets: [], looks: [{ fingerprint: "5d78f53533c0fa26" }] },
    accepted: 1,
    ignored: {},
  });
});

test.each([
  { namespace: "a".repeat(63), pod: "b".repeat(253) },
  { namespace: "0", pod: "web-0.web.shop" },
])("the longest and oddest allowed names are taken: %o", (pod) => {
  expect(read(aPull(pod)).signal?.targets).toMatchObject([pod]);
});

test("exported labels are used together, and the plain ones not at all", () => {
  const exported = { exported_namespace: "shop", exported_pod: "web-1" };
  const plain = { namespace: "monitoring", pod: "kube-state-metrics-0", container: "main" };

  const { signal } = read(aPull({ ...plain, ...exported, uid: "u-1" }));

  expect(signal?.targets).toMatchObject([
    { namespace: "shop", pod: "web-1", container: null, uid: "u-1" },
  ]);
});

test("container, uid and reason that Kubernetes would not write are dropped, the pod is kept", () => {
  const odd = { container: "web\n", uid: "<b>", reason: "no good", remediation: "backon" };

  const { signal } = read(aPull({ ...POD, ...odd }));

  expect(signal?.targets).toMatchObject([{ ...POD, container: null, uid: null, reason: null }]);
});

test("newlines and markup in other labels and annotations go no further", () => {
  const labels = { ...POD, note: "a\nb <!channel> \u2028" };

  const { signal } = read(aPull(labels, { annotations: { summary: "x\ny" } }));

  expect(JSON.stringify(signal)).not.toMatch(/channel|\\n|\u2028/);
});

test.each([
  ["null", null],
  ["a text", "alert"],
  ["no labels", { status: "firing" }],
  ["labels that are a list", { status: "firing", labels: [] }],
  ["a pod that is a number", aPull({ namespace: "shop", pod: 5 })],
  ["no status", aPull(POD, { status: undefined })],
  ["an unknown status", aPull(POD, { status: "suppressed" })],
])("an alert that is or has %s is counted, and the others still count", (_, odd) => {
  expect(read(odd, aPull(POD))).toMatchObject({ accepted: 1, ignored: { unreadable: 1 } });
});

test("status and labels are enough for an alert", () => {
  const { signal } = read({ status: "firing", labels: { ...POD, reason: "ErrImagePull" } });

  expect(signal?.targets).toMatchObject([{ ...POD, episode: null }]);
});

test.each([
  "2026-11-23T00:20:08Z",
  "2026-11-23T00:20:08.935Z",
  "2026-11-23T00:20:08.935123456Z",
  "2026-11-23T02:20:08+02:00",
])("an episode keeps its start as sent: %s", (startsAt) => {
  const { signal } = read(aPull(POD, { startsAt }));

  expect(signal?.targets[0]?.episode).toEqual({ fingerprint: "5d78f53533c0fa26", startsAt });
});

test("an odd start or fingerprint costs the episode, not the alert", () => {
  const { signal } = read(
    aPull(POD, { startsAt: "yesterday" }),
    aPull({ ...POD, pod: "web-1" }, { fingerprint: 7 }),
  );

  expect(signal?.targets).toMatchObject([{ episode: null }, { episode: { fingerprint: null } }]);
});

test("an empty list of alerts is a success without a signal", () => {
  expect(read()).toEqual({
    signal: null,
    resolved: [],
    accepted: 0,
    ignored: {},
    truncatedAlerts: 0,
  });
});

test.each([[null], ["firing"], [5], [{}], [{ alerts: null }], [{ alerts: {} }]])(
  "%j is refused with one line",
  (body) => {
    const answer = readAlertmanager(body, "test");

    expect(answer).toEqual({ ok: false, detail: expect.stringMatching(/^no "alerts" array: .+$/) });
  },
);

test.each([[undefined], [null], [-1], ["5"]])("truncatedAlerts %j counts as none", (odd) => {
  const answer = readAlertmanager({ alerts: [], truncatedAlerts: odd }, "test");

  expect(answer).toMatchObject({ ok: true, notification: { truncatedAlerts: 0 } });
});

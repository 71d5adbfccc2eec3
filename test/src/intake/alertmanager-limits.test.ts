// Which ends are recorded, and how much of one notification is read.
import { expect, test } from "vitest";
import { readAlertmanager } from "../../../src/alertmanager/read.ts";
import { anAlert, aPull, POD, read } from "../support/an-alert.ts";

test("a resolved alert about a pull is recorded with its end in milliseconds", () => {
  const { signal, resolved } = read(
    aPull(POD, { status: "resolved", endsAt: "2026-11-23T02:00:00.5+02:00" }),
  );

  expect(signal).toBeNull();
  expect(resolved).toEqual([
    { fingerprint: "5d78f53533c0fa26", endsAt: Date.UTC(2026, 10, 23, 0, 0, 0, 500) },
  ]);
});

test.each([
  ["no_pull_signal", { alertname: "Any", ...POD }],
  ["no_target", { alertname: "KubeContainerWaiting" }],
])(
  "the end of an alert that would start nothing is counted as %s, not recorded",
  (cause, labels) => {
    const fields = { status: "resolved", endsAt: "2026-11-23T00:30:00Z" };

    const notification = read(anAlert(labels, fields));

    expect(notification).toMatchObject({ resolved: [], ignored: { [cause]: 1 } });
  },
);

test("10,000 alerts are read, and the rest is told as cut off", () => {
  const alerts = Array.from({ length: 10_003 }, (_, at) => aPull({ ...POD, pod: `web-${at}` }));

  const answer = readAlertmanager({ alerts, truncatedAlerts: 4 }, "test");

  expect(answer).toMatchObject({
    notification: { accepted: 10_000, truncatedAlerts: 7, signal: { truncatedAlerts: 7 } },
  });
});

test("1,000 resolved alerts are recorded, and the rest is told as cut off", () => {
  const ended = { status: "resolved", endsAt: "2026-11-23T00:30:00Z" };
  const alerts = Array.from({ length: 1_002 }, (_, at) =>
    aPull(POD, { ...ended, fingerprint: `${at}` }),
  );

  const notification = read(...alerts);

  expect(notification.resolved).toHaveLength(1_000);
  expect(notification.truncatedAlerts).toBe(2);
});

test.each([
  ["no fingerprint", { fingerprint: undefined, endsAt: "2026-11-23T00:30:00Z" }],
  ["an end in the year 1", { endsAt: "0001-01-01T00:00:00Z" }],
  ["no end", { endsAt: undefined }],
])("a resolved alert with %s is counted, not recorded", (_, fields) => {
  const notification = read(aPull(POD, { status: "resolved", ...fields }));

  expect(notification).toMatchObject({ resolved: [], ignored: { unidentified_resolved: 1 } });
});

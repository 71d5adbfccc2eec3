// Alerts as they stand in a notification, with only what a test names differing from a plain one.
import { readAlertmanager } from "../../../src/alertmanager/read.ts";

type Json = Record<string, unknown>;

export const POD = { namespace: "shop", pod: "web-0" };

export function anAlert(labels: Json, fields: Json = {}): Json {
  return {
    status: "firing",
    labels,
    annotations: {},
    startsAt: "2026-11-23T00:20:06.934Z",
    endsAt: "0001-01-01T00:00:00Z",
    generatorURL: "",
    fingerprint: "5d78f53533c0fa26",
    ...fields,
  };
}

/** An alert whose pull failure is beyond doubt, so that only its target matters. */
export function aPull(labels: Json, fields: Json = {}): Json {
  return anAlert({ alertname: "KubeImagePullFailing", ...labels }, fields);
}

/** What the notification of these alerts says; one that is refused fails the test. */
export function read(...alerts: unknown[]) {
  const answer = readAlertmanager({ version: "4", status: "firing", alerts }, "test");
  if (!answer.ok) throw new Error(answer.detail);
  return answer.notification;
}

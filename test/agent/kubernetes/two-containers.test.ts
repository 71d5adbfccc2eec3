// A pod whose one container fails while the image of another one is on its way.
import { expect, test } from "vitest";
import type { Client } from "../../../agent/kubernetes/client.ts";
import { lookAgain } from "../../../agent/kubernetes/look-again.ts";
import { createTextReader } from "../../../agent/kubernetes/texts.ts";

const target = { namespace: "shop", name: "web-1", uid: "u1" };
const waiting = (name: string, reason: string, message = "") => ({
  name,
  image: "nginx:1.27",
  state: { waiting: { reason, message } },
});
const pod = {
  metadata: { ...target, resourceVersion: "90" },
  status: {
    phase: "Pending",
    containerStatuses: [
      waiting("broken", "ImagePullBackOff", 'Back-off pulling image "nginx:1.27"'),
      waiting("large", "ContainerCreating"),
    ],
  },
};
const event = (resourceVersion: string, reason: string, container: string) => ({
  metadata: { resourceVersion },
  reason,
  message: reason,
  involvedObject: { uid: "u1", fieldPath: `spec.containers{${container}}` },
});

/** An API server with this pod and these events. */
function aClient(events: readonly object[]): Client {
  const reply = (items: readonly object[]) =>
    ({
      kind: "reply",
      contentType: "application/json",
      status: 200,
      body: Buffer.from(JSON.stringify({ items })),
      at: null,
      retryAfterMs: null,
    }) as const;
  return {
    send: async () => reply([]),
    read: async (path) => reply(path.includes("/events") ? events : [pod]),
    serverTime: () => null,
  };
}

const look = async (events: readonly object[]) => {
  const found = await lookAgain(aClient(events), target, {
    read: createTextReader(),
    now: () => 0,
  });
  return found.ok ? found.value.kind : found.error.message;
};

const failed = [event("10", "Pulling", "broken"), event("11", "Failed", "broken")];

test("is left: an eviction would cut that pull off", async () => {
  expect(await look([...failed, event("12", "Pulling", "large")])).toBe("settled");
});

test("whose pull has ended is not", async () => {
  const ended = [event("12", "Pulling", "large"), event("13", "Pulled", "large")];

  expect(await look([...failed, ...ended])).toBe("failing");
});

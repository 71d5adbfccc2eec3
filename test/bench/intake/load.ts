// Notifications over connections that stay open, each sent when the one before was answered.
import { Agent, request } from "node:http";
import type { Bodies, Body } from "./bodies.ts";

export type Load = {
  readonly url: string;
  readonly tokenFor: (cluster: string) => string;
  readonly bodies: Bodies;
  readonly connections: number;
  readonly requests: number;
};

/** Answers of 202 a second. Throws at any other answer. */
export async function answersASecond(load: Load): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  let left = load.requests;
  const startedAt = performance.now();
  const sender = async (): Promise<void> => {
    while (left-- > 0) await post(load, agent, load.bodies.next());
  };
  try {
    await Promise.all(Array.from({ length: load.connections }, sender));
    return load.requests / ((performance.now() - startedAt) / 1_000);
  } finally {
    agent.destroy();
  }
}

function post({ url, tokenFor }: Load, agent: Agent, { cluster, text }: Body): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = {
    authorization: `Bearer ${tokenFor(cluster)}`,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
  };
  const path = `${url}/v1/webhooks/alertmanager`;
  const sent = request(path, { method: "POST", agent, headers }, (reply) => {
    reply.resume().on("error", reject);
    reply.on("end", () =>
      reply.statusCode === 202 ? resolve() : reject(new Error(`${path}: ${reply.statusCode}`)),
    );
  });
  sent.on("error", reject).end(text);
  return promise;
}

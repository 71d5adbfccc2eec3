// How long a request is waited for, and what a caller who stops waiting leaves behind.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { createRouterClient } from "../../../agent/router/client.ts";
import type { Between } from "../../../sim/routeros/options.ts";
import {
  aRouterWorld,
  errorOf,
  PASSWORD,
  requestsOf,
  rule,
  valueOf,
  wanted,
} from "./router-world.ts";

const servers: Server[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
});

/** A router that takes a request and says nothing; resolves once it has come. */
async function aSilentRouter() {
  let came = () => {};
  const arrived = new Promise<void>((resolve) => (came = resolve));
  const server = createServer(() => came());
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, arrived };
}

/** A simulated router that holds back its answers to this method from now until `release`. */
async function aHoldingRouter(method: string, stopWaitingMs: number) {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const between: Between = async (request, next) => {
    if (request.method === method) await released;
    return next(request);
  };
  const world = await aRouterWorld(
    { rules: [rule], plainHttp: true, between },
    { stopWaitingMs, allowHttp: true },
  );
  return { ...world, release };
}

test("an answer is waited for 65 s, longer than the router's own limit", async () => {
  const { url, arrived } = await aSilentRouter();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const clock = { now: () => 0, sleep: async () => undefined };
  const options = { url, user: "backon", password: PASSWORD, allowHttp: true, clock };
  const client = valueOf(createRouterClient({ ...options, log: () => undefined }));
  let ended = false;
  const write = { method: "DELETE", path: "ipv6/firewall/filter/*1" } as const;
  const asked = client.write(write, () => true).finally(() => (ended = true));
  await arrived;
  await vi.advanceTimersByTimeAsync(64_999);
  const before = ended;
  await vi.advanceTimersByTimeAsync(1);
  expect([before, await asked]).toMatchObject([
    false,
    { ok: false, fault: { kind: "broken", detail: "no complete answer within 65000 ms" } },
  ]);
  client.close();
});

describe("a caller who stops waiting", () => {
  const remove = { method: "DELETE", path: "ipv6/firewall/filter/*1" } as const;

  test("is told so, and the request ends in the background", async () => {
    const { client, os, release } = await aHoldingRouter("DELETE", 30);
    const answered = await client.write(remove, () => true);
    const before = os.table().length;
    release();
    expect([before, answered]).toMatchObject([1, { ok: false, fault: { kind: "broken" } }]);
    await vi.waitFor(() => expect(os.table()).toEqual([]));
  });

  test("holds up the next request until that is over, on the same connection", async () => {
    const { client, os, release, pauses, ...world } = await aHoldingRouter("GET", 300);
    const first = await client.get("ipv6/settings", z.unknown());
    const next = client.get("system/resource", z.unknown());
    release();
    expect([first.ok, (await next).ok]).toEqual([false, true]);
    expect([os.overlaps, os.connections, pauses]).toEqual([0, 1, []]);
    expect(requestsOf(world)).toEqual(["GET ipv6/settings", "GET system/resource"]);
  });

  test("before his turn takes his request back: it is never sent", async () => {
    const { client, os, release, ...world } = await aHoldingRouter("GET", 30);
    const reading = client.get("ipv6/settings", z.unknown());
    const queued = client.get("system/identity", z.unknown());
    const answered = await client.write(remove, () => true);
    await Promise.all([reading, queued]);
    release();
    await vi.waitFor(async () =>
      expect(await client.get("system/resource", z.unknown())).toMatchObject({ ok: true }),
    );
    expect(answered).toMatchObject({ ok: false, fault: { kind: "not-sent" } });
    expect(requestsOf(world)[0]).toBe("GET ipv6/settings");
    expect(requestsOf(world)).not.toContain("GET system/identity");
    expect(os.writes).toEqual([]);
  });

  test("during the pause after a broken connection takes his write back, too", async () => {
    let end = () => {};
    const pause = new Promise<void>((resolve) => (end = resolve));
    const clock = { now: () => Date.now(), sleep: () => pause };
    const settings = { stopWaitingMs: 30, allowHttp: true, clock };
    const { client, os } = await aRouterWorld({ rules: [rule], plainHttp: true }, settings);
    os.faults.closeBeforeApply = 1;
    await client.write(remove, () => true);
    const answered = await client.write(remove, () => true);
    end();
    await vi.waitFor(async () =>
      expect(await client.get("system/resource", z.unknown())).toMatchObject({ ok: true }),
    );
    expect(answered).toMatchObject({ ok: false });
    expect(os.writes).toHaveLength(1);
  });

  test("and could not see what became of a rule says that it is uncertain", async () => {
    const { router, os, release } = await aHoldingRouter("PUT", 300);
    os.operator.remove("*1");
    const error = errorOf(await router.ensure(wanted, () => true));
    release();
    expect(error).toMatchObject({ next: "retry", uncertain: true });
    await vi.waitFor(() => expect(os.table()).toHaveLength(1));
  });
});

import { describe, expect, test } from "vitest";
import { createRouterClient } from "../../../agent/router/client.ts";
import { homeRules } from "../../../sim/routeros/home-rules.ts";
import {
  aRouterWorld,
  errorOf,
  PASSWORD,
  requestsOf,
  rule,
  valueOf,
  wanted,
} from "./router-world.ts";

describe("reading", () => {
  test("a GET is tried three times over broken connections, each on a new one", async () => {
    const world = await aRouterWorld();
    world.os.faults.closeGets = 1;
    valueOf(await world.router.look());
    expect(requestsOf(world)).toEqual([
      "GET system/resource",
      "GET system/identity",
      "GET system/resource",
      "GET ipv6/firewall/filter",
    ]);
  });

  test("a GET is given up after three tries, with growing pauses", async () => {
    const { os, router, pauses } = await aRouterWorld();
    os.faults.failGets = 100;
    expect(errorOf(await router.look())).toMatchObject({ next: "retry", uncertain: false });
    expect(pauses).toEqual([5_000, 10_000]);
    expect([os.requests, os.connections]).toEqual([3, 3]);
  });

  test("`Session closed` is tried again", async () => {
    let pausing = () => {};
    const clock = { now: () => Date.now(), sleep: async () => pausing() };
    const { os, router } = await aRouterWorld({ requestLimitMs: 10 }, { clock });
    os.faults.slowMs = 20;
    pausing = () => (os.faults.slowMs = 0);
    expect(valueOf(await router.look()).rules).toEqual([]);
  });

  test("a request without an answer in time is broken off, and the next one waits", async () => {
    const world = await aRouterWorld({}, { timeoutMs: 100 });
    world.os.faults.slowMs = 10_000;
    const error = errorOf(await world.router.look());
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(world.log[0]).toMatchObject({ status: null, detail: expect.stringContaining("100 ms") });
    expect(world.pauses).toEqual([5_000, 10_000]);
  });

  test("an answer that is too large is not taken in", async () => {
    const { router } = await aRouterWorld({ rules: homeRules }, { maxReplyBytes: 500 });
    expect(errorOf(await router.look()).message).toContain("larger than 500 bytes");
  });

  test("control characters left raw in a comment are understood", async () => {
    const { os, router } = await aRouterWorld({
      rules: [{ ...rule, comment: 'tab\t "quoted" \\ line\nend [backon]' }],
    });
    os.faults.rawControlBytes = true;
    expect(valueOf(await router.look()).rules).toMatchObject([
      { comment: 'tab\t "quoted" \\ line\nend [backon]' },
    ]);
  });

  test("each request makes one line for the log: no header, no body", async () => {
    const { router, log } = await aRouterWorld({ rules: homeRules });
    await router.ensure(wanted, () => true);
    expect(log.map(({ method, path, status }) => `${method} ${path} ${status}`)).toEqual([
      "GET /rest/ipv6/firewall/filter 200",
      "GET /rest/system/resource 200",
      "GET /rest/ipv6/settings 200",
      "PUT /rest/ipv6/firewall/filter 201",
      "GET /rest/ipv6/firewall/filter 200",
    ]);
    for (const entry of log)
      expect(Object.keys(entry).toSorted()).toEqual(["detail", "method", "ms", "path", "status"]);
  });

  test("two callers at once never have two requests at the router", async () => {
    const { os, router } = await aRouterWorld({ rules: homeRules });
    os.faults.slowMs = 2;
    const all = await Promise.all([router.look(), router.look(), router.look()]);
    expect(all.every((one) => one.ok)).toBe(true);
    expect(os.overlaps).toBe(0);
    expect(os.connections).toBe(1);
  });
});

describe("the connection", () => {
  test("a router that is not there is said to be unreachable", async () => {
    const { os, router } = await aRouterWorld();
    await os.close();
    const error = errorOf(await router.look());
    expect(error).toMatchObject({ next: "retry", uncertain: false });
    expect(error.message).toContain("ECONNREFUSED");
  });

  test.each([
    ["an unknown CA", { ca: undefined }],
    ["another pinned key", { spkiSha256: "A".repeat(43) + "=" }],
    ["another pinned key and no CA", { ca: undefined, spkiSha256: "A".repeat(43) + "=" }],
    ["another name", { servername: "other.example" }],
  ])("%s ends it before the password is sent", async (_name, settings) => {
    const { os, router, log } = await aRouterWorld({}, settings);
    const error = errorOf(await router.look());
    expect(error.next).toBe("give-up");
    expect(error.message).toContain("no password was sent");
    expect(os.requests).toBe(0);
    expect(log).toHaveLength(1);
  });

  test.each([
    ["an expired certificate", "expired", "expired"],
    ["a certificate for another router", "wrong-name", "altnames"],
    ["no certificate at all", "none", "handshake"],
  ] as const)("%s ends it before the password is sent", async (_name, tls, word) => {
    const { os, router } = await aRouterWorld({ tls });
    const error = errorOf(await router.look());
    expect(error.next).toBe("give-up");
    expect(error.message).toContain(word);
    expect(os.requests).toBe(0);
  });

  test("a self-signed certificate is enough where it is the pinned one", async () => {
    const { router } = await aRouterWorld({ tls: "self-signed" });
    valueOf(await router.look());
  });

  test("the pinned key is enough without a CA", async () => {
    const { os, log } = await aRouterWorld({ certificateFor: "router.example" });
    const { client } = await aRouterWorld(
      {},
      { url: os.url, ca: undefined, spkiSha256: os.spkiSha256 },
    );
    const write = { method: "DELETE", path: "ipv6/firewall/filter/*1" } as const;
    const answered = await client.write(write, () => true);
    expect(answered).toMatchObject({ ok: false, fault: { kind: "not-found" } });
    expect(log).toEqual([]);
  });

  test("a certificate for a name is checked against that name", async () => {
    const { router } = await aRouterWorld(
      { certificateFor: "router.example" },
      { servername: "router.example" },
    );
    valueOf(await router.look());
  });

  test("a router that accepts and then says nothing is given up in time", async () => {
    const { createServer } = await import("node:net");
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const { port } = silent.address() as { port: number };
    const { router } = await aRouterWorld(
      {},
      { url: `https://127.0.0.1:${port}`, connectTimeoutMs: 50 },
    );
    const error = errorOf(await router.look());
    silent.close();
    expect(error.message).toContain("no connection within 50 ms");
  });

  test("plain HTTP is refused unless allowed", async () => {
    const { os, router } = await aRouterWorld({ plainHttp: true }, { allowHttp: true });
    valueOf(await router.look());
    const clock = { now: () => 0, sleep: async () => undefined };
    const settings = { user: "backon", password: PASSWORD, clock, log: () => undefined };
    const refused = errorOf(createRouterClient({ ...settings, url: os.url }));
    expect(refused.next).toBe("give-up");
    expect(refused.message).toContain("ROUTER_ALLOW_HTTP");
  });

  test("a user in the URL is refused and not repeated", () => {
    const clock = { now: () => 0, sleep: async () => undefined };
    const refused = errorOf(
      createRouterClient({
        url: `https://backon:${PASSWORD}@192.0.2.1`,
        user: "backon",
        password: PASSWORD,
        clock,
        log: () => undefined,
      }),
    );
    expect(refused.message).toContain("ROUTER_USER");
    expect(refused.message).not.toContain(PASSWORD);
  });
});

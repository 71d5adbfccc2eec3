// The client can ask for what the two profiles need, and for nothing else.
import { afterEach, describe, expect, test } from "vitest";
import * as z from "zod";
import type { ReadPath, Write } from "../../../agent/router/paths.ts";
import { aListWorld, AUTH, HUB, wantedFor } from "./list-world.ts";
import { aRouterWorld, requestsOf, rule, wanted, type RouterWorld } from "./router-world.ts";

const asked = new Set<string>();
const remember = (world: RouterWorld) => {
  for (const request of requestsOf(world)) asked.add(request.replace(/\*\w+/, "ID"));
};
afterEach(() => asked.clear());

describe("another path", () => {
  test.each([
    "execute",
    "import",
    "system/script",
    "user",
    "ipv6/firewall/filter/print",
    "ipv6/firewall/address-list",
    "ipv6/firewall/address-list?list=a&.query=b",
    "system/identity/../script",
  ])("GET %s is not sent", async (path) => {
    const { client, os } = await aRouterWorld();
    await expect(client.get(path as ReadPath, z.unknown())).rejects.toThrow("does not send");
    expect(os.requests).toBe(0);
  });

  test.each([
    { method: "PUT", path: "system/script", body: {} },
    { method: "POST", path: "execute", body: { script: "/system/reboot" } },
    { method: "POST", path: "ipv6/firewall/filter/remove", body: { numbers: "0" } },
    { method: "DELETE", path: "ipv6/firewall/filter/0" },
    { method: "DELETE", path: "ipv6/firewall/filter/*1/../../../user/*1" },
    { method: "PATCH", path: "ipv6/firewall/filter/*1", body: { disabled: "yes" } },
    { method: "PATCH", path: "user/*1", body: { password: "" } },
  ])("$method $path is not sent", async (write) => {
    const { client, os } = await aRouterWorld();
    await expect(client.write(write as Write, () => true)).rejects.toThrow("does not send");
    expect(os.requests).toBe(0);
  });

  test("does not stop the queue", async () => {
    const { client, router } = await aRouterWorld();
    await expect(client.get("user" as ReadPath, z.unknown())).rejects.toThrow("does not send");
    expect((await router.look()).ok).toBe(true);
  });
});

test("both profiles together ask for these and no others", async () => {
  const prefix = await aRouterWorld({ rules: [rule, rule] });
  await prefix.router.look();
  await prefix.router.ensure(wanted, () => true);
  await prefix.router.withdraw();
  remember(prefix);
  const list = await aListWorld({ switches: { listTimeoutPatch: "refused" } });
  await list.router.look();
  await list.router.ensure(wantedFor(HUB, AUTH), () => true);
  list.os.faults.closeGets = 1;
  await list.router.refresh?.();
  await list.router.withdraw();
  remember(list);
  expect([...asked].toSorted()).toEqual([
    "DELETE ipv6/firewall/address-list/ID",
    "DELETE ipv6/firewall/filter/ID",
    "GET ipv6/firewall/address-list?list=backon-block-v6",
    "GET ipv6/firewall/filter",
    "GET ipv6/settings",
    "GET system/identity",
    "GET system/resource",
    "PATCH ipv6/firewall/address-list/ID",
    "PUT ipv6/firewall/address-list",
    "PUT ipv6/firewall/filter",
  ]);
});

test("an `.id` goes out with its asterisk as it is", async () => {
  const paths: string[] = [];
  const { router } = await aRouterWorld({
    rules: [rule],
    between: (request, next) => {
      paths.push(`${request.method} ${request.path}`);
      return next(request);
    },
  });
  await router.withdraw();
  expect(paths).toContain("DELETE /rest/ipv6/firewall/filter/*1");
});

test("an `.id` of another shape is not believed", async () => {
  const row = { chain: "forward", action: "drop", comment: "[backon]", ".id": "*1/../../user" };
  const { router, os } = await aRouterWorld({
    between: async (request, next) =>
      request.path.endsWith("filter") ? { status: 200, body: [row] } : next(request),
  });
  expect(await router.withdraw()).toMatchObject({ ok: false, error: { next: "retry" } });
  expect(os.writes).toEqual([]);
});

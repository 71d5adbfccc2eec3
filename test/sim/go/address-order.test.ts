import { expect, test } from "vitest";
import { inDialOrder } from "../../../sim/network/go/address-order.ts";

const GLOBAL = { v4: "10.10.0.2", v6: "2a02:810d::2" };

function sorted(addresses: string[], own: { v4: string | null; v6: string | null } = GLOBAL) {
  return inDialOrder(addresses, async (address) => (address.includes(":") ? own.v6 : own.v4));
}

// The expected orders follow from RFC 6724, sections 2.1 and 6, and its examples in section 10.2.
test.each([
  ["a global source", "2a02:810d::2", "v6"],
  ["a documentation source", "2001:db8:10::2", "v6"],
  ["a unique local source", "fd00:10::2", "v4"],
  ["a Teredo source", "2001:0:5ef5:79fd::1", "v4"],
  ["a 6to4 source", "2002:c000:204::1", "v4"],
  ["no source", null, "v4"],
  ["a link-local source", "fe80::1", "v4"],
])("with %s (%s) towards IPv6, %s is dialled first", async (_, v6, first) => {
  const [head] = await sorted(["203.0.113.10", "2600:1f18::10"], { v4: "10.10.0.2", v6 });

  expect(head?.includes(":") ? "v6" : "v4").toBe(first);
});

test("without a source in IPv4, IPv6 is dialled first even from a unique local address", async () => {
  const order = await sorted(["203.0.113.10", "2600:1f18::10"], { v4: null, v6: "fd00::2" });

  expect(order).toEqual(["2600:1f18::10", "203.0.113.10"]);
});

test("a unique local destination loses against IPv4, from a global source", async () => {
  expect(await sorted(["fd00::1", "203.0.113.10"])).toEqual(["203.0.113.10", "fd00::1"]);
});

test("of two IPv6 addresses the one that shares more of the network with the source is first", async () => {
  const order = await sorted(["2600:1f18::10", "2a02:1000::1", "2a02:810d:1::1"]);

  expect(order).toEqual(["2a02:810d:1::1", "2a02:1000::1", "2600:1f18::10"]);
});

test("the interface part of an address does not count", async () => {
  const own = { v4: null, v6: "2600:1f18:0:1::ff00" };

  expect(await sorted(["2600:1f18:0:1::1", "2600:1f18:0:1::ff01"], own)).toEqual([
    "2600:1f18:0:1::1",
    "2600:1f18:0:1::ff01",
  ]);
});

test("IPv4 addresses keep the resolver's order, however near they are", async () => {
  expect(await sorted(["203.0.113.10", "10.10.0.3"])).toEqual(["203.0.113.10", "10.10.0.3"]);
});

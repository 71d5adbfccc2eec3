import { describe, expect, test } from "vitest";
import { areBlocked, canonical, contains, coversAll } from "../../../agent/basics/networks.ts";

describe("a network", () => {
  test.each([
    ["2600:1F18:0:0::5/64", "2600:1f18::/64"],
    ["2600:1f18:2148:bc00:1:2:3:4/64", "2600:1f18:2148:bc00::/64"],
    ["2600:0:0:1::", "2600:0:0:1::/128"],
    ["2001:db8:0:1:1:1:1:1/128", "2001:db8:0:1:1:1:1:1/128"],
    ["192.0.2.0/24", null],
    ["hub.example", null],
    ["fe80::1%eth0/64", null],
    ["2600::/129", null],
  ])("%s is spelled %s", (text, spelled) => {
    expect(canonical(text)).toBe(spelled);
  });

  test.each([
    ["2600:1f18::/32", "2600:1f18:2148::/48", true],
    ["2600:1f18:2148::/48", "2600:1f18::/32", false],
    ["2600:1f18::/32", "2600:1f19::/64", false],
    ["2600:1f18::/32", "2600:1f18::1", true],
    ["hub.example", "2600::/64", false],
  ])("%s holds %s: %s", (outer, inner, held) => {
    expect(contains(outer, inner)).toBe(held);
  });
});

test.each([
  ["2600:1f18::/32", ["2600:1f18::1", "2600:1F18:ffff::2"], true],
  ["2600:1f18::/32", ["2600:1f18::1", "2600:1f19::1"], false],
  ["2600:1f18::/32", [], true],
  ["2600:1f18::/32", ["192.0.2.1"], false],
  ["2600:1f18::/32", ["2600:1f18::1%eth0"], false],
  ["not a prefix", ["2600:1f18::1"], false],
  ["not a prefix", [], false],
])("%s covers all of %j: %s", (prefix, addresses, all) => {
  expect(coversAll(prefix, addresses)).toBe(all);
});

test("addresses are blocked if each lies in one of the networks", () => {
  const networks = ["2600:1f18:1::/64", "2600:1f18:2::/64"];

  expect(areBlocked(["2600:1f18:1::1", "2600:1f18:2::1"], networks)).toBe(true);
  expect(areBlocked(["2600:1f18:1::1", "2600:1f18:3::1"], networks)).toBe(false);
});

import { describe, expect, test } from "vitest";
import { canonical, contains } from "../../../agent/router/network.ts";

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

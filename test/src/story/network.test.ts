// Which address lies in which IPv6 network.
import { expect, test } from "vitest";
import { liesIn } from "../../../src/story/network.ts";

test.each([
  ["2600:1f18::/32", "2600:1f18:2148:bc00::10", true],
  ["2600:1f18::/32", "2600:1F18:0:0:0:0:0:1", true],
  ["2600:1f18::/32", "2600:1f19::1", false],
  ["2600:1f18:2148:bc00::/63", "2600:1f18:2148:bc01::10", true],
  ["2600:1f18:2148:bc00::/64", "2600:1f18:2148:bc01::10", false],
  ["::/0", "2001:db8::", true],
  ["2001:db8::1/128", "2001:db8::1", true],
  ["2600:1f18::", "2600:1f18::1", false],
  ["2600:1f18::/x", "2600:1f18::1", false],
  ["2600:1f18::/32", "192.0.2.1", false],
  ["2600:1f18::/32", "2600:1f18::1::2", false],
  ["2600:1f18::/32", "2600:1f18:0:0:0:0:0:0:1", false],
  ["2600:1f18::/32", "", false],
])("%s holds %s: %s", (network, address, expected) => {
  expect(liesIn(network, address)).toBe(expected);
});

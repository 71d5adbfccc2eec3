import { expect, test } from "vitest";
import { reasonsNotHelped } from "../../../agent/plan/helped.ts";
import type { Verified } from "../../../agent/ports/network.ts";
import type { Reading } from "../../../src/protocol/round.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { aRound, CONTROLS, HUB, type Path, type Paths } from "../../support/a-round.ts";

const ADDRESS = "2600:1f18:2148:bc00::10";

function dialled(host: string, family: "v4" | "v6", path: Path): Reading[] {
  const paths: Paths = { [host]: [path, path] };
  return aRound({ hosts: [host], paths })
    .readings.filter((r) => r.family === family)
    .slice(0, 1);
}

function aVerified(changes: Partial<Verified> = {}): Verified {
  return {
    blocked: [{ host: HUB, address: ADDRESS, blocked: true, ms: 3, detail: "EHOSTUNREACH" }],
    dials: dialled(HUB, "v4", "ok"),
    controls: CONTROLS.flatMap((host) => dialled(host, "v6", "ok")),
    ...changes,
  };
}

function reasons(verified: Verified, before: Paths = {}, counters = { before: 5n, after: 8n }) {
  return reasonsNotHelped(
    verified,
    { round: aRound({ paths: before }), counters },
    aPolicy().ipv6Controls,
  );
}

test("IPv6 is silent, the counter grew, clients get through, controls are as before: it helped", () => {
  expect(reasons(aVerified())).toEqual([]);
});

test("an address that still answers", () => {
  const open = { host: HUB, address: ADDRESS, blocked: false, ms: 3, detail: "SYN-ACK" };

  expect(reasons(aVerified({ blocked: [open] }))).toEqual([
    `${ADDRESS} (${HUB}) still answers over IPv6`,
  ]);
});

test("a counter that stands still, also where a number would not tell", () => {
  const huge = 2n ** 63n;

  expect(reasons(aVerified(), {}, { before: huge, after: huge })).toEqual([
    "the rule counted no packet, so this node's IPv6 goes past it: look at hardware offload (L3HW, a bridge with hw=yes), an IPv6 fasttrack rule, another gateway or a second router (VRRP), or an earlier rule",
  ]);
  expect(reasons(aVerified(), {}, { before: huge, after: huge + 1n })).toEqual([]);
});

test("a client that does not get through", () => {
  expect(reasons(aVerified({ dials: dialled(HUB, "v4", "tls stall") }))).toEqual([
    `a client's dial to ${HUB} ended timeout after tcp`,
  ]);
});

test("a control that worked before and does not now", () => {
  const controls = dialled(CONTROLS[0], "v6", "ok");

  expect(reasons(aVerified({ controls }))).toEqual([
    `the control ${CONTROLS[1]} worked over IPv6 before and does not now`,
  ]);
});

test("a control that did not work before says nothing", () => {
  const controls = dialled(CONTROLS[0], "v6", "ok");

  expect(reasons(aVerified({ controls }), { [CONTROLS[1]]: ["ok", "no route"] })).toEqual([]);
});

test.each([
  ["that a restart or a person set to nothing, and that counts again", 500n, 3n, true],
  ["that was set to nothing and counts nothing", 500n, 0n, false],
  ["that stands still", 500n, 500n, false],
])("a counter %s", (_what, before, after, helps) => {
  expect(reasons(aVerified(), {}, { before, after })).toHaveLength(helps ? 0 : 1);
});

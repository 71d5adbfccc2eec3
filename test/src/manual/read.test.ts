import { expect, test } from "vitest";
import { readManual } from "../../../src/manual/read.ts";

test.each(["remediate", "diagnose", "withdraw"])("%s becomes a person's signal", (kind) => {
  expect(readManual({ kind }, "alice")).toEqual({
    ok: true,
    cluster: null,
    signal: {
      kind,
      origin: { via: "api", by: "alice", person: true },
      registry: null,
      targets: [],
      truncatedAlerts: 0,
    },
  });
});

test("the cluster comes back beside the signal", () => {
  expect(readManual({ kind: "diagnose", cluster: "home" }, "alice")).toMatchObject({
    ok: true,
    cluster: "home",
  });
});

test.each([
  ["docker.io", "registry-1.docker.io"],
  ["Docker.IO", "registry-1.docker.io"],
  ["index.docker.io", "registry-1.docker.io"],
  ["registry-1.docker.io", "registry-1.docker.io"],
  ["GHCR.io", "ghcr.io"],
  ["a1.b-2.example", "a1.b-2.example"],
  [`${"a.".repeat(126)}b`, `${"a.".repeat(126)}b`],
])("the registry %s is asked for at %s", (registry, host) => {
  expect(readManual({ kind: "diagnose", registry }, "alice")).toMatchObject({
    ok: true,
    signal: { registry: host },
  });
});

test.each([
  "",
  "registry",
  "https://ghcr.io",
  "ghcr.io/library",
  "ghcr.io:443",
  "ghcr.io.",
  ".ghcr.io",
  "-a.example",
  "a-.example",
  "a..example",
  "192.0.2.1",
  "2001:db8::1",
  "user@ghcr.io",
  "ghcr.io\n",
  "gh cr.io",
  "ghçr.io",
  `${"a".repeat(64)}.example`,
  `${"a.".repeat(127)}b`,
  5,
  null,
])("%j is no registry", (registry) => {
  expect(readManual({ kind: "diagnose", registry }, "alice")).toEqual({
    ok: false,
    detail: expect.stringMatching(/^registry: .+$/),
  });
});

test("a recheck is refused, because the Worker queues it", () => {
  expect(readManual({ kind: "recheck" }, "alice")).toEqual({
    ok: false,
    detail: "kind: recheck jobs are queued by the Worker itself",
  });
});

test.each([[{}], [{ kind: "reboot" }], [{ kind: 1 }]])("%j is told the kinds", (body) => {
  expect(readManual(body, "alice")).toEqual({
    ok: false,
    detail: "kind: one of remediate, diagnose, withdraw",
  });
});

test.each(["mine", "all"])("an undo may be for %s", (scope) => {
  expect(readManual({ kind: "withdraw", scope }, "alice")).toMatchObject({
    ok: true,
    signal: { kind: "withdraw", scope },
  });
});

test.each([
  [
    { kind: "withdraw", scope: "everyone" },
    "scope: mine, or all: for every cluster that uses the router",
  ],
  [
    { kind: "remediate", scope: "all" },
    "scope: only an undo has one (kind withdraw, not remediate)",
  ],
])("%j is refused", (body, detail) => {
  expect(readManual(body, "alice")).toEqual({ ok: false, detail });
});

test("an unknown key is named, and the known ones are", () => {
  expect(readManual({ kind: "diagnose", registy: "ghcr.io" }, "alice")).toEqual({
    ok: false,
    detail: 'unknown "registy"; the keys are kind, cluster, registry, scope',
  });
});

test("every fault is named at once, on one line", () => {
  const answer = readManual({ kind: "x", cluster: "a b", registry: "x", "a\nb": 1 }, "alice");

  expect(answer).toEqual({
    ok: false,
    detail: expect.stringMatching(/^kind: .+; cluster: .+; registry: .+; unknown "a\\nb"; .+$/),
  });
});

test("a cluster of another type than text is named with what was expected", () => {
  expect(readManual({ kind: "diagnose", cluster: 7 }, "alice")).toEqual({
    ok: false,
    detail: "cluster: Invalid input: expected string, received number",
  });
});

test.each([[null], [[]], ["diagnose"], [undefined]])("%j is no request", (body) => {
  expect(readManual(body, "alice")).toEqual({
    ok: false,
    detail: 'expected a JSON object such as {"kind":"diagnose"}',
  });
});

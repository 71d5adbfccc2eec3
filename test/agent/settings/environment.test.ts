import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readSettings, type Environment } from "../../../agent/settings/environment.ts";
import { policyOf } from "../../../agent/settings/policy.ts";
import { ROUTER, settingsOf } from "../../support/a-policy.ts";

const SECRET = "a-secret-that-nobody-may-read";

function faultsOf(env: Environment): string {
  const read = readSettings(env);
  if (read.ok) throw new Error("it was taken, but should have been refused");
  return read.message;
}

/** A file that is gone after the test. */
function aFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "backon-config-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "secret");
  writeFileSync(path, text);
  return path;
}

describe("an empty environment", () => {
  test("is a careful agent: observe, the usual prefix, docker.io's hosts", () => {
    expect(settingsOf({})).toMatchObject({
      MODE: "observe",
      STOP_GAP: "ask",
      PROFILE: "prefix",
      PREFIX: "2600:1f18::/32",
      RULE_LIFE: "keep",
      RULE_HOSTS: ["registry-1.docker.io", "auth.docker.io"],
      DENIED_NAMESPACES: ["kube-system"],
      MAX_PODS: 50,
      TLS_TIMEOUT_MS: 10_000,
      TCP_TIMEOUT_MS: 5_000,
      DNS_TIMEOUT_MS: 5_000,
      WATCH_MS: 360_000,
      LEASE_RESERVE_MS: 75_000,
      RENEW_MS: 20_000,
    });
  });

  test("other variables are not ours, and empty ones count as unset", () => {
    expect(settingsOf({ HOME: "/root", MODE_X: "1", MODE: "", MAX_PODS: "" })).toMatchObject({
      MODE: "observe",
      MAX_PODS: 50,
    });
  });
});

test("a proxy is read in small letters too, as Go does, and the large ones win", () => {
  const small = { https_proxy: "http://small.lan:3128", no_proxy: "docker.io,10.0.0.0/8" };

  expect(settingsOf(small)).toMatchObject({
    HTTPS_PROXY: "http://small.lan:3128",
    NO_PROXY: ["docker.io", "10.0.0.0/8"],
  });
  expect(settingsOf({ ...small, HTTPS_PROXY: "large.lan:3128" }).HTTPS_PROXY).toBe(
    "large.lan:3128",
  );
});

test.each([
  [{}, "icmp-address-unreachable"],
  [{ PROFILE: "address-list" }, "tcp-reset"],
  [{ PROFILE: "address-list", REJECT_WITH: "icmp-no-route" }, "icmp-no-route"],
])("%j refuses with %s", (env, rejectWith) => {
  expect(policyOf(settingsOf(env)).rejectWith).toBe(rejectWith);
});

test("entries may be refreshed twice in their lifetime; without entries nothing is asked of it", () => {
  const half = { ENTRY_REFRESH_MS: "6000", ENTRY_LIFETIME_MS: "12000" };

  expect(settingsOf({ PROFILE: "address-list", ...half })).toMatchObject({
    ENTRY_REFRESH_MS: 6000,
  });
  expect(settingsOf({ ENTRY_REFRESH_MS: "0" })).toMatchObject({ ENTRY_REFRESH_MS: 0 });
});

describe("each fault is named with its value and what is allowed", () => {
  test.each([
    [{ MODE: "automatic" }, 'MODE="automatic": ', '"observe"|"approve"|"auto"'],
    [{ STOP_GAP: "yes" }, 'STOP_GAP="yes": ', '"ask"|"never"|"allow"'],
    [{ PREFIX: "2600::/16" }, 'PREFIX="2600::/16": ', "/32 or longer"],
    [{ PREFIX: "2600:1f18::1/32" }, 'PREFIX="2600:1f18::1/32": ', "no bits set after the prefix"],
    [{ PREFIX: "10.0.0.0/8" }, 'PREFIX="10.0.0.0/8": ', "an IPv6 network"],
    [{ HTTPS_PROXY: "me:pw-of-nobody@:x" }, 'HTTPS_PROXY="…@:x": ', "http://proxy.lan:3128"],
    [{ ADDRESS_LIST: "a list" }, 'ADDRESS_LIST="a list": ', "letters, digits, dots and dashes"],
    [{ REJECT_WITH: "drop" }, 'REJECT_WITH="drop": ', '"tcp-reset"'],
    [{ NEW_ONLY: "true" }, 'NEW_ONLY="true": ', '"yes"|"no"'],
    [{ MAX_PODS: "0" }, 'MAX_PODS="0": ', "between 1 and 500"],
    [{ MAX_PODS: "many" }, 'MAX_PODS="many": ', "a whole number"],
    [{ RESTARTS_PER_SECOND: "6" }, 'RESTARTS_PER_SECOND="6": ', "between 1 and 5"],
    [{ WATCH_MS: "6m" }, 'WATCH_MS="6m": ', "a whole number of milliseconds"],
    [
      { WORKER_URL: "backon.example" },
      'WORKER_URL="backon.example": ',
      "a http:// or https:// URL",
    ],
    [{ HEALTH_PORT: "70000" }, 'HEALTH_PORT="70000": ', "a port number"],
    [{ RESTART_METHOD: "kill" }, 'RESTART_METHOD="kill": ', '"evict"|"delete"'],
    [{ IPV6_CONTROLS: "one.one.one.one" }, "IPV6_CONTROLS=one.one.one.one: ", "at least two hosts"],
    ...["off", "http://192.0.2.1/dns-query", "https://u:p@resolver.example/"].map(
      (value): [Environment, string, string] => [
        { SECOND_RESOLVER: value },
        "SECOND_RESOLVER=",
        value.includes("@") ? "without a user or password" : "a https:// URL of a resolver",
      ],
    ),
    [
      { PROFILE: "address-list", ENTRY_REFRESH_MS: "0" },
      "ENTRY_REFRESH_MS=0: ",
      "more than 0, and at most half of ENTRY_LIFETIME_MS=1800000",
    ],
    [
      { PROFILE: "address-list", ENTRY_REFRESH_MS: "6001", ENTRY_LIFETIME_MS: "12000" },
      "ENTRY_REFRESH_MS=6001: ",
      "at most half of ENTRY_LIFETIME_MS=12000",
    ],
    [{ EXTRA_CA_FILE: "/no/such.pem" }, "EXTRA_CA_FILE=/no/such.pem: ", "there is no such file"],
    [{ ROUTER_URL: "https://192.0.2.1" }, "ROUTER_URL=https://192.0.2.1: ", "also set ROUTER_USER"],
    [
      { ...ROUTER, ROUTER_URL: "http://192.0.2.1" },
      "ROUTER_URL=http://192.0.2.1: ",
      "ROUTER_ALLOW_HTTP=yes",
    ],
    [{ ...ROUTER, ROUTER_SPKI_SHA256: "abc" }, "ROUTER_SPKI_SHA256=abc: ", "44 characters"],
    [
      { KUBERNETES_URL: "https://192.0.2.7:6443" },
      "KUBERNETES_URL=https://192.0.2.7:6443: ",
      "outside a pod also set KUBERNETES_TOKEN (or _FILE)",
    ],
    [{ ...ROUTER, ROUTER_CA_FILE: "/no/ca.pem" }, "ROUTER_CA_FILE=/no/ca.pem: ", "no such file"],
  ])("%j", (env, named, allowed) => {
    const message = faultsOf(env);

    expect(message).toContain("1 fault(s)");
    expect(message).toContain(named);
    expect(message).toContain(allowed);
  });

  test("all of them in one message", () => {
    const message = faultsOf({ MODE: "x", MAX_PODS: "x", PREFIX: "x", WORKER_URL: "x" });

    expect(message).toContain("4 fault(s); nothing was started.");
    expect(message.split("\n")).toHaveLength(5);
  });
});

describe("secrets", () => {
  test("are never shown, not even the wrong ones", () => {
    const message = faultsOf({ WORKER_TOKEN: "too-short", ROUTER_PASSWORD: SECRET, MODE: "x" });

    expect(message).toContain("WORKER_TOKEN=(a secret, not shown)");
    expect(message).not.toContain("too-short");
    expect(message).not.toContain(SECRET);
  });

  test.each(["WORKER_TOKEN", "ROUTER_PASSWORD", "KUBERNETES_TOKEN"])(
    "%s may come from a file, without its trailing newline, and the file wins",
    (name) => {
      const settings = settingsOf({
        [name]: "from-the-environment-long",
        [`${name}_FILE`]: aFile(`${SECRET}\n`),
      });

      expect(settings).toMatchObject({ [name]: SECRET });
    },
  );

  test("a file that can't be read is a fault by its name", () => {
    const message = faultsOf({ ...ROUTER, ROUTER_PASSWORD_FILE: "/no/such/secret" });

    expect(message).toContain("ROUTER_PASSWORD_FILE=/no/such/secret: cannot be read");
    expect(message).not.toContain(ROUTER.ROUTER_PASSWORD);
  });

  test.each(["ROUTER_URL", "WORKER_URL", "KUBERNETES_URL"])(
    "a password inside %s is refused and not shown",
    (name) => {
      const message = faultsOf({ ...ROUTER, [name]: `https://admin:${SECRET}@192.0.2.1` });

      expect(message).toContain(`${name}=`);
      expect(message).toContain("without a user or password in it");
      expect(message).not.toContain(SECRET);
    },
  );

  test("a password inside a URL that is no URL is not shown either", () => {
    expect(faultsOf({ ROUTER_URL: `ftp://admin:${SECRET}@192.0.2.1` })).not.toContain(SECRET);
  });
});

describe("what this cluster's agent may do", () => {
  test("lists are split at commas, in small letters", () => {
    const settings = settingsOf({
      NAMESPACES: " Shop, blog ,,",
      DENIED_NAMESPACES: "kube-system,x",
    });

    expect(policyOf(settings)).toMatchObject({
      namespaces: ["shop", "blog"],
      deniedNamespaces: ["kube-system", "x"],
    });
  });

  test("its own pod and node come from the downward API", () => {
    expect(policyOf(settingsOf({ POD_UID: "u-1", NODE_NAME: "node-a" }))).toMatchObject({
      ownPodUid: "u-1",
      ownNode: "node-a",
    });
  });
});

test("one message names every fault, also those between settings", () => {
  const message = faultsOf({
    MODE: "atuo",
    ROUTER_URL: "http://192.0.2.1",
    IPV6_CONTROLS: "one.one.one.one",
    EXTRA_CA_FILE: "/nowhere/ca.pem",
  });

  expect(message).toContain("have 5 fault(s)");
  for (const name of ["MODE=", "ROUTER_USER", "http://", "IPV6_CONTROLS=", "EXTRA_CA_FILE="])
    expect(message).toContain(name);
});

test("a token file with npm's banner in it is refused, with the command that prints none", () => {
  const file = aFile(
    "\n> backon@0.1.0 token\n> node scripts/token.ts\n\neyJhbGciOiJIUzI1NiJ9.e30.sig\n",
  );

  const message = faultsOf({ WORKER_TOKEN_FILE: file });

  expect(message).toContain("npm run --silent token");
  expect(message).not.toContain("eyJ");
});

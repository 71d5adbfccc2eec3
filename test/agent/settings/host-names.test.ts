// A host name that is not quite one would match nothing, and the rule would never be written or withdrawn.
import { expect, test } from "vitest";
import { readSettings, type Environment } from "../../../agent/settings/environment.ts";
import { ROUTER, settingsOf } from "../../support/a-policy.ts";

const faultOf = (env: Environment): string => {
  const read = readSettings({ ...ROUTER, ...env });
  return read.ok ? "" : read.message;
};

test.each(["RULE_HOSTS", "BLOB_HOSTS"] as const)(
  "%s: case, spaces, copies and the dot at the end do not count",
  (name) => {
    const env = { [name]: " Auth.Docker.IO.,auth.docker.io, a.example " };

    expect(settingsOf({ ...ROUTER, ...env })[name]).toEqual(["auth.docker.io", "a.example"]);
  },
);

test.each([
  "auth.docker.io:443",
  "https://auth.docker.io",
  "auth.docker.io/v2",
  "192.0.2.1",
  "2001:db8::1",
  "two words.example",
  "localhost",
  "*.docker.io",
])("RULE_HOSTS=%s is refused by name", (value) => {
  expect(faultOf({ RULE_HOSTS: `registry-1.docker.io,${value}` })).toContain("RULE_HOSTS=");
});

test("RULE_HOSTS without any host is refused", () => {
  expect(faultOf({ RULE_HOSTS: "," })).toContain("at least one host");
});

test("the list of the clusters' markers is no list to block", () => {
  expect(faultOf({ ADDRESS_LIST: "backon-clusters" })).toContain("ADDRESS_LIST=");
});

test("a PREFIX that no entry fits into is refused with PROFILE=address-list", () => {
  const env = { PREFIX: "2600:1f18:2148::/80" };

  expect(faultOf({ ...env, PROFILE: "address-list" })).toContain("no longer than /64");
  expect(faultOf(env)).toBe("");
});

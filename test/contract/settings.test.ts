// Which router is checked, and what a run is refused for.
import { expect, test } from "vitest";
import { readSettings } from "./settings.ts";

const router = {
  ROUTEROS_URL: "https://192.0.2.1",
  ROUTEROS_USER: "admin",
  ROUTEROS_PASSWORD: "hidden-word",
};

test("without ROUTEROS_URL the simulated router is checked", () => {
  expect(readSettings([], {})).toEqual({
    ok: true,
    settings: { mutants: false, json: false, yes: false, users: false, router: null },
  });
});

test("with ROUTEROS_URL that router is", () => {
  expect(readSettings(["--yes", "--users", "--json"], router)).toMatchObject({
    settings: {
      json: true,
      yes: true,
      users: true,
      router: { url: router.ROUTEROS_URL, login: { user: "admin", password: "hidden-word" } },
    },
  });
});

test.each([
  [["--bogus"], {}, "--bogus"],
  [["more"], {}, "more"],
  [["--mutants"], {}, "a simulated router only"],
  [[], { ROUTEROS_URL: "http://192.0.2.1" }, "--plain-http"],
  [["--plain-http"], { ROUTEROS_URL: "ftp://192.0.2.1" }, "ROUTEROS_URL=ftp://192.0.2.1"],
  [[], { ROUTEROS_URL: "nonsense" }, "ROUTEROS_URL=nonsense"],
  [[], { ROUTEROS_URL: "https://a:b@192.0.2.1" }, "without a user in it"],
  [[], { ROUTEROS_USER: "" }, "ROUTEROS_USER"],
  [[], { ROUTEROS_PASSWORD: undefined }, "ROUTEROS_PASSWORD_FILE"],
  [[], { ROUTEROS_CA_FILE: "/no/such/ca.pem" }, "ROUTEROS_CA_FILE=/no/such/ca.pem: ENOENT"],
])("%j with %j is refused and says why", (args, environment, why) => {
  const parsed = readSettings(args, { ...router, ...environment });
  expect(parsed).toMatchObject({ ok: false, error: expect.stringContaining(why) });
  expect(JSON.stringify(parsed)).not.toContain("hidden-word");
});

test("plain HTTP is used where it is asked for", () => {
  const parsed = readSettings(["--plain-http"], { ...router, ROUTEROS_URL: "http://192.0.2.1" });
  expect(parsed.ok).toBe(true);
});

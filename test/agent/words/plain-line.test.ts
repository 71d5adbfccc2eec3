// What comes from outside is shown, and never obeyed by the terminal: alone, and in each command that
// prints it.
import { expect, onTestFinished, test } from "vitest";
import { groupAsText } from "../../../agent/commands/doctor/as-text.ts";
import { plainLine } from "../../../agent/words/plain-line.ts";
import type { Dialer } from "../../../agent/probe/dialer.ts";
import { startRouterOs } from "../../../sim/routeros/server.ts";
import { agentCommand } from "../../support/agent-command.ts";
import { aFile } from "../commands/doctor/doctor-world.ts";

const EVIL = "a\u001B[2J\u009B31m\u202Eb\r\nc\u2028d";
const SHOWN = "a<U+001B>[2J<U+009B>31m<U+202E>b<U+000D><U+000A>c<U+2028>d";

test.each([
  ["orders to a terminal", EVIL, SHOWN],
  [
    "what hides",
    "\u0000\t\u007F\u200B\u2066\uFEFFx",
    "<U+0000><U+0009><U+007F><U+200B><U+2066><U+FEFF>x",
  ],
  ["tags beyond the first plane", "\u{E0041}x", "<U+E0041>x"],
  ["other letters and signs", "→ “Ünïcode” 名前 🙂 stays", "→ “Ünïcode” 名前 🙂 stays"],
  [
    "the end of a line",
    "an error of OpenSSL ends with a line\n",
    "an error of OpenSSL ends with a line",
  ],
])("%s", (_what, text, shown) => {
  expect(plainLine(text)).toBe(shown);
});

test("doctor: what was found and how to mend it, a line each", () => {
  const check = { group: "router", mark: "FAULT", what: "login", on: "192.0.2.1" } as const;

  const text = groupAsText([{ ...check, found: EVIL, mend: [EVIL] }]);

  expect(text).toBe(`FAULT    router (192.0.2.1), login: ${SHOWN}\n           → ${SHOWN}\n`);
});

test("withdraw: the router's own words", async () => {
  const os = await startRouterOs({
    user: "backon",
    password: "a-very-secret-password",
    between: async () => ({ status: 400, body: { error: 400, message: EVIL, detail: EVIL } }),
  });
  onTestFinished(() => os.close());

  const { out } = await agentCommand(["withdraw"], {
    ROUTER_URL: os.url,
    ROUTER_USER: "backon",
    ROUTER_PASSWORD: "a-very-secret-password",
    ROUTER_CA_FILE: aFile(os.ca),
    ROUTER_PAUSE_MS: "1",
  });

  expect(out).toContain("<U+001B>[2J<U+009B>31m<U+202E>b");
  expect(out.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test("diagnose: why each try failed", async () => {
  const dialer: Dialer = {
    connect: () => Promise.reject(new Error(EVIL)),
    source: async () => "192.0.2.9",
  };
  const HOSTS_FILE = aFile("192.0.2.1 registry.example one.one.one.one registry.k8s.io\n");

  const { out } = await agentCommand(["diagnose", "registry.example"], { HOSTS_FILE }, { dialer });

  expect(out).toContain(SHOWN);
  expect(out.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

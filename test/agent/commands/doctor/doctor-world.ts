// `doctor --json` run to its end, and a simulated router for it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Check, Group } from "../../../../agent/commands/doctor/check.ts";
import { doctorCommand } from "../../../../agent/commands/doctor.ts";
import type { Words } from "../../../../agent/commands/words.ts";
import { directDialer } from "../../../../agent/probe/dialer.ts";
import type { RouterCommands } from "../../../../agent/commands/doctor/setup-as-console.ts";
import { homeRules } from "../../../../sim/routeros/home-rules.ts";
import {
  startRouterOs,
  type RouterOs,
  type RouterOsOptions,
} from "../../../../sim/routeros/server.ts";
import { settingsOf } from "../../../support/a-policy.ts";

export const PASSWORD = "a-very-secret-password";

export type Looked = {
  readonly code: number;
  /** All that was printed. */
  readonly text: string;
  readonly commands: RouterCommands;
  line(group: Group, what: string): Check | undefined;
  /** What is at fault in this group. */
  faults(group: Group): string[];
};

type Outside = Partial<Parameters<typeof doctorCommand>[2]>;

const JSON_ONLY: Words = { flags: new Set(["json"]), values: new Map(), others: [] };

/** One run. Where `env` says nothing of names and limits, they fail at once. */
export async function doctor(
  env: Readonly<Record<string, string>>,
  outside: Outside = {},
): Promise<Looked> {
  let text = "";
  const say = (more: string): void => void (text += more);
  const quick = { DNS_SERVERS: "127.0.0.1:9", DNS_TIMEOUT_MS: "20", HOSTS_FILE: "/dev/null" };
  const code = await doctorCommand(JSON_ONLY, settingsOf({ ...quick, ...env }), {
    dialer: directDialer(),
    out: say,
    err: say,
    ...outside,
  });
  const { checks, commands } = JSON.parse(text) as { checks: Check[]; commands: RouterCommands };
  return {
    code,
    text,
    commands,
    line: (group, what) => checks.find((one) => one.group === group && one.what === what),
    faults: (group) =>
      checks.flatMap((one) => (one.group === group && one.mark === "FAULT" ? [one.what] : [])),
  };
}

export type RouterWorld = {
  readonly os: RouterOs;
  readonly look: (env?: Readonly<Record<string, string>>, outside?: Outside) => Promise<Looked>;
};

/** A router of its own for one test, and a doctor who knows its address, user and CA. */
export async function aRouter(options: Partial<RouterOsOptions> = {}): Promise<RouterWorld> {
  const os = await startRouterOs({
    user: "backon",
    password: PASSWORD,
    loginDelayMs: 1,
    rules: homeRules,
    ...options,
  });
  onTestFinished(() => os.close());
  const env = {
    ROUTER_URL: os.url,
    ROUTER_USER: "backon",
    ROUTER_PASSWORD: PASSWORD,
    ROUTER_PAUSE_MS: "1",
    ROUTER_CA_FILE: os.ca === "" ? "" : aFile(os.ca),
  };
  return { os, look: (changes = {}, outside = {}) => doctor({ ...env, ...changes }, outside) };
}

/** A file with this text, gone when the test is over. */
export function aFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "backon-doctor-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "ca.pem");
  writeFileSync(path, text);
  return path;
}

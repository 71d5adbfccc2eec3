// Which router the contract is checked on: the environment and the command line.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Target } from "./rest-client.ts";

export type Settings = {
  readonly mutants: boolean;
  readonly json: boolean;
  /** No question before a real router is written to. */
  readonly yes: boolean;
  /** Users and groups may be made on a real router. */
  readonly users: boolean;
  /** Null: a simulated router. */
  readonly router: Omit<Target, "pause"> | null;
};

type Environment = Readonly<Record<string, string | undefined>>;
type Parsed =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly error: string };

export const USAGE = `npm run contract [-- --yes] [--users] [--plain-http] [--json]
npm run contract:mutants [-- --json]

Checks what the simulated router does, or a real one if ROUTEROS_URL is set.

  ROUTEROS_URL                  https://ROUTER; http:// only with --plain-http
  ROUTEROS_USER                 a user with read, write, api, rest-api (and test for fetches)
  ROUTEROS_PASSWORD, or _FILE   its password, or a file that holds it
  ROUTEROS_CA_FILE              the CA's certificate, PEM; left out: this computer's trust
  --users                       makes users and groups, too (the user needs policy)
  --yes                         does not ask before it starts
`;

/** Every fault in one message; a password is never in it. */
export function readSettings(args: readonly string[], environment: Environment): Parsed {
  const flags = { type: "boolean", default: false } as const;
  const options = { mutants: flags, json: flags, yes: flags, users: flags, "plain-http": flags };
  try {
    const { values } = parseArgs({ args: [...args], options, strict: true });
    const { mutants, json, yes, users } = values;
    const faults: string[] = [];
    const router = routerIn(environment, values["plain-http"], faults);
    if (mutants && router !== null) faults.push("--mutants breaks a simulated router only");
    if (faults.length > 0) return { ok: false, error: faults.join("\n") };
    return { ok: true, settings: { mutants, json, yes, users, router } };
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    return { ok: false, error: cause.message };
  }
}

function routerIn(
  environment: Environment,
  plainHttp: boolean,
  faults: string[],
): Settings["router"] {
  const url = environment["ROUTEROS_URL"] ?? "";
  if (url === "") return null;
  if (!URL.canParse(url)) faults.push(`ROUTEROS_URL=${url}: an address like https://192.0.2.1`);
  else if (new URL(url).username !== "") faults.push("ROUTEROS_URL: without a user in it");
  else if (!/^https?:/.test(url) || (url.startsWith("http:") && !plainHttp))
    faults.push(`ROUTEROS_URL=${url}: https://, or http:// with --plain-http`);
  const user = environment["ROUTEROS_USER"] ?? "";
  if (user === "") faults.push("ROUTEROS_USER: the user's name");
  const file = environment["ROUTEROS_PASSWORD_FILE"] ?? "";
  const password =
    environment["ROUTEROS_PASSWORD"] ?? fileText(file, "PASSWORD", faults)?.replace(/\r?\n$/, "");
  if (password === undefined)
    faults.push("ROUTEROS_PASSWORD or ROUTEROS_PASSWORD_FILE: the password");
  const ca = fileText(environment["ROUTEROS_CA_FILE"] ?? "", "CA", faults);
  const login = { user, password: password ?? "" };
  return { url, login, ...(ca === null ? {} : { ca }) };
}

function fileText(path: string, what: string, faults: string[]): string | null {
  if (path === "") return null;
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    faults.push(`ROUTEROS_${what}_FILE=${path}: ${(cause as NodeJS.ErrnoException).code}`);
    return "";
  }
}

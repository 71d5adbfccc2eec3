// `deploy`: the Worker to Cloudflare by wrangler. The first time it makes TOKEN_KEY, hands it to
// Cloudflare, and prints the first operator token: the only moment at which anybody here knows the key.
// Later times it deploys the code and touches no secret.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { Process } from "../agent/commands/command-line.ts";
import type { Words } from "../agent/commands/words.ts";
import { mintToken } from "../src/http/tokens.ts";

/** Beside `src` and wrangler.toml, in a checkout and in the package. */
const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** The one that package.json names. */
const WRANGLER = "wrangler@4.156.2";

/** The exit code. */
export async function deploy({ flags }: Words, process: Process): Promise<number> {
  const { out, err } = process;
  const json = flags.has("json");
  const output = json ? "pipe" : "inherit";
  const ended = (status: number, more: object = {}): number => {
    if (json) out(`${JSON.stringify({ ok: status === 0, ...more })}\n`);
    return status;
  };
  if (flags.has("dry-run")) return ended(wrangler(["deploy", "--dry-run"], output, err).status);
  const known = secretNames(err);
  if (known === null) return ended(1);
  if (known.includes("TOKEN_KEY") && !flags.has("new-key")) {
    if (!json) out("TOKEN_KEY is there already and stays; its tokens stay good.\n");
    return ended(wrangler(["deploy"], output, err).status);
  }
  const { status, said, token } = await deployWithNewKey(err);
  if (!json) out(said);
  const url = /https:\/\/\S+\.workers\.dev/.exec(said)?.[0];
  if (token === null) return ended(status);
  if (!json) out(nextSteps(token, url ?? "https://YOUR-WORKER"));
  return ended(0, { url: url ?? null, token });
}

type Deployed = { readonly status: number; readonly said: string; readonly token: string | null };

/** The key goes to wrangler in a file that only this user can read and that is removed at once. */
async function deployWithNewKey(err: Process["err"]): Promise<Deployed> {
  const key = randomBytes(48).toString("base64");
  const folder = mkdtempSync(join(tmpdir(), "backon-deploy-"));
  try {
    const file = join(folder, "secrets.json");
    writeFileSync(file, JSON.stringify({ TOKEN_KEY: key }), { mode: 0o600 });
    const done = wrangler(["deploy", "--secrets-file", file], "pipe", err);
    if (done.status !== 0) return { status: done.status, said: done.output, token: null };
    const claims = { role: "operator", cluster: "*", sub: "first", now: Date.now() } as const;
    const { token } = await mintToken({ key, ...claims });
    return { status: 0, said: done.output, token };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function nextSteps(token: string, url: string): string {
  return `
The first operator token; it is shown once and stored nowhere. Keep it in a password manager:

${token}

Next, mint the tokens of a cluster:

  export BACKON_URL=${url}
  read -rs BACKON_TOKEN && export BACKON_TOKEN
  npx backon token --cluster home --role agent > worker-token
`;
}

/** The names of the secrets at Cloudflare; empty before the first deployment; null if it failed. */
function secretNames(err: Process["err"]): string[] | null {
  const asked = wrangler(["secret", "list", "--format", "json"], "pipe", err);
  const start = asked.output.indexOf("[");
  const list = z
    .array(z.object({ name: z.string() }))
    .safeParse(asked.status === 0 ? JSON.parse(asked.output.slice(start)) : null);
  if (list.success) return list.data.map(({ name }) => name);
  // Cloudflare's code for a Worker that does not exist yet.
  if (/10007|not found|does not exist/i.test(asked.output)) return [];
  err(`${asked.output}\n`);
  err("wrangler could not list the Worker's secrets. Log in first: npx wrangler login\n");
  return null;
}

function wrangler(
  args: readonly string[],
  output: "inherit" | "pipe",
  err: Process["err"],
): { status: number; output: string } {
  const own = join(ROOT, "node_modules/.bin/wrangler");
  const [program = "", ...before] = existsSync(own) ? [own] : ["npx", "--yes", WRANGLER];
  const done = spawnSync(program, [...before, ...args], {
    cwd: ROOT,
    stdio: ["inherit", output, output],
    encoding: "utf8",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });
  if (done.error !== undefined) err(`wrangler did not start: ${done.error.message}\n`);
  return { status: done.status ?? 1, output: `${done.stdout ?? ""}${done.stderr ?? ""}` };
}

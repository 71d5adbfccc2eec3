// `npm run deploy`: the Worker to Cloudflare by wrangler. The first time it makes TOKEN_KEY, hands it
// to Cloudflare, and prints the first operator token: the only moment at which anybody here knows the
// key. Later times it deploys the code and touches no secret.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { mintToken } from "../src/http/tokens.ts";

const USAGE = `npm run deploy [-- OPTIONS]
  --dry-run   build and check, upload nothing; needs no account
  --new-key   make a new TOKEN_KEY: every token minted so far ends, a new operator token is printed
`;

process.exitCode = await deploy();

async function deploy(): Promise<number> {
  let values: { "dry-run"?: boolean; "new-key"?: boolean };
  try {
    ({ values } = parseArgs({
      options: { "dry-run": { type: "boolean" }, "new-key": { type: "boolean" } },
    }));
  } catch (cause) {
    console.error(`${cause instanceof Error ? cause.message : String(cause)}\n\n${USAGE}`);
    return 64;
  }
  if (values["dry-run"] === true) return wrangler(["deploy", "--dry-run"], "inherit").status;

  const known = secretNames();
  if (known === null) return 1;
  if (known.includes("TOKEN_KEY") && values["new-key"] !== true) {
    console.log("TOKEN_KEY is there already and stays; its tokens stay good.");
    return wrangler(["deploy"], "inherit").status;
  }
  return deployWithNewKey();
}

/** The key goes to wrangler in a file that only this user can read and that is removed at once. */
async function deployWithNewKey(): Promise<number> {
  const key = randomBytes(48).toString("base64");
  const folder = mkdtempSync(join(tmpdir(), "backon-deploy-"));
  try {
    const file = join(folder, "secrets.json");
    writeFileSync(file, JSON.stringify({ TOKEN_KEY: key }), { mode: 0o600 });
    const done = wrangler(["deploy", "--secrets-file", file], "pipe");
    process.stdout.write(done.output);
    if (done.status !== 0) return done.status;
    const { token } = await mintToken({
      key,
      role: "operator",
      cluster: "*",
      sub: "first",
      now: Date.now(),
    });
    const url = /https:\/\/\S+\.workers\.dev/.exec(done.output)?.[0] ?? "https://YOUR-WORKER";
    console.log(`
The first operator token; it is shown once and stored nowhere. Keep it in a password manager:

${token}

Next, mint the tokens of a cluster:

  export BACKON_URL=${url}
  read -rs BACKON_TOKEN && export BACKON_TOKEN
  npm run --silent token -- --cluster home --role agent > worker-token
`);
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The names of the secrets at Cloudflare; empty before the first deployment; null if it failed. */
function secretNames(): string[] | null {
  const asked = wrangler(["secret", "list", "--format", "json"], "pipe");
  const start = asked.output.indexOf("[");
  const list = z
    .array(z.object({ name: z.string() }))
    .safeParse(asked.status === 0 ? JSON.parse(asked.output.slice(start)) : null);
  if (list.success) return list.data.map(({ name }) => name);
  // Cloudflare's code for a Worker that does not exist yet.
  if (/10007|not found|does not exist/i.test(asked.output)) return [];
  console.error(asked.output);
  console.error("wrangler could not list the Worker's secrets. Log in first: npx wrangler login");
  return null;
}

function wrangler(args: string[], output: "inherit" | "pipe"): { status: number; output: string } {
  const done = spawnSync("node_modules/.bin/wrangler", args, {
    stdio: ["inherit", output, output],
    encoding: "utf8",
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });
  if (done.error !== undefined) console.error(`wrangler did not start: ${done.error.message}`);
  return { status: done.status ?? 1, output: `${done.stdout ?? ""}${done.stderr ?? ""}` };
}

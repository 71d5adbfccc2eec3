// `token --cluster NAME --role ROLE`: mints a token at the Worker. Standard output is the token alone, so
// that it can go straight into a file; everything else goes to standard error.
import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Process } from "../agent/commands/command-line.ts";
import type { Words } from "../agent/commands/words.ts";
import { Problem } from "../src/protocol/problem.ts";

const Minted = z.object({ token: z.string(), id: z.string() });

/** The exit code: 0, 1 if it was not minted, 64 usage. */
export async function token({ flags, values }: Words, process: Process): Promise<number> {
  const { env, out, err } = process;
  const { BACKON_URL: url } = env;
  const [cluster, role] = [values.get("cluster"), values.get("role")];
  const refuse = (why: string, code: number): number => {
    err(`${why}\n`);
    return code;
  };
  if (cluster === undefined || role === undefined)
    return refuse("token needs --cluster and --role; token --help says more", 64);
  const own = ownToken(process);
  if (url === undefined || !URL.canParse(url) || own === "")
    return refuse("Set BACKON_URL and BACKON_TOKEN (or BACKON_TOKEN_FILE).", 64);

  const [sub, days] = [values.get("sub"), values.get("days")];
  const asked = { cluster, role, sub, ...(days === undefined ? {} : { days: Number(days) }) };
  const answer = await post(new URL("/v1/tokens", url), own, asked);
  if (!answer.ok) return refuse(answer.why, 1);
  const { id } = answer.minted;
  out(flags.has("json") ? `${JSON.stringify(answer.minted)}\n` : `${answer.minted.token}\n`);
  err(`Minted for ${role} of ${cluster}; to revoke it: curl -X DELETE …/v1/tokens/${id}\n`);
  return 0;
}

function ownToken({ env }: Process): string {
  const { BACKON_TOKEN_FILE: file } = env;
  return file === undefined ? (env["BACKON_TOKEN"] ?? "") : readFileSync(file, "utf8").trim();
}

type Answer = { ok: true; minted: z.infer<typeof Minted> } | { ok: false; why: string };

async function post(url: URL, own: string, body: object): Promise<Answer> {
  const what = `POST /v1/tokens on ${url.host}`;
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${own}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.timeout(15_000),
  }).catch((cause: unknown) =>
    String(cause instanceof Error ? (cause.cause ?? cause.message) : cause),
  );
  if (typeof response === "string")
    return { ok: false, why: `${what}: ${response}; is BACKON_URL right?` };
  const answer: unknown = await response.json().catch(() => null);
  if (response.status === 201) return { ok: true, minted: Minted.parse(answer) };
  const problem = Problem.safeParse(answer);
  return {
    ok: false,
    why: `${what}: ${response.status} ${problem.success ? problem.data.detail : ""}`,
  };
}

// `npm run token -- --cluster NAME --role ROLE`: mints a token at the Worker. Standard output is the
// token alone, so that it can go straight into a file; everything else goes to standard error.
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import * as z from "zod";
import { Problem } from "../src/protocol/problem.ts";

const USAGE = `npm run --silent token -- --cluster NAME --role agent|alertmanager|operator [--sub WHO] [--days N]

Reads BACKON_URL (the Worker, https://…) and BACKON_TOKEN or BACKON_TOKEN_FILE (an operator's
token for every cluster; npm run deploy prints the first one).
`;

process.exitCode = await mint();

async function mint(): Promise<number> {
  let values: { cluster?: string; role?: string; sub?: string; days?: string };
  try {
    ({ values } = parseArgs({
      options: {
        cluster: { type: "string" },
        role: { type: "string" },
        sub: { type: "string" },
        days: { type: "string" },
      },
    }));
  } catch (cause) {
    return usage(cause instanceof Error ? cause.message : String(cause));
  }
  const { cluster, role, sub, days } = values;
  const { BACKON_URL: url, BACKON_TOKEN_FILE: file } = process.env;
  if (cluster === undefined || role === undefined) return usage("--cluster and --role are needed.");
  const token =
    file === undefined ? process.env["BACKON_TOKEN"] : readFileSync(file, "utf8").trim();
  if (url === undefined || !URL.canParse(url) || token === undefined || token === "")
    return usage("Set BACKON_URL and BACKON_TOKEN (or BACKON_TOKEN_FILE).");

  const body = {
    cluster,
    role,
    ...(sub === undefined ? {} : { sub }),
    ...(days === undefined ? {} : { days: Number(days) }),
  };
  const response = await fetch(new URL("/v1/tokens", url), {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    redirect: "error",
    signal: AbortSignal.timeout(15_000),
  }).catch((cause: unknown) =>
    String(cause instanceof Error ? (cause.cause ?? cause.message) : cause),
  );
  if (typeof response === "string") {
    console.error(`POST /v1/tokens on ${new URL(url).host}: ${response}; is BACKON_URL right?`);
    return 1;
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.status !== 201) {
    const problem = Problem.safeParse(answer);
    console.error(
      `POST /v1/tokens on ${new URL(url).host}: ${response.status} ${problem.success ? problem.data.detail : ""}`,
    );
    return 1;
  }
  const minted = z.object({ token: z.string(), id: z.string() }).parse(answer);
  console.log(minted.token);
  console.error(
    `Minted for ${role} of ${cluster}; to revoke it: curl -X DELETE …/v1/tokens/${minted.id}`,
  );
  return 0;
}

function usage(why: string): number {
  console.error(`${why}\n\n${USAGE}`);
  return 64;
}

// Every curl in the documents that speaks to the Worker, typed as it stands there into a shell,
// against the real Worker. Its answer has the shape of the one that is printed.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as z from "zod";
import { mintToken, type TokenRole } from "../src/http/tokens.ts";
import { startLocalWorker, type LocalWorker } from "../sim/local-worker.ts";
import { differences, parsed } from "./src/routes/printed-answer.ts";
import { findTool } from "./support/tools.ts";

const SECRETS = {
  tokenKey: "a-key-for-tests-of-the-examples-here",
  slack: "slack-secret-of-the-examples",
};
const CURL = findTool("curl");
const OPENSSL = findTool("openssl");

let folder: string;
let worker: LocalWorker;
let tokens: Record<TokenRole, string>;

// Each example meets a Worker that nobody has used: its job is the first, its fence is 1.
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "backon-examples-"));
  const variables = {
    SLACK_SIGNING_SECRET: SECRETS.slack,
    SLACK_TEAM_ID: "T1TEAM",
    SLACK_APP_ID: "A1APP",
    SLACK_MAY_REQUEST: "U1FIXES",
  };
  const { tokenKey } = SECRETS;
  worker = await startLocalWorker({ port: 0, storage: folder, tokenKey, variables });
  tokens = {
    operator: await minted("operator", "*"),
    agent: await minted("agent", "home"),
    alertmanager: await minted("alertmanager", "home"),
  };
});
afterEach(async () => {
  await worker.stop();
  await rm(folder, { recursive: true, force: true });
});

async function minted(role: TokenRole, cluster: string): Promise<string> {
  const named = { key: SECRETS.tokenKey, role, cluster, sub: role, now: Date.now() };
  return (await mintToken(named)).token;
}

type Answer = { readonly [key: string]: unknown };

async function call(role: TokenRole, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${worker.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${tokens[role]}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

// What has to be there before an example: made by the routes themselves.

const PLAN = {
  verdict: "ipv6-tls-stall",
  hosts: ["registry-1.docker.io"],
  profile: "prefix",
  rule: null,
  restart: { method: "evict", namespaces: [], ceiling: 50 },
  commands: [],
};
const REPORT = {
  v: 1,
  agentVersion: "0.1.0",
  mode: "approve",
  startedAt: 0,
  endedAt: 0,
  outcome: "cancelled",
  summary: "Cancelled by a person.",
  verdict: "ipv6-tls-stall",
  verdicts: [],
  rounds: [],
  after: [],
  plan: null,
  planHash: null,
  pods: [],
  rule: null,
  stages: [],
  actions: [],
};

const ASKED = { plan: PLAN, planHash: "07a6881a7e404dc7ea4b8c8e672fb210" };
const ASKS = { disposition: "ask", report: { ...REPORT, ...ASKED }, ...ASKED };

type Claimed = { readonly id: string; readonly fence: number };

async function asked(kind: string): Promise<string> {
  return String((await call("operator", "/v1/jobs", { kind }))["id"]);
}
async function alerted(): Promise<string> {
  const path = "test/fixtures/alertmanager/0.33.1/mixed-firing-resolved.json";
  const body = JSON.parse(readFileSync(path, "utf8")) as object;
  const { jobs } = await call("alertmanager", "/v1/webhooks/alertmanager", body);
  return (jobs as string[])[0] ?? "";
}
async function claim(): Promise<Claimed> {
  const kinds = ["remediate", "diagnose", "withdraw"];
  const who = { protocol: 1, agent: "agent-1", version: "0.1.0", node: "node-a", kinds };
  const claimId = crypto.randomUUID();
  return (await call("agent", "/v1/agent/claim", { ...who, claimId }))["job"] as Claimed;
}
async function report({ id, fence }: Claimed, what: object): Promise<string> {
  const body = { protocol: 1, fence, seq: 1, ...what };
  await call("agent", `/v1/agent/jobs/${id}/report`, body);
  return id;
}
async function waiting(): Promise<string> {
  await alerted();
  return report(await claim(), ASKS);
}
async function cancelledAtWork(): Promise<string> {
  await alerted();
  const job = await claim();
  await call("operator", `/v1/jobs/${job.id}/cancel`, {});
  return job.id;
}

/** The job that an example's `$ID` names, made before it; an example of a job needs one here. */
const BEFORE: Readonly<Record<string, () => Promise<string>>> = {
  "GET /v1/jobs": () => asked("diagnose"),
  "GET /v1/jobs/{id}": async () => {
    await alerted();
    const job = await claim();
    await call("operator", `/v1/jobs/${job.id}/cancel`, {});
    return report(job, { disposition: "release", report: null });
  },
  "GET /v1/jobs/{id}.md": async () => {
    const id = await asked("diagnose");
    await call("operator", `/v1/jobs/${id}/cancel`, {});
    return id;
  },
  "POST /v1/jobs/{id}/approve": waiting,
  "POST /v1/jobs/{id}/dismiss": () => asked("diagnose"),
  "POST /v1/jobs/{id}/cancel": () => asked("diagnose"),
  "GET /v1/status": async () => {
    await asked("remediate");
    const job = await claim();
    const intent = { on: "router", what: "ensure the rule" };
    const progress = { protocol: 1, fence: job.fence, seq: 0, stage: "apply", intent };
    await call("agent", `/v1/agent/jobs/${job.id}/progress`, progress);
    return report(job, ASKS);
  },
  "POST /v1/agent/claim": alerted,
  "POST /v1/agent/jobs/{id}/progress": async () => {
    await alerted();
    return (await claim()).id;
  },
  "POST /v1/agent/jobs/{id}/report": cancelledAtWork,
  "GET /v1/agent/doorbell": async () => {
    await claim();
    return "no job";
  },
};

function typed(commands: string, id = "no-job"): Promise<string> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    URL: worker.url,
    OPERATOR: tokens.operator,
    AGENT: tokens.agent,
    ALERTMANAGER: tokens.alertmanager,
    SLACK_SIGNING_SECRET: SECRETS.slack,
    BACKON_URL: worker.url,
    BACKON_TOKEN: tokens.operator,
    ID: id,
  };
  return new Promise((resolve) => {
    // A curl whose Worker ended says so by its exit code; what it printed is the answer all the same.
    execFile("sh", ["-c", commands], { env, timeout: 20_000 }, (_, printed) => resolve(printed));
  });
}

/** A doorbell stays open until the Worker ends, and curl keeps what it prints until then. */
async function endOnceHung(): Promise<void> {
  const hangs = z.object({ agent: z.object({ doorbell: z.literal(true) }) });
  while (!hangs.safeParse(await call("operator", "/v1/status")).success);
  await worker.stop();
}

type Example = { readonly name: string; readonly commands: string; readonly printed: string };

const API = readFileSync("docs/api.md", "utf8");
const examples = API.split(/^### /m)
  .slice(1)
  .map((section): Example => {
    const [name = ""] = section.split("\n");
    const [, commands = "", printed = ""] =
      /```sh\n([^]*?)```\n(?:```(?:json|text)\n([^]*?)```)?/.exec(section) ?? [];
    return { name, commands, printed };
  });

describe("docs/api.md", () => {
  it.skipIf(CURL.skip || OPENSSL.skip).each(examples)(
    `$name answers as it is printed${CURL.note}${OPENSSL.note}`,
    async ({ name, commands, printed }) => {
      expect(commands).toContain("curl ");
      const id = await BEFORE[name]?.();

      const answering = typed(commands, id);
      if (name.endsWith("/doorbell")) await endOnceHung();
      const answer = await answering;

      if (printed.startsWith("{"))
        expect(differences(parsed(printed), JSON.parse(answer), "answer")).toEqual([]);
      else if (printed !== "") expect(answer.split(/\r?\n/)[0]).toBe(printed.split("\n")[0]);
      else expect(answer).not.toContain('"detail"');
    },
  );
});

const README = readFileSync("README.md", "utf8");
const ofReadme = Array.from(
  README.matchAll(/```sh\n([^]*?)```|`(curl [^`]+)`/g),
  ([, fenced, inline]) => fenced ?? inline ?? "",
).filter((text) => /^[^#]*\bcurl\b/m.test(text) && /\$(?:BACKON_)?URL|\/v1\//.test(text));

describe("README.md", () => {
  it("has an example of a request", () => {
    expect(ofReadme.length).toBeGreaterThan(0);
  });

  it.skipIf(CURL.skip).each(ofReadme)(`%s is not refused${CURL.note}`, async (commands) => {
    const answer: unknown = JSON.parse(await typed(commands));

    expect(answer).not.toHaveProperty("detail");
  });
});

// The real Worker in workerd with a Slack beside it: clusters whose jobs are told, driven by calls as
// people, Slack and agents make them. Tests share one Worker and have a cluster each.
import { createHmac, randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import type { Report } from "../../src/protocol/report.ts";
import { mintToken, type TokenRole } from "../../src/http/tokens.ts";
import { startLocalWorker, type LocalWorker } from "../../sim/local-worker.ts";
import { startSlack, type FakeSlack } from "../../sim/slack.ts";
import { PLAN, PLAN_HASH } from "../src/support/a-job.ts";
import { aReport } from "../src/support/a-report.ts";

const TOKEN_KEY = "a-key-for-tests-of-the-messages-here";
const SIGNING_SECRET = "slack-secret-of-the-messages";
export const NOTIFY_SECRET = "a-secret-of-the-signed-webhook-here";
const PERSON = "U1PERSON";

const Claimed = z.object({ id: z.string(), fence: z.number() });
type Claimed = z.infer<typeof Claimed>;
const Claim = z.object({ job: z.nullable(Claimed) });
const Shown = z.object({
  state: z.string(),
  outcome: z.nullable(z.string()),
  events: z.array(z.object({ what: z.string(), by: z.string(), detail: z.string() })),
});
const Status = z.object({
  messages: z.object({ waiting: z.number(), failed: z.nullable(z.string()) }),
});

export type ToldClusters = {
  readonly slack: FakeSlack;
  readonly worker: () => LocalWorker;
  cluster(name: string): Promise<ToldCluster>;
  /** Ends the Worker and starts it again on the same storage. */
  restart(): Promise<void>;
  close(): Promise<void>;
};
export type ToldCluster = Awaited<ReturnType<typeof cluster>>;

/** What the fake Slack shows of a cluster, and waiting for it. `told` is asked when it is needed. */
export function channelsOf(told: () => ToldClusters) {
  const texts = ({ channel }: ToldCluster): string[] =>
    told()
      .slack.messages(channel)
      .flatMap((message) => message.texts);
  return {
    texts,
    shows: (cluster: ToldCluster, text: string): Promise<void> =>
      until(() => texts(cluster).some((one) => one.includes(text))),
    /** Nothing waits to be sent any more. */
    settled: (cluster: ToldCluster): Promise<void> =>
      until(async () => (await cluster.messages()).waiting === 0),
  };
}

/** Where the variables of a test send messages: Slack's addresses are those of the fake. */
export async function startToldClusters(
  clusters: readonly string[],
  variables: (slack: FakeSlack) => Readonly<Record<string, string>>,
): Promise<ToldClusters> {
  const slack = await startSlack();
  const storage = await mkdtemp(join(tmpdir(), "backon-told-"));
  const start = (port: number): Promise<LocalWorker> =>
    startLocalWorker({
      port,
      storage,
      tokenKey: TOKEN_KEY,
      clusters: clusters.join(","),
      variables: {
        SLACK_SIGNING_SECRET: SIGNING_SECRET,
        SLACK_TEAM_ID: "T1TEAM",
        SLACK_APP_ID: "A1APP",
        SLACK_MAY_REQUEST: PERSON,
        SLACK_MAY_APPROVE: PERSON,
        SLACK_API_URL: slack.apiUrl,
        SLACK_HOOKS_URL: slack.hooksUrl,
        SEND_LIMIT_MS: "500",
        PUBLIC_URL: "https://backon.example",
        ...variables(slack),
      },
    });
  let worker = await start(0);
  return {
    slack,
    worker: () => worker,
    cluster: (name) => cluster(name, () => worker.url),
    async restart() {
      await worker.stop();
      worker = await start(0);
    },
    async close() {
      await worker.stop();
      await rm(storage, { recursive: true, force: true });
      await slack.close();
    },
  };
}

async function cluster(name: string, url: () => string) {
  const mint = async (role: TokenRole): Promise<string> =>
    (await mintToken({ key: TOKEN_KEY, role, cluster: name, sub: role, now: Date.now() })).token;
  const tokens = {
    operator: await mint("operator"),
    agent: await mint("agent"),
    alertmanager: await mint("alertmanager"),
  };
  let seq = 0;

  async function call(role: keyof typeof tokens, path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${url()}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Bearer ${tokens[role]}` },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  async function fromSlack(path: string, form: Readonly<Record<string, string>>): Promise<string> {
    const body = new URLSearchParams(form).toString();
    const timestamp = String(Math.floor(Date.now() / 1000));
    const mac = createHmac("sha256", SIGNING_SECRET).update(`v0:${timestamp}:${body}`);
    const response = await fetch(`${url()}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": `v0=${mac.digest("hex")}`,
      },
      body,
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.text();
  }

  const agentCall = ({ id, fence }: Claimed, what: string, body: object): Promise<unknown> => {
    seq += 1;
    return call("agent", `/v1/agent/jobs/${id}/${what}`, { protocol: 1, fence, seq, ...body });
  };
  const done = (job: Claimed, report: Partial<Report> = {}): Promise<unknown> =>
    agentCall(job, "report", { disposition: "done", report: aReport(report) });

  return {
    name,
    channel: channelOf(name),
    request: async (kind: string): Promise<string> =>
      z.object({ id: z.string() }).parse(await call("operator", "/v1/jobs", { kind })).id,
    alerts: async (body: string): Promise<string[]> =>
      z
        .object({ jobs: z.array(z.string()) })
        .parse(await call("alertmanager", "/v1/webhooks/alertmanager", body)).jobs,
    decide: (id: string, what: string, body: object = {}): Promise<unknown> =>
      call("operator", `/v1/jobs/${id}/${what}`, body),
    job: async (id: string) => Shown.parse(await call("operator", `/v1/jobs/${id}`)),
    messages: async () => Status.parse(await call("operator", "/v1/status")).messages,
    async claim(): Promise<Claimed> {
      const body = {
        protocol: 1,
        agent: "agent-1",
        claimId: randomUUID(),
        version: "0.1.0",
        node: "node-1",
        kinds: ["remediate", "diagnose", "withdraw", "recheck"],
      };
      const { job } = Claim.parse(await call("agent", "/v1/agent/claim", body));
      if (job === null) throw new Error(`nothing to claim in ${name}`);
      return job;
    },
    stage: (job: Claimed, stage: string): Promise<unknown> =>
      agentCall(job, "progress", { stage, intent: null }),
    done,
    asks: (job: Claimed): Promise<unknown> =>
      agentCall(job, "report", {
        disposition: "ask",
        report: aReport(),
        plan: PLAN,
        planHash: PLAN_HASH,
      }),
    /** `/backon TEXT`, from a channel of nobody unless the text names a cluster. */
    slash: (text: string, responseUrl: string): Promise<string> =>
      fromSlack("/v1/slack/commands", {
        command: "/backon",
        text,
        team_id: "T1TEAM",
        api_app_id: "A1APP",
        user_id: PERSON,
        channel_id: "C0NOBODYS",
        response_url: responseUrl,
        trigger_id: randomUUID(),
      }),
    /** By the person who may do all, unless a test says otherwise. */
    click: (
      action: string,
      value: string,
      responseUrl: string,
      { user = PERSON, team = "T1TEAM" } = {},
    ): Promise<string> =>
      fromSlack("/v1/slack/interactions", {
        payload: JSON.stringify({
          type: "block_actions",
          user: { id: user },
          team: { id: team },
          api_app_id: "A1APP",
          response_url: responseUrl,
          actions: [{ action_id: action, value }],
        }),
      }),
  };
}

/** The channel of a cluster in these tests. */
export function channelOf(name: string): string {
  return `C${name.toUpperCase().replaceAll("-", "")}`;
}

/** Waits until it is so; a test that waits in vain ends by its own limit. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

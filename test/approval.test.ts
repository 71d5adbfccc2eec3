// A person decides, end to end: the agent hands in its plan before the first write, a click in Slack
// approves it, the agent probes again and acts only if it comes to the same plan. The real Worker and
// the real agent; the site is simulated.
import { createHmac } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import { startQuickSystem, type QuickSystem } from "./support/quick-system.ts";

const SECRET = "a-signing-secret-of-these-tests";
const SLACK = {
  SLACK_SIGNING_SECRET: SECRET,
  SLACK_TEAM_ID: "T1",
  SLACK_APP_ID: "A1",
  SLACK_MAY_APPROVE: "U1",
  SLACK_MAY_REQUEST: "U1",
};

let system: QuickSystem | undefined;
afterEach(async () => {
  await system?.close();
  system = undefined;
});

type Click = "approve" | "dismiss" | "undo";

/** A click on one of the card's buttons, as Slack sends it. */
async function click(action: Click, id: string, planHash: string | null): Promise<number> {
  const value = ["home", id, ...(planHash === null ? [] : [planHash])].join(" ");
  const payload = {
    type: "block_actions",
    user: { id: "U1" },
    team: { id: "T1" },
    api_app_id: "A1",
    actions: [{ action_id: action, value }],
  };
  const form = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac("sha256", SECRET).update(`v0:${timestamp}:${form}`).digest("hex");
  const response = await fetch(`${system?.worker.url}/v1/slack/interactions`, {
    method: "POST",
    body: form,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${mac}`,
    },
  });
  return response.status;
}

/** A story up to the moment at which a person is asked; nothing has been written by then. */
async function waitsFor(story: string, mode: string) {
  const started = await startQuickSystem(story, { agent: { MODE: mode }, worker: SLACK });
  system = started;
  started.startAgent();
  const waiting = await started.ended(await started.alert());
  expect(waiting.state).toBe("awaiting");
  expect(touched(started)).toEqual({ writes: 0, evictions: 0 });
  return { started, waiting };
}

function touched({ site }: QuickSystem): { writes: number; evictions: number } {
  return { writes: site.router.writes.length, evictions: site.cluster.evictions.length };
}

function ourRules({ site }: QuickSystem): number {
  return site.router.table().filter(({ comment }) => comment?.includes("[backon]")).length;
}

describe("a click on Approve", () => {
  it.each([
    ["ipv6-stall", "approve"],
    ["ipv6-reset", "approve"],
  ])("story %s in mode %s: the plan is carried out after probing again", async (story, mode) => {
    const { started, waiting } = await waitsFor(story, mode);

    expect(await click("approve", waiting.id, waiting.planHash)).toBe(200);

    const job = await started.ended(waiting.id);
    expect(job.outcome).toBe("recovered");
    expect(ourRules(started)).toBe(1);
    expect(touched(started)).toEqual({ writes: 2, evictions: 5 });
  });

  it("where a link on the way is narrow clamps the MSS, step by step, in place of a rule", async () => {
    const { started, waiting } = await waitsFor("path-mtu", "auto");

    await click("approve", waiting.id, waiting.planHash);

    const job = await started.ended(waiting.id);
    expect(job.outcome).toBe("recovered");
    expect(ourRules(started)).toBe(0);
    expect(started.site.router.mangle("v6").map((row) => row["new-mss"])).toEqual(["1360"]);
    expect(touched(started).evictions).toBe(5);
  });

  it("at a site whose whole IPv6 stalls sets the stop-gap; the layers' host still fails, and is named", async () => {
    const { started, waiting } = await waitsFor("stall-everywhere", "auto");

    await click("approve", waiting.id, waiting.planHash);

    const job = await started.ended(waiting.id);
    expect(job.report.verdict).toBe("ipv6-stall-everywhere");
    expect(job.outcome).toBe("still-failing");
    expect(JSON.stringify(job.report)).toContain("production.cloudflare.docker.com");
    expect(ourRules(started)).toBe(1);
  });

  it("for a plan that no longer holds writes nothing: the agent asks about the new one", async () => {
    const { started, waiting } = await waitsFor("ipv6-stall", "approve");
    started.site.network.gateway.faults.clear();

    await click("approve", waiting.id, waiting.planHash);
    const again = await asksAgain(started, waiting.id, waiting.planHash);

    expect(again.planHash).not.toBe(waiting.planHash);
    expect(again.report.verdict).toBe("healthy-now");
    expect(touched(started)).toEqual({ writes: 0, evictions: 0 });
    await click("approve", waiting.id, again.planHash);
    const job = await started.ended(waiting.id);
    expect(job.outcome).toBe("recovered");
    expect(touched(started)).toEqual({ writes: 0, evictions: 5 });
  });
});

it("a click on Dismiss ends it, and nothing is ever written", async () => {
  const { started, waiting } = await waitsFor("ipv6-stall", "approve");

  await click("dismiss", waiting.id, waiting.planHash);

  const job = await started.ended(waiting.id);
  expect(job.outcome).toBe("dismissed");
  expect(touched(started)).toEqual({ writes: 0, evictions: 0 });
});

it("a click on Undo takes the rule off again, once", { timeout: 120_000 }, async () => {
  const { started, waiting } = await waitsFor("ipv6-stall", "approve");
  await click("approve", waiting.id, waiting.planHash);
  await started.ended(waiting.id);

  await Promise.all([click("undo", waiting.id, null), click("undo", waiting.id, null)]);

  const { body } = await started.call("GET", "/v1/jobs?limit=5", started.tokens.operator);
  const undos = (body as { jobs: { id: string; kind: string }[] }).jobs.filter(
    ({ kind }) => kind === "withdraw",
  );
  expect(undos).toHaveLength(1);
  expect((await started.ended(undos[0]?.id ?? "")).outcome).toBe("withdrawn");
  expect(ourRules(started)).toBe(0);
});

/** Waits until the job asks about another plan than this one, or ends. */
async function asksAgain(of: QuickSystem, id: string, before: string | null) {
  for (;;) {
    const job = await of.ended(id);
    if (job.state === "finished" || job.planHash !== before) return job;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

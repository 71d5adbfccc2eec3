// The HTTPS trigger and the views: jobs, one job with its report or as a page, the cluster at a
// glance.
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import * as z from "zod/mini";
import { authorize, authorizeAs, authorizeRole } from "../http/authorize.ts";
import type { AppEnv } from "../http/app-env.ts";
import { unwrap, stop } from "../http/stop.ts";
import { readManual } from "./read.ts";
import { postMortem } from "../story/post-mortem.ts";
import { jsonOf } from "../jobs/json.ts";
import { readStory } from "../story/story.ts";
import { digestOf, jsonBody, parseBody } from "../http/body.ts";

/** The query of the list. */
export const Page = z.object({
  before: z.optional(z.string().check(z.maxLength(100))),
  limit: z._default(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(100)), 20),
});

/** A header's value: one token's own name for one call. */
export const IdempotencyKey = z
  .string()
  .check(z.regex(/^[\x21-\x7e]{1,200}$/, "up to 200 printable characters"));

/** The hash of the plan that the person has read. */
export const Approve = z.strictObject({
  planHash: z.string().check(z.minLength(1), z.maxLength(200)),
});

export const jobRoutes = new Hono<AppEnv>();

jobRoutes.post("/jobs", async (c) => {
  const claims = await authorizeRole(c, "operator");
  const { value, text } = await jsonBody(c);
  const { caller, queue } = await authorizeAs(c, claims, {
    role: "operator",
    cluster: clusterNamed(c, value),
  });
  const read = readManual(value, claims.sub);
  if (!read.ok) return stop(422, read.detail);
  const header = c.req.header("idempotency-key");
  const idempotency =
    header === undefined
      ? null
      : { key: parseBody(IdempotencyKey, header), digest: await digestOf(text) };
  const { job, repeated } = await unwrap(
    queue.request(caller, { signal: read.signal, idempotency }),
  );
  return c.json(job, repeated ? 200 : 202, { location: `/v1/jobs/${job.id}` });
});

jobRoutes.get("/jobs", async (c) => {
  const { caller, queue } = await authorize(c, "operator", c.req.query("cluster") ?? null);
  const page = parseBody(Page, c.req.query());
  const jobs = await unwrap(queue.jobs(caller, page.before ?? null, page.limit));
  const next = jobs.length === page.limit ? (jobs.at(-1)?.id ?? null) : null;
  return c.json({ jobs, next });
});

// Before the job itself, whose path this one also fits.
jobRoutes.get("/jobs/:id.md", (c) => markdown(c));

jobRoutes.get("/jobs/:id", async (c) => {
  const { caller, queue } = await authorize(c, "operator", c.req.query("cluster") ?? null);
  const record = await unwrap(queue.job(caller, c.req.param("id")));
  const { job, events, targets } = record;
  // As the agent sent it: what this version does not know is for whoever asks.
  const report: unknown = record.report === null ? null : (jsonOf(record.report) ?? null);
  return c.json({ ...job, report, events, targets });
});

jobRoutes.post("/jobs/:id/approve", async (c) => {
  const { caller, queue } = await authorize(c, "operator", c.req.query("cluster") ?? null);
  const { planHash } = parseBody(Approve, (await jsonBody(c)).value);
  const decision = { kind: "approve", hash: planHash } as const;
  const { job, approvedBy } = await unwrap(queue.decide(caller, c.req.param("id"), decision));
  return c.json({ ...job, approvedBy });
});

jobRoutes.post("/jobs/:id/dismiss", (c) => end(c, c.req.param("id"), "dismiss"));
jobRoutes.post("/jobs/:id/cancel", (c) => end(c, c.req.param("id"), "cancel"));

async function markdown(c: Context<AppEnv>): Promise<Response> {
  const { caller, queue } = await authorize(c, "operator", c.req.query("cluster") ?? null);
  const record = await unwrap(queue.job(caller, c.req.param("id") ?? ""));
  const page = postMortem(readStory(record));
  return c.body(page, 200, { "content-type": "text/markdown; charset=utf-8" });
}

async function end(c: Context<AppEnv>, id: string, kind: "dismiss" | "cancel"): Promise<Response> {
  const { caller, queue } = await authorize(c, "operator", c.req.query("cluster") ?? null);
  const { job } = await unwrap(queue.decide(caller, id, { kind }));
  return c.json(job, job.state === "finished" ? 200 : 202);
}

jobRoutes.get("/status", async (c) => {
  const { caller, queue, cluster } = await authorize(c, "operator", c.req.query("cluster") ?? null);
  return c.json({ cluster, ...(await unwrap(queue.status(caller))) });
});

/**
 * The cluster that body or query name, before the body is judged: the token must match it. Two that
 * differ are not guessed between.
 */
function clusterNamed(c: Context<AppEnv>, value: unknown): string | null {
  const inBody = z.object({ cluster: z.string() }).safeParse(value).data?.cluster;
  const inQuery = c.req.query("cluster");
  if (inBody !== undefined && inQuery !== undefined && inBody !== inQuery)
    stop(422, "cluster: the body names another one than the query");
  return inBody ?? inQuery ?? null;
}

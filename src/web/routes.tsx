// The page: every view of it and every form, for a person who is signed in.
import type { Context } from "hono";
import { Hono } from "hono/tiny";
import { HTTPException } from "hono/http-exception";
import type { Child } from "hono/jsx";
import { authorizeAs, type Access } from "../http/authorize.ts";
import type { AppEnv } from "../http/app-env.ts";
import { unwrap, stop } from "../http/stop.ts";
import { readManual } from "../manual/read.ts";
import { jsonOf } from "../jobs/json.ts";
import { readStory } from "../story/story.ts";
import { postMortem } from "../story/post-mortem.ts";
import { kindWord } from "../story/words.ts";
import type { Claims } from "../http/tokens.ts";
import { ClusterPage } from "./cluster.tsx";
import type { ClusterFace } from "./health.ts";
import { passes, readFilter } from "./filter.tsx";
import { Overview } from "./overview.tsx";
import { JobPage } from "./job.tsx";
import { Layout } from "./layout.tsx";
import { jobPath } from "./parts.tsx";
import { endSession, sessionOf } from "../http/session.ts";
import { askPage, decisionPage, DECISIONS, REQUESTED } from "./questions.tsx";
import { formBody, parseBody } from "../http/body.ts";
import { IdempotencyKey } from "../manual/routes.ts";
import { isOwnOrigin, ownForms } from "../http/own-forms.ts";
import { pageHeaders } from "./page-headers.ts";
import { refusalPage } from "./refusal.tsx";

type Ctx = Context<AppEnv>;

const JOBS_A_PAGE = 30;
/** So many of the newest are looked through where a list is filtered. */
const JOBS_SEARCHED = 200;

export const pageRoutes = new Hono<AppEnv>();

pageRoutes.use("/clusters/*", pageHeaders, ownForms, signedIn);

// Not for all methods: a sender of alerts that forgot the path must not be led to the form.
pageRoutes.get("/", pageHeaders, signedIn, async (c) => {
  const { clusters } = c.var.config;
  const claims = viewer(c);
  const { cluster: own } = claims;
  const seen = own === "*" ? clusters : clusters.filter((name) => name === own);
  const faces = await Promise.all(
    seen.map(async (cluster) =>
      faceOf(await authorizeAs(c, claims, { role: "operator", cluster: cluster })),
    ),
  );
  return show(c, { title: "Clusters", live: seen }, <Overview faces={faces} />);
});

pageRoutes.get("/clusters/:cluster", async (c) => {
  const access = await accessOf(c);
  const before = c.req.query("before") ?? null;
  const filter = readFilter((name) => c.req.query(name));
  const isPlain = Object.keys(filter).length === 0;
  const read = await unwrap(
    access.queue.jobs(access.caller, before, isPlain ? JOBS_A_PAGE : JOBS_SEARCHED),
  );
  const jobs = read.filter((job) => passes(filter, job));
  const isMore = read.length === (isPlain ? JOBS_A_PAGE : JOBS_SEARCHED);
  const next = isMore ? (read.at(-1)?.id ?? null) : null;
  const face = await faceOf(access);
  const body = <ClusterPage face={face} jobs={jobs} next={next} filter={filter} />;
  return show(c, { title: access.cluster, live: [access.cluster] }, body);
});

pageRoutes.get("/clusters/:cluster/live", async (c) => {
  const access = await accessOf(c);
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket")
    stop(426, "this is a WebSocket: send an Upgrade");
  if (!isOwnOrigin(c)) stop(403, "this WebSocket is for our own page only");
  const inner = new Request(`https://queue/page?jti=${access.caller.jti}`, {
    headers: { upgrade: "websocket" },
  });
  const answer = await access.queue.fetch(inner);
  return answer.webSocket === null
    ? stop(401, await answer.text())
    : new Response(null, { status: 101, webSocket: answer.webSocket });
});

pageRoutes.get("/clusters/:cluster/ask/:kind", async (c) => {
  const access = await accessOf(c);
  const kind = REQUESTED.find((known) => known === c.req.param("kind"));
  if (kind === undefined)
    return stop(404, "what can be asked for is diagnose, remediate, withdraw");
  return show(c, { title: `${kindWord(kind)}?` }, askPage(await faceOf(access), kind));
});

pageRoutes.post("/clusters/:cluster/jobs", async (c) => {
  const access = await accessOf(c);
  const { kind, registry = "", scope, once } = await formBody(c);
  const wanted = {
    kind,
    ...(registry.trim() === "" ? {} : { registry: registry.trim() }),
    ...(scope === undefined ? {} : { scope }),
  };
  const read = readManual(wanted, viewer(c).sub);
  if (!read.ok) return stop(422, read.detail);
  // The question had a number: a second click on the same yes is the same request.
  const idempotency =
    once === undefined
      ? null
      : { key: `page-${parseBody(IdempotencyKey, once)}`, digest: JSON.stringify(wanted) };
  const { job } = await unwrap(
    access.queue.request(access.caller, { signal: read.signal, idempotency }),
  );
  return c.redirect(jobPath(job), 303);
});

pageRoutes.get("/clusters/:cluster/jobs/:id", async (c) => {
  const story = await loadStory(c);
  const title = `${kindWord(story.job.kind)} ${story.job.cluster}`;
  return show(c, { title, live: [story.job.cluster] }, <JobPage story={story} />);
});

pageRoutes.get("/clusters/:cluster/jobs/:id/post-mortem", async (c) =>
  c.body(postMortem(await loadStory(c)), 200, { "content-type": "text/markdown; charset=utf-8" }),
);

/** All that is known of the job, as the API has it. */
pageRoutes.get("/clusters/:cluster/jobs/:id/json", async (c) => {
  const { queue, caller } = await accessOf(c);
  const { job, report, events, targets } = await unwrap(queue.job(caller, idIn(c)));
  const whole = { ...job, report: report === null ? null : jsonOf(report), events, targets };
  return c.body(JSON.stringify(whole, null, 2), 200, {
    "content-type": "application/json; charset=utf-8",
    "content-disposition": `attachment; filename="backon-${job.id}.json"`,
  });
});

pageRoutes.get("/clusters/:cluster/jobs/:id/:decision", async (c) => {
  const decision = decisionIn(c);
  const story = await loadStory(c);
  return show(c, { title: `${decision}?` }, decisionPage(story, decision));
});

pageRoutes.post("/clusters/:cluster/jobs/:id/:decision", async (c) => {
  const { queue, caller } = await accessOf(c);
  const id = idIn(c);
  switch (decisionIn(c)) {
    case "approve": {
      const { planHash = "" } = await formBody(c);
      await unwrap(queue.decide(caller, id, { kind: "approve", hash: planHash }));
      return backTo(c, id);
    }
    case "dismiss": {
      const { planHash = "" } = await formBody(c);
      await unwrap(queue.decide(caller, id, { kind: "dismiss", hash: planHash }));
      return backTo(c, id);
    }
    case "cancel":
      await unwrap(queue.decide(caller, id, { kind: "cancel" }));
      return backTo(c, id);
    case "undo": {
      const { scope } = await formBody(c);
      const wanted = { kind: "withdraw", ...(scope === undefined ? {} : { scope }) };
      const read = readManual(wanted, viewer(c).sub);
      if (!read.ok) return stop(422, read.detail);
      const { job } = await unwrap(queue.undo(caller, id, read.signal));
      return backTo(c, job.id);
    }
  }
});

pageRoutes.all("/clusters/*", () => stop(404, "there is no such page"));

/** A person who is signed in, or the way to become one. The cookie of a revoked token is no session. */
async function signedIn(c: Ctx, next: () => Promise<void>): Promise<Response | void> {
  const claims = await sessionOf(c);
  if (claims === null) return c.redirect(signInFor(c), 303);
  c.set("session", claims);
  await next();
}

/** Whoever signed in; `signedIn` has let nobody else come here. */
function viewer(c: Ctx): Claims {
  return c.var.session ?? stop(401, "sign in first");
}

function signInFor(c: Ctx): string {
  const { pathname, search } = new URL(c.req.url);
  const wanted = c.req.method === "GET" ? `${pathname}${search}` : "/";
  return wanted === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(wanted)}`;
}

function accessOf(c: Ctx): Promise<Access> {
  return authorizeAs(c, viewer(c), { role: "operator", cluster: c.req.param("cluster") ?? "" });
}

async function loadStory(c: Ctx) {
  const { queue, caller } = await accessOf(c);
  return readStory(await unwrap(queue.job(caller, idIn(c))));
}

function idIn(c: Ctx): string {
  return c.req.param("id") ?? "";
}

function decisionIn(c: Ctx) {
  const decision = DECISIONS.find((known) => known === c.req.param("decision"));
  return decision ?? stop(404, `a job can be asked to ${DECISIONS.join(", ")}`);
}

function backTo(c: Ctx, id: string): Response {
  return c.redirect(jobPath({ cluster: c.req.param("cluster") ?? "", id }), 303);
}

async function faceOf({ queue, caller, cluster }: Access): Promise<ClusterFace> {
  return { cluster, status: await unwrap(queue.status(caller)), now: Date.now() };
}

/** `live`: the clusters whose changes make the page load itself anew. */
function show(
  c: Ctx,
  { title, live = [] }: { readonly title: string; readonly live?: readonly string[] },
  body: Child,
) {
  return c.html(
    <Layout title={title} viewer={{ name: viewer(c).sub }} live={live}>
      {body}
    </Layout>,
  );
}

pageRoutes.onError((error, c) => {
  if (!(error instanceof HTTPException) || error.status !== 401) return refusalPage(error, c);
  endSession(c);
  return c.redirect(signInFor(c), 303);
});

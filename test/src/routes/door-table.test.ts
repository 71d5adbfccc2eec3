// Every route is closed to everybody but its own callers: each route of the Worker's own list, with
// each kind of bearer, against the one table of rules.
import { env, exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import { app } from "../../../src/app.ts";
import { mintToken, type TokenRole } from "../../../src/http/tokens.ts";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { HOUR } from "../support/a-job.ts";
import { aSession } from "../support/a-session.ts";
import {
  aToken,
  ask,
  freshWorldEachTest,
  pass,
  requestOf,
  stored,
  type Ask,
} from "../support/worker.ts";
import { ROUTES } from "../../torture/input/routes.ts";
import { BEARERS, expected, RULES, type Bearer, type Rule } from "./door-rules.ts";

freshWorldEachTest();

/** The middleware that requests pass on their way, on the whole Worker and on the page. */
const MIDDLEWARE = ["ALL /*", "ALL /", "ALL /clusters/*", "ALL /sign-in", "ALL /sign-out"];
const routes = [...new Set(app.routes.map(({ method, path }) => `${method} ${path}`))].filter(
  (route) => !MIDDLEWARE.includes(route),
);

test("every route of the Worker has a rule, and every rule a route", () => {
  expect(routes.toSorted()).toEqual(Object.keys(RULES).toSorted());
  // Those that the torture sends hostile requests to.
  expect(ROUTES.toSorted()).toEqual(routes.toSorted());
});

const table = Object.entries(RULES).flatMap(([route, rule]) =>
  BEARERS.map((bearer) => ({ route, rule, bearer, status: expected(rule, bearer) })),
);

test.each(table)("$route, $bearer: $status", async ({ route, rule, bearer, status }) => {
  const id = await arranged(rule);
  const { secret, headers } = await shown(rule, bearer);
  const before = await stored();

  const named = bearer.endsWith("who names no cluster") ? "" : "&cluster=home";
  const { answered, text, type } = await knock(route, id, rule, headers, named);

  expect(answered).toBe(status);
  if (status === rule.right && status < 400) return;
  if (status === rule.inBranch && status < 400) return;
  expect(await stored()).toEqual(before);
  if (secret !== null) expect(text).not.toContain(secret);
  // The page leads to its form, or refuses as a page does.
  if (status === 303 || type?.startsWith("text/html")) return;
  expect(type).toBe("application/problem+json");
  expect(JSON.parse(text)).toMatchObject({ status, type: "about:blank" });
  expect((JSON.parse(text) as { detail: string }).detail).toMatch(/^[^\n]{10,300}$/);
  if (status === 401) expect(text).not.toMatch(/home|branch/);
});

/** Makes the job that the route is about; its id, or that of a token that nobody has. */
async function arranged({ job }: Rule): Promise<string> {
  if (job === undefined) return "00000000-0000-4000-8000-000000000000";
  const id = idIn(await (await anOperator()).request("diagnose"));
  if (job === "queued") return id;
  const agent = await anAgent();
  const work = await agent.work();
  if (job === "awaiting") await agent.asks(work);
  if (job === "finished") await agent.done(work);
  return id;
}

type Shown = { readonly secret: string | null; readonly headers: Readonly<Record<string, string>> };

async function shown({ door }: Rule, bearer: Bearer): Promise<Shown> {
  const role: TokenRole = door === "agent" || door === "alertmanager" ? door : "operator";
  const own = door === "operator of *" ? "*" : "home";
  const now = Date.now();
  const good = { key: env.TOKEN_KEY, role, cluster: own, sub: "anna", now };
  switch (bearer) {
    case "nobody":
      return { secret: null, headers: {} };
    case "a stranger with a token signed by another key":
      return asBearer((await mintToken({ ...good, key: "k".repeat(48) })).token);
    case "a good token as Basic": {
      const { token } = await mintToken(good);
      return { secret: token, headers: { authorization: `Basic ${btoa(`x:${token}`)}` } };
    }
    case "the right token, expired": {
      const old = { ...good, now: now - 60_000, ttlSeconds: 60 };
      return asBearer((await mintToken(old)).token);
    }
    case "the right token, revoked":
      return revoked(role, own);
    case "an operator of *, revoked, who names no cluster":
      return revoked("operator", "*");
    case "an operator of home":
      return ofRole("operator", "home");
    case "an operator of *":
      return ofRole("operator", "*");
    case "an agent of home":
      return ofRole("agent", "home");
    case "an alertmanager of home":
      return ofRole("alertmanager", "home");
    case "the right role of branch":
      return ofRole(role, "branch");
    case "the right role of a cluster that does not exist":
      return ofRole(role, "elsewhere");
    case "a session of home":
      return { secret: null, headers: await aSession("home") };
    case "a session of *":
      return { secret: null, headers: await aSession("*") };
    case "a session of branch":
      return { secret: null, headers: await aSession("branch") };
    case "a session of a revoked token": {
      const headers = await aSession("home", "anna", { revoked: true });
      return { secret: null, headers };
    }
    case "a session that is over": {
      const headers = await aSession("home");
      pass(13 * HOUR);
      return { secret: null, headers };
    }
    case "an operator's token as the cookie": {
      const { token } = await aToken("operator", "*");
      return { secret: token, headers: { cookie: `__Host-backon=${token}` } };
    }
  }
}

async function revoked(role: TokenRole, cluster: string): Promise<Shown> {
  const { token, id } = await aToken(role, cluster);
  await ask("DELETE", `/v1/tokens/${id}`, { token: await aToken("operator", "*", "root") });
  return asBearer(token);
}

async function ofRole(role: TokenRole, cluster: string): Promise<Shown> {
  return asBearer((await aToken(role, cluster)).token);
}

function asBearer(token: string): Shown {
  return { secret: token, headers: { authorization: `Bearer ${token}` } };
}

/** A request that is good but for who asks. Cluster home is named, so that a token of * may do it. */
async function knock(
  route: string,
  id: string,
  rule: Rule,
  headers: Readonly<Record<string, string>>,
  named = "&cluster=home",
): Promise<{ answered: number; text: string; type: string | null }> {
  const [method = "", path = ""] = route.replace("ALL", "DELETE").split(" ");
  const words = { id, cluster: "home", ...rule.words };
  const real = Object.entries(words)
    .reduce((made, [name, word]) => made.replace(`:${name}`, word), path)
    .replace("/*", "/x");
  const what: Ask = { ...rule.ask, headers: { ...rule.ask?.headers, ...headers } };
  const response = await exports.default.fetch(
    requestOf(method, `${real}?protocol=1${named}`, what),
    { redirect: "manual" },
  );
  response.webSocket?.accept();
  response.webSocket?.close(1000, "done");
  const type = response.headers.get("content-type");
  return { answered: response.status, text: await response.text(), type };
}

const ofTokens = routes.filter(
  (route) =>
    !["anyone", "nobody", "slack", "page", "page of any"].includes(RULES[route]?.door ?? ""),
);

test.each(ofTokens)(
  "%s tells a stranger with a bad body how to get a token, nothing else",
  async (route) => {
    const rule = RULES[route] ?? { door: "nobody", right: 0 };
    const raw: Ask = route.startsWith("GET") ? {} : { raw: "no JSON", body: undefined };

    const { answered, text } = await knock(
      route,
      "x",
      { ...rule, ask: { ...rule.ask, ...raw } },
      {},
    );

    expect(answered).toBe(401);
    expect(text).toContain("npm run token");
  },
);

// The OpenAPI document: it says what the Worker has, no more and no less, and programs can read it.
import { expect, test } from "vitest";
import { app } from "../../src/app.ts";
import { readAlertmanager } from "../../src/alertmanager/read.ts";
import { readManual } from "../../src/manual/read.ts";
import { openApiDocument } from "../../src/openapi/document.ts";
import { OPERATIONS } from "../../src/openapi/operations.ts";
import { SCHEMAS } from "../../src/openapi/schemas.ts";
import { Approve } from "../../src/manual/routes.ts";
import { RULES, type Door } from "./routes/door-rules.ts";
import { asInDocument, faultsOf, operationsOf, type Node } from "./routes/openapi-shape.ts";
import { fixture } from "./support/alerts.ts";
import { ask, freshWorldEachTest } from "./support/worker.ts";

freshWorldEachTest();

async function theDocument(): Promise<Node> {
  return (await ask("GET", "/openapi.json")).body;
}

/** What takes every method only refuses; the page is no API. */
const routes = new Set(
  app.routes
    .filter(({ method }) => method !== "ALL")
    .filter(({ path }) => /^\/(v1\/|healthz$|openapi\.json$)/.test(path))
    .map(({ method, path }) => asInDocument(`${method} ${path}`)),
);

test("anyone may read it, as JSON, under the version of the Worker", async () => {
  const reply = await ask("GET", "/openapi.json");

  expect(reply).toMatchObject({ status: 200, type: "application/json" });
  expect(reply.body).toMatchObject({ openapi: "3.1.0", info: { version: "0.1.0" } });
});

test("it is the one that the schemas and the routes give today (npm run openapi)", async () => {
  expect(await theDocument()).toEqual(openApiDocument());
});

test("every route of the Worker is in it, and no other", async () => {
  const paths = operationsOf(await theDocument()).map(({ route }) => route);

  expect(paths.toSorted()).toEqual([...routes].toSorted());
});

test("it is a document that programs can read: its parts have the shape that OpenAPI 3.1 gives them", async () => {
  expect(faultsOf(await theDocument())).toEqual([]);
});

test.each([
  ["a reference to nothing", (text: string) => text.replaceAll('"Verdict":{', '"Verdikt":{')],
  ["a parameter that is not in the path", (text: string) => text.replaceAll("{id}", "{job}")],
  ["an unknown type", (text: string) => text.replace('"type":"boolean"', '"type":"bool"')],
  [
    "two operations of one name",
    (text: string) => text.replaceAll("postV1JobsIdCancel", "postV1JobsIdDismiss"),
  ],
  ["no answer", (text: string) => text.replace('"responses":{"204"', '"responses":{},"x":{"204"')],
  [
    "an unknown scheme",
    (text: string) => text.replaceAll('"slack":{"type":"apiKey"', '"slock":{"type":"apiKey"'),
  ],
])("%s would be found", async (_, spoil) => {
  const spoiled = spoil(JSON.stringify(await theDocument()));

  expect(faultsOf(JSON.parse(spoiled) as Node)).not.toEqual([]);
});

test("each operation names the role that its route's door asks for", async () => {
  const said = operationsOf(await theDocument()).map(({ route, operation }) => [
    route,
    operation["security"],
  ]);

  const asked = Object.entries(RULES).filter(
    ([route, { door }]) => door !== "nobody" && routes.has(asInDocument(route)),
  );
  expect(Object.fromEntries(said)).toEqual(
    Object.fromEntries(asked.map(([route, { door }]) => [asInDocument(route), securityOf(door)])),
  );
});

function securityOf(door: Door): Node[] {
  if (door === "anyone") return [];
  return [door === "slack" ? { slack: [] } : { token: [door] }];
}

test("every route that can refuse says that it answers with a problem body", async () => {
  const without = operationsOf(await theDocument())
    .filter(({ operation }) => JSON.stringify(operation["security"]) !== "[]")
    .filter(
      ({ operation }) => !JSON.stringify(operation["responses"]).includes("responses/Problem"),
    );

  expect(without).toEqual([]);
});

test("a body's limits are those that its route parses with", async () => {
  const document = await theDocument();

  expect(document).toMatchObject({
    components: {
      schemas: {
        Approve: { additionalProperties: false, properties: { planHash: { maxLength: 200 } } },
        Mint: { properties: { days: { minimum: 1, maximum: 366 } } },
      },
    },
  });
  expect(SCHEMAS.Approve).toBe(Approve);
  expect(JSON.stringify(OPERATIONS["GET /v1/jobs"])).toContain("limit");
});

test.each([
  { kind: "diagnose" },
  { kind: "remediate", cluster: "home", registry: "docker.io" },
  { kind: "recheck" },
  { kind: "withdraw", other: 1 },
  { kind: "diagnose", registry: "http://docker.io" },
  { kind: "diagnose", cluster: "No Name" },
  {},
  [],
])("%j is a JobRequest in the document exactly if intake takes it", (body) => {
  expect(SCHEMAS.JobRequest.safeParse(body).success).toBe(readManual(body, "anna").ok);
});

test.each([
  "0.33.1/mixed-firing-resolved.json",
  "0.25.0/minimal.json",
  "chain/vmalert-firing.json",
  "other/grafana-12-constructed.json",
  "other/custom-payload.json",
  "other/prometheus-sent-directly.json",
])("%s is a Notification in the document exactly if intake takes it", (file) => {
  const body: unknown = JSON.parse(fixture(file));

  expect(SCHEMAS.Notification.safeParse(body).success).toBe(readAlertmanager(body, "am").ok);
});

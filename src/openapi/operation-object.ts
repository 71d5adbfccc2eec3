// One route → its OpenAPI operation: security, parameters, body, answers.
import * as z from "zod/mini";
import type { Caller, Operation } from "./operations.ts";
import { refTo, type SchemaName } from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

/** `method` in lower case; `path` as OpenAPI writes it. */
export function operationObject(method: string, path: string, operation: Operation): Json {
  const { caller, summary, query = {}, headers = {}, body } = operation;
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name = ""]) => name);
  const parameters = [
    ...inPath.map((name) => ({ name, in: "path", required: true, schema: { type: "string" } })),
    ...parametersIn("query", query),
    ...parametersIn("header", headers),
  ];
  return {
    operationId: operationId(method, path),
    tags: [caller],
    summary,
    security: securityOf(caller),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: { required: true, content: contentOf(body.schema, body.type, body.example) },
        }),
    responses: responsesOf(operation),
  };
}

/** `post` and `/v1/jobs/{id}/approve` → `postV1JobsIdApprove`. */
function operationId(method: string, path: string): string {
  const words = path.match(/\w+/g) ?? [];
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** A list of roles is allowed for any scheme from OpenAPI 3.1 on. Anyone: no scheme at all. */
function securityOf(caller: Caller): Json[] {
  switch (caller) {
    case "anyone":
      return [];
    case "slack":
      return [{ slack: [] }];
    case "operator of *":
    case "operator":
    case "agent":
    case "alertmanager":
      return [{ token: [caller] }];
  }
}

function parametersIn(place: "query" | "header", schemas: Readonly<Record<string, z.ZodMiniType>>) {
  return Object.entries(schemas).map(([name, schema]) => {
    const written = { ...z.toJSONSchema(schema, { io: "input" }), $schema: undefined };
    return { name, in: place, required: !schema.safeParse(undefined).success, schema: written };
  });
}

function contentOf(
  schema: SchemaName | undefined,
  type = "application/json",
  example?: object | string,
): Json {
  const shape = { schema: schema === undefined ? {} : { $ref: refTo(schema) } };
  return { [type]: example === undefined ? shape : { ...shape, example } };
}

function responsesOf({ answers, problems = [], caller, body, query }: Operation): Json {
  const good = Object.entries(answers).map(([status, { what, schema, type }]) => {
    const content =
      schema === undefined && type === undefined ? {} : { content: contentOf(schema, type) };
    return [status, { description: what, ...content }];
  });
  const expected = new Set([
    ...problems,
    ...(caller === "anyone" ? [] : [500, 503]),
    ...(caller === "anyone" || caller === "slack" ? [] : [401, 403]),
    // A token for every cluster has to name one.
    ...(query !== undefined && "cluster" in query ? [400] : []),
    ...(body === undefined ? [] : [400, 413]),
    // Of alerts, what cannot be read is counted.
    ...(body === undefined || caller === "slack" || caller === "alertmanager" ? [] : [422]),
  ]);
  const bad = Array.from(expected, (status) => [
    String(status),
    { $ref: "#/components/responses/Problem" },
  ]);
  return Object.fromEntries([...good, ...bad]);
}

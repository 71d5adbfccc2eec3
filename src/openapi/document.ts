// The API as an OpenAPI 3.1 document, made of the schemas that the routes parse with. It is made
// before the Worker is built (`npm run openapi` writes src/web/public/openapi.json): the maker of JSON Schemas
// would be a good part of what is deployed.
import * as z from "zod/mini";
import { VERSION } from "../protocol/version.ts";
import { operationObject } from "./operation-object.ts";
import { OPERATIONS } from "./operations.ts";
import { refTo, SCHEMAS } from "./schemas.ts";

type Json = Readonly<Record<string, unknown>>;

/** The whole document, without references to anything outside of it. */
export function openApiDocument(): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "backon",
      version: VERSION,
      summary: "Puts pods back on when image pulls back off because of the network path",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    paths: paths(),
    components: {
      schemas: schemas(),
      responses: {
        Problem: {
          description: "A problem body (RFC 9457); `detail` is one line that says what to do",
          content: { "application/problem+json": { schema: { $ref: refTo("Problem") } } },
        },
      },
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "A token of the named role; its cluster is the one that the call is about",
        },
        slack: {
          type: "apiKey",
          in: "header",
          name: "x-slack-signature",
          description: "Slack's signature over the time and the raw body",
        },
      },
    },
  };
}

function paths(): Json {
  const found: Record<string, Json> = {};
  for (const [route, operation] of Object.entries(OPERATIONS)) {
    const [method = "", path = ""] = route.split(" ");
    const one = operationObject(method.toLowerCase(), path, operation);
    found[path] = { ...found[path], [method.toLowerCase()]: one };
  }
  return found;
}

/** As they may be sent: what has a default may be left out, and an unknown field may come along. */
function schemas(): Json {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { io: "input", uri: refTo }).schemas;
  // Where a schema stands is its name here, and an `$id` may not point into a document.
  const nameless = { $id: undefined, $schema: undefined };
  return Object.fromEntries(
    Object.entries(made).map(([name, schema]) => [name, { ...schema, ...nameless }]),
  );
}

// What OpenAPI 3.1 asks of a document, as far as this one uses it: each fault as one line.

export type Node = Readonly<Record<string, unknown>>;
export type Found = { readonly route: string; readonly path: string; readonly operation: Node };

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
const TYPES = ["string", "number", "integer", "boolean", "object", "array", "null"].map((type) =>
  JSON.stringify(type),
);

/** `POST /v1/jobs/:id` → `POST /v1/jobs/{id}`. */
export function asInDocument(route: string): string {
  return route.replaceAll(/:(\w+)/g, "{$1}");
}

export function operationsOf(document: Node): Found[] {
  return entries(document["paths"]).flatMap(([path, item]) =>
    entries(item).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path}`,
      path,
      operation: node(operation),
    })),
  );
}

export function faultsOf(document: Node): string[] {
  const info = node(document["info"]);
  const operations = operationsOf(document);
  const ids = operations.map(({ operation }) => operation["operationId"]);
  return [
    ...fault(document["openapi"] === "3.1.0", "openapi: not 3.1.0"),
    ...fault(isText(info["title"]) && isText(info["version"]), "info: title or version"),
    ...fault(new Set(ids).size === ids.length, "two operations have one operationId"),
    ...fault(operations.length > 0, "paths: none"),
    ...operations.flatMap((found) => operationFaults(found, document)),
    ...entries(node(document["components"])["schemas"]).flatMap(([name, schema]) =>
      schemaFaults(schema, `schemas/${name}`),
    ),
    ...referenceFaults(document, document),
  ];
}

function operationFaults({ route, path, operation }: Found, document: Node): string[] {
  const method = route.split(" ")[0]?.toLowerCase() ?? "";
  const parameters = list(operation["parameters"]).map(node);
  const inPath = parameters.filter((one) => one["in"] === "path").map((one) => one["name"]);
  const named = Array.from(path.matchAll(/\{([^}]*)\}/g), ([, name]) => name);
  const schemes = node(node(document["components"])["securitySchemes"]);
  const used = list(operation["security"]).flatMap((one) => Object.keys(node(one)));
  const responses = entries(operation["responses"]);
  return [
    ...fault(METHODS.includes(method), `${route}: method`),
    ...fault(path.startsWith("/"), `${route}: path`),
    ...fault(isText(operation["summary"]), `${route}: no summary`),
    ...fault(inPath.join() === named.join(), `${route}: parameters of the path`),
    ...fault(
      parameters.every((one) => one["in"] !== "path" || one["required"] === true),
      `${route}: a parameter of the path is optional`,
    ),
    ...fault(
      new Set(parameters.map((one) => `${String(one["in"])} ${String(one["name"])}`)).size ===
        parameters.length,
      `${route}: two parameters of one name`,
    ),
    ...parameters.flatMap((one) => parameterFaults(one, `${route} ${String(one["name"])}`)),
    ...fault(Array.isArray(operation["security"]), `${route}: no security, not even an empty one`),
    ...used.filter((name) => !(name in schemes)).map((name) => `${route}: scheme ${name}`),
    ...contentFaults(operation["requestBody"], `${route} body`),
    ...fault(responses.length > 0, `${route}: no answers`),
    ...fault(
      responses.some(([status]) => /^[12]\d\d$/.test(status)),
      `${route}: no good answer`,
    ),
    ...responses.flatMap(([status, answer]) => answerFaults(status, node(answer), route)),
  ];
}

function parameterFaults(one: Node, where: string): string[] {
  return [
    ...fault(["path", "query", "header", "cookie"].includes(String(one["in"])), `${where}: in`),
    ...fault(typeof one["required"] === "boolean", `${where}: required`),
    ...schemaFaults(one["schema"], where),
  ];
}

function answerFaults(status: string, answer: Node, route: string): string[] {
  const where = `${route} ${status}`;
  return [
    ...fault(/^[1-5]\d\d$/.test(status), `${where}: status`),
    ...fault("$ref" in answer || isText(answer["description"]), `${where}: description`),
    ...contentFaults(answer, where),
  ];
}

function contentFaults(holder: unknown, where: string): string[] {
  if (holder === undefined) return [];
  return entries(node(holder)["content"]).flatMap(([type, media]) => [
    ...fault(/^[a-z]+\/[a-z0-9.+-]+(; charset=utf-8)?$/.test(type), `${where}: type ${type}`),
    ...("schema" in node(media) ? schemaFaults(node(media)["schema"], `${where} ${type}`) : []),
  ]);
}

/** Every schema inside, wherever JSON Schema 2020-12 puts one. */
function schemaFaults(schema: unknown, where: string): string[] {
  if (typeof schema === "boolean") return [];
  const one = node(schema);
  if (typeof schema !== "object" || schema === null || Array.isArray(schema))
    return [`${where}: not a schema`];
  const types = [one["type"] ?? []].flat().map((type) => JSON.stringify(type));
  const inside = [
    ...entries(one["properties"]),
    ...["items", "additionalProperties", "propertyNames", "not"]
      .filter((key) => key in one)
      .map((key) => [key, one[key]] as const),
    ...["anyOf", "oneOf", "allOf"].flatMap((key) =>
      list(one[key]).map((option, at) => [`${key}/${at}`, option] as const),
    ),
  ];
  const properties = Object.keys(node(one["properties"]));
  return [
    ...fault(!("$id" in one) && !("$schema" in one), `${where}: a name of its own`),
    ...types.filter((type) => !TYPES.includes(type)).map((type) => `${where}: type ${type}`),
    ...list(one["required"])
      .filter((name) => !properties.includes(String(name)))
      .map((name) => `${where}: ${String(name)} is required and not described`),
    ...fault(!("pattern" in one) || canCompile(String(one["pattern"])), `${where}: pattern`),
    ...inside.flatMap(([key, option]) => schemaFaults(option, `${where}/${key}`)),
  ];
}

function referenceFaults(value: unknown, document: Node): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => referenceFaults(one, document));
  return entries(value).flatMap(([key, one]) => {
    if (key !== "$ref" || typeof one !== "string") return referenceFaults(one, document);
    const target = one
      .replace(/^#\//, "")
      .split("/")
      .reduce<unknown>((at, step) => node(at)[step], document);
    return fault(one.startsWith("#/") && target !== undefined, `${one}: a reference to nothing`);
  });
}

function canCompile(pattern: string): boolean {
  try {
    return new RegExp(pattern, "u").source !== "";
  } catch {
    // That it cannot be compiled is the answer.
    return false;
  }
}

function fault(good: boolean, text: string): string[] {
  return good ? [] : [text];
}
function node(value: unknown): Node {
  return typeof value === "object" && value !== null ? (value as Node) : {};
}
function entries(value: unknown): (readonly [string, unknown])[] {
  return Object.entries(node(value));
}
function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

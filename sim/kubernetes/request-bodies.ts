// What clients send. Unknown fields are let through silently, as the real server does: a misspelt
// precondition is no precondition.
import * as z from "zod";
import * as answers from "./status-bodies.ts";
import type { Reply } from "./status-bodies.ts";

const DeleteOptions = z.looseObject({
  gracePeriodSeconds: z.number().int().nonnegative().optional(),
  dryRun: z.array(z.string()).optional(),
  preconditions: z
    .looseObject({ uid: z.string().optional(), resourceVersion: z.string().optional() })
    .optional(),
});
export type Options = z.infer<typeof DeleteOptions>;

export const EvictionBody = z.looseObject({
  apiVersion: z.enum(["policy/v1", "policy/v1beta1"]),
  kind: z.literal("Eviction"),
  metadata: z.looseObject({ name: z.string().optional() }).optional(),
  deleteOptions: DeleteOptions.optional(),
});

/** The options of a DELETE, from its body and its query; the query wins for dryRun. */
export function readOptions(
  body: string,
  query: URLSearchParams,
): { options: Options } | { refused: Reply } {
  const parsed = body === "" ? { value: {} } : parseJson(body);
  if ("refused" in parsed) return parsed;
  const { kind, apiVersion } = parsed.value as { kind?: string; apiVersion?: string };
  if (kind !== undefined && kind !== "DeleteOptions") {
    const scheme = "k8s.io/apimachinery/pkg/apis/meta/internalversion/scheme/register.go:27";
    const message = `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${scheme}"`;
    return { refused: answers.badRequest(message) };
  }
  const read = DeleteOptions.safeParse(parsed.value);
  if (!read.success) return { refused: answers.badRequest(z.prettifyError(read.error)) };
  const options = withQuery(read.data, query);
  return isKnownDryRun(options) ? { options } : { refused: badDryRun(options) };
}

export function parseJson(body: string): { value: unknown } | { refused: Reply } {
  try {
    return { value: JSON.parse(body) };
  } catch {
    const message = `couldn't get version/kind; json parse error: ${goJsonError(body)}`;
    return { refused: answers.badRequest(message) };
  }
}

export function withQuery(options: Options, query: URLSearchParams): Options {
  const grace = query.get("gracePeriodSeconds");
  const dryRun = query.getAll("dryRun");
  return {
    ...options,
    ...(grace === null || options.gracePeriodSeconds !== undefined
      ? {}
      : { gracePeriodSeconds: Number(grace) }),
    ...(dryRun.length === 0 ? {} : { dryRun }),
  };
}

export function isDryRun(options: Options): boolean {
  return (options.dryRun ?? []).length > 0;
}

function isKnownDryRun(options: Options): boolean {
  return (options.dryRun ?? []).every((value) => value === "All");
}

function badDryRun(options: Options): Reply {
  const message = `Unsupported value: ${JSON.stringify(options.dryRun)}: supported values: "All"`;
  return answers.failure(422, `DeleteOptions.meta.k8s.io "" is invalid: dryRun: ${message}`, {
    reason: "Invalid",
    details: {
      group: "meta.k8s.io",
      kind: "DeleteOptions",
      causes: [{ reason: "FieldValueNotSupported", message, field: "dryRun" }],
    },
  });
}

/** How Go's decoder complains about the first character that does not fit. */
function goJsonError(body: string): string {
  const text = body.trimStart();
  return text.startsWith("{")
    ? `invalid character '${text[1] ?? ""}' looking for beginning of object key string`
    : `invalid character '${text[0] ?? ""}' looking for beginning of value`;
}

// Replies of the simulated router. RouterOS leaves `detail` out on 401 and 404.

export type Reply = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as compact JSON with sorted keys; left out: no body. */
  readonly body?: unknown;
  /** Sent as HTML in place of JSON. */
  readonly html?: string;
};

const MESSAGES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  415: "Unsupported Media Type",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
};

/** An error as RouterOS words it; `error` is the only number in any reply. */
export function refusal(status: number, detail?: string): Reply {
  const body = { error: status, message: MESSAGES[status] ?? "Error" };
  return { status, body: detail === undefined ? body : { detail, ...body } };
}

/** 200 with a body. */
export function found(body: unknown): Reply {
  return { status: 200, body };
}

export const notFound = refusal(404);
export const unauthorized: Reply = {
  ...refusal(401),
  headers: { "WWW-Authenticate": 'Basic realm="RouterOS"' },
};
export const forbiddenPage: Reply = {
  status: 403,
  html: "<html><body>403 Forbidden</body></html>",
};

/** Compact JSON, keys in alphabetical order as RouterOS prints them. */
export function asJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

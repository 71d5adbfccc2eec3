import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { AppEnv } from "./app-env.ts";
import { logError } from "../log.ts";
import type { Problem } from "../protocol/problem.ts";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  422: "Unprocessable Content",
  426: "Upgrade Required",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** What an error means to whoever asked; what is behind it goes to the log. */
export function refusalOf(c: Context<AppEnv>, error: Error) {
  if (error instanceof HTTPException) {
    if (error.cause instanceof Error) logError(c.var.requestId, "store", error.cause.message);
    return { status: error.status, detail: error.message };
  }
  logError(c.var.requestId, "bug", error.stack ?? String(error));
  const detail = `an error of our own; the Worker's log has it under ${c.var.requestId}`;
  return { status: 500, detail } as const;
}

/** An RFC 9457 body. `detail` is one line: senders write it into their logs. */
export function problem(c: Context<AppEnv>, status: number, detail: string): Response {
  const body: Problem = {
    type: "about:blank",
    title: TITLES[status] ?? "Error",
    status,
    detail: detail.replaceAll(/\s+/g, " ").slice(0, 500),
    instance: c.var.requestId,
  };
  const headers = new Headers({ "content-type": "application/problem+json" });
  if (status === 401) headers.set("www-authenticate", 'Bearer realm="backon"');
  return new Response(`${JSON.stringify(body)}\n`, { status, headers });
}

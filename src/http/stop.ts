// How a route ends without the answer that was asked for.
import { HTTPException } from "hono/http-exception";
import type { Result } from "../jobs/result.ts";

/** Ends the request with this status and this one line, as a problem body. */
export function stop(
  status: 400 | 401 | 403 | 404 | 409 | 413 | 422 | 426 | 503,
  detail: string,
): never {
  throw new HTTPException(status, { message: detail });
}

/** The value, or the refusal as a problem body. A store that fails is 503: the sender tries again. */
export async function unwrap<T>(call: Promise<Result<T>>): Promise<T> {
  let outcome: Result<T>;
  try {
    outcome = await call;
  } catch (cause) {
    throw new HTTPException(503, {
      message: "the store did not answer: what it changed, if anything, is not known; try again",
      cause,
    });
  }
  if (outcome.ok) return outcome.value;
  const { status } = outcome;
  if (status === 401 || status === 404 || status === 409 || status === 422)
    stop(status, outcome.detail);
  return stop(503, outcome.detail);
}

// How a simulated router is broken: between the socket and the router, or in its hands.
import type { Reply } from "../../../sim/routeros/errors.ts";
import type { Faults } from "../../../sim/routeros/faults.ts";
import type { Between } from "../../../sim/routeros/options.ts";
import type { RestRequest } from "../../../sim/routeros/rest-request.ts";
import type { RouterOs } from "../../../sim/routeros/server.ts";
import type { Breakage } from "../run-check.ts";

/** One small change of behaviour that some check of the row must notice. */
export type Mutant = Breakage & { readonly row: string; readonly title: string };

type Fields = Record<string, unknown>;
/** `METHOD path`, where the path is a part of the request's. */
type Which = readonly [method: string, path?: string];

const asked = ({ method, path }: RestRequest, [its, part = ""]: Which) =>
  (its === "" || method === its) && path.includes(part);

/** Every request of this kind is handed on changed. */
export function asking(which: Which, change: (request: RestRequest) => RestRequest): Breakage {
  return between((request, next) => next(asked(request, which) ? change(request) : request));
}

/** Every reply to a request of this kind is changed. */
export function answering(
  which: Which,
  change: (reply: Reply, request: RestRequest) => Reply,
): Breakage {
  return between(async (request, next) => {
    const reply = await next(request);
    return reply !== "close" && asked(request, which) ? change(reply, request) : reply;
  });
}

/** Requests of this kind get this reply and no effect. */
export function instead(which: Which, reply: Reply): Breakage {
  return between((request, next) =>
    asked(request, which) ? Promise.resolve(reply) : next(request),
  );
}

export function between(its: Between): Breakage {
  return { options: { between: its } };
}

/** The JSON body of each request of this kind is changed. */
export function body(which: Which, change: (fields: Fields) => Fields): Breakage {
  return asking(which, (request) => {
    const parsed: unknown = request.text === "" ? {} : tolerantly(request.text);
    return { ...request, text: JSON.stringify(change({ ...(parsed as Fields) })) };
  });
}

function tolerantly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    if (cause instanceof SyntaxError) return {};
    throw cause;
  }
}

export const set = (name: string, value: unknown) => (fields: Fields) => ({
  ...fields,
  [name]: value,
});
/** Replies with this status get that one. */
export const restated = (from: number, to: number) => (reply: Reply) =>
  reply.status === from ? { ...reply, status: to } : reply;
/** Replies with this status become that one. */
export const replaced = (from: number, by: Reply) => (reply: Reply) =>
  reply.status === from ? by : reply;
export const without = (name: string) => (fields: Fields) =>
  Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));

/** Each record in the replies to such requests is changed. */
export function records(which: Which, change: (record: Fields) => Fields): Breakage {
  return answering(which, (reply) => {
    const { body: old } = reply;
    if (reply.status >= 300 || typeof old !== "object" || old === null) return reply;
    const one = (record: unknown) => change({ ...(record as Fields) });
    return { ...reply, body: Array.isArray(old) ? old.map(one) : one(old) };
  });
}

/** Only these rows are in the replies to such requests. */
export function rows(which: Which, keep: (row: Fields, at: number) => boolean): Breakage {
  return answering(which, (reply) =>
    Array.isArray(reply.body)
      ? { ...reply, body: reply.body.filter((row: unknown, at) => keep(row as Fields, at)) }
      : reply,
  );
}

/** A fault that stays as it is, whatever a test sets. */
export function stuck<Name extends keyof Faults>(name: Name, value: Faults[Name]): Breakage {
  return hands(({ faults }) => {
    Object.defineProperty(faults, name, { get: () => value, set() {} });
    return {};
  });
}

/** What a test or a person does with the router is done in another way. */
export function hands(change: (simulator: RouterOs) => Partial<RouterOs>): Breakage {
  return { change: (simulator) => Object.assign(Object.create(simulator), change(simulator)) };
}

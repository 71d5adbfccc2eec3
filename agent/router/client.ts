// The router's REST API as RouterOS wants to be asked: one request at a time, never cut early,
// and after anything unclear a pause, a new connection, a check, and only then the next question.
import * as z from "zod";
import type { Result } from "../world.ts";
import { leavesDoubt } from "./fault.ts";
import { parseJson } from "./reply.ts";
import {
  senderTo,
  type Answered,
  type Attempt,
  type Sender,
  type SenderOptions,
} from "./sender.ts";

export type RouterClientOptions = SenderOptions & {
  readonly url: string;
  readonly allowHttp?: boolean;
  readonly pauseMs?: number;
};

export type RouterClient = {
  /** Host and port, for messages. */
  readonly on: string;
  /** Path after `/rest/`. Tried up to three times; never after a refused login or right. */
  get<T>(path: string, schema: z.ZodType<T>): Promise<Answered<T>>;
  /** Sent once, whatever happens; the caller reads back, because a status proves nothing. */
  write(method: "PUT" | "POST" | "DELETE", path: string, body?: object): Promise<Answered<null>>;
  close(): void;
};

/** A cut request disturbs RouterOS 7.21.5 for up to 2.4 s (measured by quickchr). */
const PAUSE_MS = 5_000;
/** Retries of a GET wait one pause, then two; without jitter, as each router has one agent. */
const GET_ATTEMPTS = 3;

const Identity = z.object({ name: z.string() });

/** Refuses plain HTTP (it sends the password readable) unless `allowHttp`. Opens nothing yet. */
export function createRouterClient(options: RouterClientOptions): Result<RouterClient> {
  const url = URL.canParse(options.url) ? new URL(options.url) : null;
  const fault = url === null ? "is no URL" : refusedUrl(url, options.allowHttp === true);
  if (url === null || fault !== null)
    return {
      ok: false,
      error: { next: "give-up", uncertain: false, message: `ROUTER_URL ${fault}` },
    };
  return { ok: true, value: clientAt(url, options) };
}

function refusedUrl(url: URL, allowHttp: boolean): string | null {
  if (url.username !== "" || url.password !== "")
    return "holds a user or a password; put them into ROUTER_USER and ROUTER_PASSWORD";
  if (url.protocol === "http:" && !allowHttp)
    return `is ${url.origin}, but http:// sends the password readable; use https:// or set ROUTER_ALLOW_HTTP=yes`;
  return url.protocol === "http:" || url.protocol === "https:" ? null : "is not https://";
}

function clientAt(url: URL, options: RouterClientOptions): RouterClient {
  const send = senderTo(url, options);
  const ask = cautious(url, options, send);
  const inTurn = createTurns();
  return {
    on: url.host,
    get: (path, schema) =>
      inTurn(async () => {
        for (let attempt = 1; ; attempt += 1) {
          const answered = await ask({ method: "GET", path }, Math.max(1, attempt - 1));
          const again = !answered.ok && leavesDoubt(answered.fault);
          if (!again || attempt === GET_ATTEMPTS) return shaped(answered, schema, url, path);
        }
      }),
    write: (method, path, body) =>
      inTurn(async () => {
        const answered = await ask(body ? { method, path, body } : { method, path }, 1);
        return answered.ok ? { ok: true, value: null } : answered;
      }),
    close: () => send.reset(),
  };
}

/** Sends; but first, if the last answer left doubt, pauses and checks a new connection. */
function cautious(url: URL, { clock, pauseMs = PAUSE_MS }: RouterClientOptions, send: Sender) {
  let inDoubt = false;
  return async (attempt: Attempt, pauses: number): Promise<Answered<string>> => {
    if (inDoubt) {
      send.reset();
      await clock.sleep(pauseMs * pauses);
      // A mixed-up answer shows here: of the menus we read, only this one's object has a name.
      const path = "system/identity";
      const checked = shaped(await send({ method: "GET", path }), Identity, url, path);
      if (!checked.ok) return checked;
    }
    const answered = await send(attempt);
    inDoubt = !answered.ok && leavesDoubt(answered.fault);
    return answered;
  };
}

/** RouterOS works on one request of a user at a time; a queue here keeps our own order. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    // The caller gets the error; the next in the queue only has to know that this one is over.
    last = turn.then(
      () => null,
      () => null,
    );
    return turn;
  };
}

/** After a restart RouterOS may answer with another menu's object: the shape tells. */
function shaped<T>(
  answered: Answered<string>,
  schema: z.ZodType<T>,
  url: URL,
  path: string,
): Answered<T> {
  if (!answered.ok) return answered;
  const parsed = schema.safeParse(parseJson(answered.value));
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? "" : ` (${issue.path.join(".")}: ${issue.message})`;
  const what = `GET /rest/${path} on ${url.host}`;
  const detail = `an answer of another shape${where}`;
  return { ok: false, fault: { kind: "malformed", what, status: 200, detail } };
}

// The router's REST API as RouterOS wants to be asked: one request at a time, never cut early,
// and after anything unclear a pause, a new connection, a check, and only then the next question.
import { inSeconds } from "../../src/shown/duration.ts";
import * as z from "zod";
import type { Result } from "../ports/result.ts";
import { leavesDoubt, type RouterFault } from "./fault.ts";
import type { Read, ReadPath, Write } from "./paths.ts";
import { parseReply } from "./reply.ts";
import { createRowIds } from "./row-ids.ts";
import { senderTo, type Answered, type Sender, type SenderOptions } from "./sender.ts";
import { createTurns } from "./turns.ts";

export type RouterClientOptions = SenderOptions & {
  readonly url: string;
  readonly allowHttp?: boolean;
  readonly pauseMs?: number;
  /** How long a caller waits at most; what has begun by then ends in the background. */
  readonly stopWaitingMs?: number;
};

export type RouterClient = {
  /** Host and port, for messages. */
  readonly on: string;
  /** How many answers left doubt so far; a restart of the router shows as one. */
  doubts(): number;
  /** Tried up to three times; never after a refused login or right. */
  get<T>(path: ReadPath, schema: z.ZodType<T>): Promise<Answered<T>>;
  /**
   * Sent once, whatever happens; the caller reads back, because a status proves nothing. Asks
   * `stillAllowed` right before it sends: the turn, a pause and a check may come first.
   */
  write(write: Write, stillAllowed: () => boolean): Promise<Answered<null>>;
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
  const careful = carefully(url, options, send);
  const turns = createTurns(options.stopWaitingMs ?? null);
  return {
    on: url.host,
    doubts: () => careful.doubts(),
    get: (path, schema) =>
      turns.run(
        async (left) => {
          const what = `GET /rest/${path} on ${url.host}`;
          for (let attempt = 1; ; attempt += 1) {
            const answered = await careful.ask({ method: "GET", path }, attempt - 1, () => true);
            const again = !answered.ok && leavesDoubt(answered.fault) && !left();
            if (!again || attempt === GET_ATTEMPTS) return shaped(answered, schema, what);
          }
        },
        (begun) => notWaitedFor(`GET /rest/${path} on ${url.host}`, begun),
      ),
    write: (write, stillAllowed) =>
      turns.run(
        async (left) => {
          const answered = await careful.ask(write, 1, () => !left() && stillAllowed());
          return answered.ok ? { ok: true, value: null } : answered;
        },
        (begun) => notWaitedFor(`${write.method} /rest/${write.path} on ${url.host}`, begun),
      ),
    close: () => send.reset(),
  };
}

function notWaitedFor(what: string, begun: boolean): { ok: false; fault: RouterFault } {
  const detail = begun
    ? "not waited for any longer; the router is left to end it"
    : "earlier requests took too long";
  return { ok: false, fault: { kind: begun ? "broken" : "not-sent", what, status: null, detail } };
}

/** Sends; but first, if the last answer left doubt, pauses and checks a new connection. */
function carefully(url: URL, { clock, pauseMs = PAUSE_MS }: RouterClientOptions, send: Sender) {
  let inDoubt = false;
  let doubts = 0;
  let lastMs = 0;
  const ids = createRowIds();
  const ask = async (
    wanted: Read | Write,
    repeats: number,
    stillAllowed: () => boolean,
  ): Promise<Answered<string>> => {
    if (inDoubt) {
      send.reset();
      await clock.sleep(pauseMs * Math.max(1, repeats));
      // A mixed-up answer shows here: of the menus we read, only this one's object has a name.
      const path = "system/identity";
      const what = `GET /rest/${path} on ${url.host}`;
      const checked = shaped(await send({ method: "GET", path }), Identity, what);
      if (!checked.ok) return checked;
      inDoubt = false;
    }
    if (ids.isStale(wanted, doubts)) return { ok: false, fault: staleId(wanted, url) };
    if (!stillAllowed()) {
      const what = `${wanted.method} /rest/${wanted.path} on ${url.host}`;
      const detail = `the right to write ran out before its turn came${slownessInWords(lastMs)}`;
      return { ok: false, fault: { kind: "not-sent", what, status: null, detail } };
    }
    const sentAt = clock.now();
    const answered = await send(wanted);
    lastMs = clock.now() - sentAt;
    inDoubt = !answered.ok && leavesDoubt(answered.fault);
    if (inDoubt) doubts += 1;
    if (answered.ok) ids.wereRead(wanted, doubts);
    return answered;
  };
  return { ask, doubts: () => doubts };
}

function staleId({ method, path }: Read | Write, url: URL): RouterFault {
  const what = `${method} /rest/${path} on ${url.host}`;
  const detail = "not sent: the router may have restarted since its rows were read";
  return { kind: "stale-id", what, status: null, detail };
}

/** From here on a few answers take as long as probes and a lease are good for. */
const SLOW_MS = 10_000;

function slownessInWords(ms: number): string {
  if (ms < SLOW_MS) return "";
  return `: the router took ${inSeconds(ms)} for its last answer, and a write needs some answers within two minutes of the probes; find out what keeps the router busy`;
}

/** After a restart RouterOS may answer with another menu's object: the shape tells. */
function shaped<T>(answered: Answered<string>, schema: z.ZodType<T>, what: string): Answered<T> {
  if (!answered.ok) return answered;
  const parsed = schema.safeParse(parseReply(answered.value));
  if (parsed.success) return { ok: true, value: parsed.data };
  const issue = parsed.error.issues[0];
  const where = issue === undefined ? "" : ` (${issue.path.join(".")}: ${issue.message})`;
  const detail = `an answer of another shape${where}`;
  return { ok: false, fault: { kind: "malformed", what, status: 200, detail } };
}

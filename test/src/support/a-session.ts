// A person's browser: a session as the sign-in gives it, and requests with its cookie.
import { exports } from "cloudflare:workers";
import { aToken, ask, requestOf } from "./worker.ts";

export const ORIGIN = "https://backon.example";

export type Session = { readonly cookie: string };

/** Signs in with a new operator token of this cluster. `revoked`: the token is, afterwards. */
export async function aSession(
  cluster = "home",
  sub = "anna",
  { revoked = false }: { readonly revoked?: boolean } = {},
): Promise<Session> {
  const { token, id } = await aToken("operator", cluster, sub);
  const reply = await submit("/sign-in", { token });
  const session = sessionFrom(reply);
  if (revoked)
    await ask("DELETE", `/v1/tokens/${id}`, { token: await aToken("operator", "*", "root") });
  return session;
}

/** The session that this answer began; one that began none fails the test. */
export function sessionFrom({ cookie, status, text }: Shown): Session {
  if (cookie === null) throw new Error(`not signed in: ${status} ${text}`);
  return { cookie };
}

/** Does this session show the page? */
export async function signedIn(session: Session, path = "/clusters/home"): Promise<boolean> {
  return (await visit(path, session)).status === 200;
}

export type Shown = {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
  /** The cookie that was set, as it is sent back; null if none was. */
  readonly cookie: string | null;
  readonly headers: Headers;
};

/** Loads a page; redirects are not followed. */
export async function visit(path: string, session?: Session): Promise<Shown> {
  return shown(requestOf("GET", path, { headers: { ...session } }));
}

/** Sends a form as a browser on our own page does, unless a test says otherwise. */
export async function submit(
  path: string,
  fields: Readonly<Record<string, string>>,
  session?: Session,
  headers: Readonly<Record<string, string>> = { origin: ORIGIN },
): Promise<Shown> {
  const raw = new URLSearchParams(fields).toString();
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return shown(requestOf("POST", path, { raw, headers: { ...type, ...session, ...headers } }));
}

async function shown(request: Request): Promise<Shown> {
  const response = await exports.default.fetch(new Request(request, { redirect: "manual" }));
  const set = response.headers.get("set-cookie");
  return {
    status: response.status,
    text: await response.text(),
    location: response.headers.get("location"),
    cookie: set === null ? null : (set.split(";")[0] ?? null),
    headers: response.headers,
  };
}

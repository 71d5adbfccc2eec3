// Slack's side: slash commands and clicks, signed as Slack signs them, with the bindings of the test
// project.
import { type Ask, ask, type Reply, requestOf } from "./worker.ts";

const PATH = "/v1/slack/commands";
export const CLICKS = "/v1/slack/interactions";
const SECRET = "slack-test-secret-of-this-worker";

export const FIXES = "U1FIXES";
export const APPROVES = "U1APPROVES";
export const SEES = "U1SEES";

const FIELDS = {
  command: "/backon",
  team_id: "T1TEAM",
  api_app_id: "A1APP",
  user_id: FIXES,
  channel_id: "C1",
  response_url: "https://hooks.slack.com/commands/T1TEAM/1/abc",
};

export type CommandChanges = Partial<Record<keyof typeof FIELDS | "trigger_id", string>>;

/** Posts `/backon TEXT`. Each call is a new command unless `trigger_id` says otherwise. */
export async function slash(text: string, changes: CommandChanges = {}): Promise<Reply> {
  return signed(formOf(text, changes));
}

/** The same, not sent yet. */
export async function slashRequest(text: string, changes: CommandChanges = {}): Promise<Request> {
  return requestOf("POST", PATH, await signedAsk(formOf(text, changes), {}));
}

function formOf(text: string, changes: CommandChanges): string {
  const form = { ...FIELDS, trigger_id: crypto.randomUUID(), text, ...changes };
  return new URLSearchParams(form).toString();
}

/** What the person reads; anything but a private reply fails the test. */
export async function slashText(text: string, changes: CommandChanges = {}): Promise<string> {
  const { status, body } = await slash(text, changes);
  if (status !== 200 || body["response_type"] !== "ephemeral") throw new Error(`${status}`);
  return String(body["text"]);
}

type Click = { readonly user?: string; readonly team?: string; readonly app?: string };

/**
 * The payload of a click, as Slack sends it. Without a `response_url`: nothing leaves the test, what
 * the one who clicked is told is tested over sockets.
 */
export function clickPayload(action: string, value: string | undefined, who: Click = {}): object {
  return {
    type: "block_actions",
    user: { id: who.user ?? APPROVES, username: "anna", team_id: "T1TEAM" },
    team: { id: who.team ?? "T1TEAM", domain: "home" },
    api_app_id: who.app ?? "A1APP",
    trigger_id: "1.2.3",
    container: { type: "message", message_ts: "1.2", channel_id: "C1" },
    actions: [{ type: "button", action_id: action, block_id: "job:j1", action_ts: "1.2", value }],
  };
}

/** Clicks a button of one of our messages. */
export function click(action: string, value: string | undefined, who: Click = {}): Promise<Reply> {
  return interact(clickPayload(action, value, who));
}

export function interact(payload: unknown, how: How = {}): Promise<Reply> {
  return signed(new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), {
    path: CLICKS,
    ...how,
  });
}

/** Posts a form with a good signature, unless a test says otherwise. */
export async function signed(form: string, how: How = {}): Promise<Reply> {
  return ask("POST", how.path ?? PATH, await signedAsk(form, how));
}

type How = { readonly secret?: string; readonly at?: number; readonly path?: string };

export async function signedAsk(
  form: string,
  { secret = SECRET, at = Date.now() }: How,
): Promise<Ask> {
  const timestamp = String(Math.floor(at / 1000));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
  const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, bytes(`v0:${timestamp}:${form}`));
  const hex = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0"));
  return {
    raw: form,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${hex.join("")}`,
    },
  };
}

// Slack's side: a slash command, signed as Slack signs it, with the bindings of the test project.
import { ask, type Reply } from "./worker.ts";

const SECRET = "slack-test-secret-of-this-worker";

export const FIXES = "U1FIXES";
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
  const form = { ...FIELDS, trigger_id: crypto.randomUUID(), text, ...changes };
  return signed(new URLSearchParams(form).toString());
}

/** What the person reads; anything but a private reply fails the test. */
export async function slashText(text: string, changes: CommandChanges = {}): Promise<string> {
  const { status, body } = await slash(text, changes);
  if (status !== 200 || body["response_type"] !== "ephemeral") throw new Error(`${status}`);
  return String(body["text"]);
}

/** Posts a form with a good signature, unless a test says otherwise. */
export async function signed(
  form: string,
  { secret = SECRET, at = Date.now() }: { secret?: string; at?: number } = {},
): Promise<Reply> {
  const timestamp = String(Math.floor(at / 1000));
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
  const key = await crypto.subtle.importKey("raw", bytes(secret), algorithm, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, bytes(`v0:${timestamp}:${form}`));
  const hex = Array.from(new Uint8Array(mac), (byte) => byte.toString(16).padStart(2, "0"));
  return ask("POST", "/v1/slack/commands", {
    raw: form,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${hex.join("")}`,
    },
  });
}

// A click on one of our buttons: Slack's payload → what was decided. Pure; the signature is checked
// before.
import * as z from "zod/mini";
import { jsonOf } from "../jobs/json.ts";
import { readButtonValue, type ButtonValue } from "../messages/button-value.ts";

const slackId = z.string().check(z.regex(/^[A-Z0-9]{1,64}$/));

const Payload = z.object({ type: z.string() });
const Click = z.object({
  type: z.literal("block_actions"),
  user: z.object({ id: slackId, team_id: z.optional(slackId) }),
  /** Null where the app is installed for a whole organisation; that is then named. */
  team: z.nullish(z.object({ id: slackId })),
  enterprise: z.nullish(z.object({ id: slackId })),
  is_enterprise_install: z.optional(z.boolean()),
  api_app_id: slackId,
  response_url: z.optional(z.string().check(z.maxLength(2000))),
  actions: z
    .array(z.object({ action_id: z.string(), value: z.optional(z.string()) }))
    .check(z.minLength(1)),
});

export type SlackClick = {
  readonly userId: string;
  readonly teamId: string;
  /** The organisation that the app is installed for as a whole; undefined: it is not. */
  readonly orgId: string | undefined;
  readonly appId: string;
  /** Where the one who clicked can be told something; null if Slack named no such address. */
  readonly responseUrl: string | null;
  readonly action: "approve" | "dismiss" | "undo";
  readonly value: ButtonValue;
};

/**
 * Reads the signed form. `ignored`: nothing of ours (a link button, another kind of payload), to be
 * answered with an empty 200.
 */
export function readSlackClick(
  form: string,
): { kind: "click"; click: SlackClick } | { kind: "ignored" } | { kind: "bad"; detail: string } {
  const text = new URLSearchParams(form).get("payload");
  const payload = jsonOf(text ?? "");
  if (!Payload.safeParse(payload).success)
    return { kind: "bad", detail: "not an interaction: there is no payload in JSON with a type" };
  const parsed = Click.safeParse(payload);
  const [action] = parsed.data?.actions ?? [];
  if (!parsed.success || action === undefined) return { kind: "ignored" };
  const { action_id: id, value: carried = "" } = action;
  if (id !== "approve" && id !== "dismiss" && id !== "undo") return { kind: "ignored" };
  const value = readButtonValue(carried);
  if (value === null) return { kind: "bad", detail: `the button ${id} carries no job` };
  const {
    user,
    team,
    enterprise,
    api_app_id: appId,
    response_url: responseUrl = null,
  } = parsed.data;
  const orgId = parsed.data.is_enterprise_install === true ? enterprise?.id : undefined;
  // Without a team the click was outside of any one: the clicker's own stands for it.
  const teamId = team?.id ?? user.team_id ?? orgId;
  if (teamId === undefined) return { kind: "bad", detail: "the click names no team" };
  return {
    kind: "click",
    click: { userId: user.id, teamId, orgId, appId, responseUrl, action: id, value },
  };
}

// The slash command: Slack's form → Command → Signal, and the words that go back. Everything here is
// pure; the signature is checked before (slack-signature.ts).
import type { Scope } from "../protocol/job.ts";
import * as z from "zod/mini";
import { ClusterName } from "../config/config.ts";
import type { Signal } from "../jobs/signal.ts";
import { RegistryHost } from "../manual/read.ts";

/** Ids only: Slack lets people change their names. */
const slackId = z.string().check(z.regex(/^[A-Z0-9]{1,64}$/));
const short = z.string().check(z.minLength(1), z.maxLength(2000));

const CommandForm = z.pipe(
  z.object({
    text: z._default(z.string().check(z.maxLength(4000)), ""),
    team_id: slackId,
    enterprise_id: z.optional(z.string()),
    is_enterprise_install: z.optional(z.string()),
    user_id: slackId,
    api_app_id: slackId,
    channel_id: slackId,
    response_url: short,
    trigger_id: short,
  }),
  z.transform((form) => ({
    text: form.text,
    teamId: form.team_id,
    orgId: form.is_enterprise_install === "true" ? form.enterprise_id : undefined,
    userId: form.user_id,
    appId: form.api_app_id,
    channelId: form.channel_id,
    responseUrl: form.response_url,
    triggerId: form.trigger_id,
  })),
);
export type SlackCommand = z.infer<typeof CommandForm>;

/** Slack looks now and then whether we are there, unsigned: answer 200, empty, and do nothing. */
export function isSslCheck(form: string): boolean {
  return new URLSearchParams(form).get("ssl_check") === "1";
}

/** Reads the form's text, once its signature is good. `detail` names the fields, never a value. */
export function readSlackCommand(
  form: string,
): { ok: true; command: SlackCommand } | { ok: false; detail: string } {
  const parsed = CommandForm.safeParse(Object.fromEntries(new URLSearchParams(form)));
  if (parsed.success) return { ok: true, command: parsed.data };
  const fields = new Set(parsed.error.issues.map(({ path }) => path.join(".")));
  return { ok: false, detail: `not a slash command: missing or odd ${[...fields].join(", ")}` };
}

type Where = {
  readonly cluster: string | null;
  readonly registry: string | null;
  /** Only of an undo. */
  readonly scope?: Scope;
};
/** What asks for a job. */
export type JobCommand = { readonly verb: "fix" | "diagnose" | "undo" } & Where;
export type Command =
  | { readonly verb: "help" }
  | ({ readonly verb: "status" | "jobs" } & Where)
  | JobCommand
  | { readonly verb: "unknown"; readonly word: string };

/**
 * `/backon [verb] [cluster or registry]`: no text is `help`; a word with a dot is a registry, any
 * other a cluster, each at most once. The first word that does not fit comes back as `unknown`.
 */
export function parseCommand(text: string): Command {
  const [first = "help", ...rest] = text.split(/\s+/).filter((word) => word !== "");
  const verb = first.toLowerCase();
  if (verb === "help") return { verb };
  if (!isVerb(verb)) return { verb: "unknown", word: first };
  let where: Where = { cluster: null, registry: null };
  for (const word of rest) {
    const next = verb === "undo" && isAll(word) ? forAll(where) : place(word, where);
    // The others are of a whole cluster; to drop the registry without a word would mislead.
    const named = verb === "fix" || verb === "diagnose";
    if (next === null || (!named && next.registry !== null)) {
      return { verb: "unknown", word };
    }
    where = next;
  }
  return { verb, ...where };
}

/** The last word of an undo; a cluster of that name is undone on the page. */
function isAll(word: string): boolean {
  return word.toLowerCase() === "all";
}

function forAll(where: Where): Where | null {
  return where.scope === undefined ? { ...where, scope: "all" } : null;
}

const VERBS = ["status", "jobs", "diagnose", "fix", "undo"] as const;

function isVerb(word: string): word is (typeof VERBS)[number] {
  return VERBS.some((verb) => verb === word);
}

function place(word: string, where: Where): Where | null {
  if (word.includes(".")) {
    const registry = RegistryHost.safeParse(word);
    return registry.success && where.registry === null
      ? { ...where, registry: registry.data }
      : null;
  }
  const cluster = ClusterName.safeParse(word.toLowerCase());
  return cluster.success && where.cluster === null ? { ...where, cluster: cluster.data } : null;
}

/** Whom the log names: ids, as names can be changed. */
export function slackName({ teamId, userId }: Pick<SlackCommand, "teamId" | "userId">): string {
  return `slack:${teamId}/${userId}`;
}

const KINDS = { fix: "remediate", diagnose: "diagnose", undo: "withdraw" } as const;

/** The job that a command asks for. A person asks, so a hold does not stand in the way. */
export function signalOf(
  { verb, registry, scope }: Pick<JobCommand, "verb" | "registry" | "scope">,
  by: string,
) {
  return {
    kind: KINDS[verb],
    origin: { via: "slack", by, person: true },
    registry,
    ...(scope === undefined ? {} : { scope }),
    targets: [],
    truncatedAlerts: 0,
  } as const satisfies Signal;
}

/** Makes any text harmless in Slack's mrkdwn: no mention and no link can come out of it. */
export function slackEscape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

export type Ephemeral = { readonly response_type: "ephemeral"; readonly text: string };

/** A reply that only the asker sees. `text` is mrkdwn: escape what is not ours. */
export function ephemeral(text: string): Ephemeral {
  return { response_type: "ephemeral", text };
}

export function helpText(): string {
  return [
    "*backon* gets image pulls going again when the network path to the registry is broken.",
    "`/backon status [CLUSTER]` the agent, our rule, open jobs",
    "`/backon jobs [CLUSTER]` the last jobs and how they ended",
    "`/backon diagnose [CLUSTER] [REGISTRY]` dry run: what is wrong, and what a fix would do",
    "`/backon fix [CLUSTER] [REGISTRY]` look, and repair what the evidence allows",
    "`/backon undo [CLUSTER] [all]` remove our rule from the router; `all`: also where other clusters use it",
    "`/backon help` this text",
    "A word with a dot is a registry, for example `docker.io`; any other is a cluster. Without one, it is the cluster of this channel.",
  ].join("\n");
}

/** Names the word that was not understood (shortened and escaped), then says what works. */
export function unknownText(word: string): string {
  // By code points, so that no half of an emoji is left.
  const letters = Array.from(word);
  const shown = letters.length > 60 ? `${letters.slice(0, 60).join("")}…` : word;
  return `I don't understand “${slackEscape(shown)}”.\n${helpText()}`;
}

import { expect, test } from "vitest";
import {
  ephemeral,
  helpText,
  isSslCheck,
  parseCommand,
  readSlackCommand,
  signalOf,
  slackEscape,
  unknownText,
} from "../../../src/slack/command.ts";

const FIELDS = {
  text: "fix home",
  team_id: "T1DC2JH3J",
  user_id: "U2CERLKJA",
  api_app_id: "A012ABCD0A0",
  channel_id: "G8PSS9T3V",
  response_url: "https://hooks.slack.com/commands/T1DC2JH3J/397700885554/96rG",
  trigger_id: "398738663015.47445629121.803a",
};

function formOf(fields: Record<string, string>): string {
  return new URLSearchParams(fields).toString();
}

test("a form is read; Slack's deprecated fields are left", () => {
  const form = formOf({ ...FIELDS, token: "xyzz0WbapA4vBCDEFasx0q6G", user_name: "roadrunner" });

  expect(readSlackCommand(form)).toEqual({
    ok: true,
    command: {
      text: "fix home",
      teamId: "T1DC2JH3J",
      userId: "U2CERLKJA",
      appId: "A012ABCD0A0",
      channelId: "G8PSS9T3V",
      responseUrl: "https://hooks.slack.com/commands/T1DC2JH3J/397700885554/96rG",
      triggerId: "398738663015.47445629121.803a",
    },
  });
});

test("plus signs, percent signs and emoji in the text are decoded", () => {
  const form = formOf(FIELDS).replace("text=fix+home", "text=fix+%F0%9F%9A%80%2B");

  expect(readSlackCommand(form)).toMatchObject({ ok: true, command: { text: "fix 🚀+" } });
});

test("a form without text is an empty command", () => {
  const { text: _, ...fields } = FIELDS;

  expect(readSlackCommand(formOf(fields))).toMatchObject({ ok: true, command: { text: "" } });
});

test.each(["team_id", "user_id", "api_app_id", "trigger_id"] as const)(
  "a form without %s is refused by that name",
  (field) => {
    const fields = Object.entries(FIELDS).filter(([name]) => name !== field);

    const answer = readSlackCommand(formOf(Object.fromEntries(fields)));

    expect(answer).toEqual({ ok: false, detail: `not a slash command: missing or odd ${field}` });
  },
);

test("a refusal never repeats a value", () => {
  const answer = readSlackCommand(formOf({ ...FIELDS, user_id: "<@U1>", team_id: "secret" }));

  expect(answer).toEqual({
    ok: false,
    detail: "not a slash command: missing or odd team_id, user_id",
  });
});

test.each([
  ["ssl_check=1&token=x", true],
  ["ssl_check=0", false],
  ["text=ssl_check%3D1", false],
  ["", false],
])("Slack's check of the certificate is recognised: %s is %s", (form, expected) => {
  expect(isSslCheck(form)).toBe(expected);
});

const nowhere = { cluster: null, registry: null };

test.each([
  ["", { verb: "help" }],
  [" \n ", { verb: "help" }],
  ["help", { verb: "help" }],
  ["HELP me", { verb: "help" }],
  ["status", { verb: "status", ...nowhere }],
  ["status home", { verb: "status", ...nowhere, cluster: "home" }],
  ["fix", { verb: "fix", ...nowhere }],
  ["Fix", { verb: "fix", ...nowhere }],
  ["  fix\u00a0 home ", { verb: "fix", ...nowhere, cluster: "home" }],
  ["fix Home", { verb: "fix", ...nowhere, cluster: "home" }],
  ["fix ghcr.io", { verb: "fix", ...nowhere, registry: "ghcr.io" }],
  ["fix docker.io", { verb: "fix", ...nowhere, registry: "registry-1.docker.io" }],
  ["diagnose home GHCR.io", { verb: "diagnose", cluster: "home", registry: "ghcr.io" }],
  ["diagnose ghcr.io home", { verb: "diagnose", cluster: "home", registry: "ghcr.io" }],
  ["frobnicate", { verb: "unknown", word: "frobnicate" }],
  ["undo home", { verb: "undo", ...nowhere, cluster: "home" }],
  ["undo all", { verb: "undo", ...nowhere, scope: "all" }],
  ["undo home All", { verb: "undo", ...nowhere, cluster: "home", scope: "all" }],
  ["undo all home", { verb: "undo", ...nowhere, cluster: "home", scope: "all" }],
  ["undo all all", { verb: "unknown", word: "all" }],
  ["fix all", { verb: "fix", ...nowhere, cluster: "all" }],
  ["undo docker.io", { verb: "unknown", word: "docker.io" }],
  ["jobs", { verb: "jobs", ...nowhere }],
  ["jobs home", { verb: "jobs", ...nowhere, cluster: "home" }],
  ["fix home branch", { verb: "unknown", word: "branch" }],
  ["fix ghcr.io quay.io", { verb: "unknown", word: "quay.io" }],
  ["fix https://ghcr.io", { verb: "unknown", word: "https://ghcr.io" }],
  ["fix <!channel>", { verb: "unknown", word: "<!channel>" }],
  ["fix home please", { verb: "unknown", word: "please" }],
  ["status docker.io", { verb: "unknown", word: "docker.io" }],
])("/backon %s", (text, command) => {
  expect(parseCommand(text)).toEqual(command);
});

test.each([
  ["fix", "remediate"],
  ["diagnose", "diagnose"],
  ["undo", "withdraw"],
] as const)("%s asks for a %s job, in the person's name", (verb, kind) => {
  const signal = signalOf({ verb, registry: "ghcr.io" }, "slack:T1/U2");

  expect(signal).toEqual({
    kind,
    origin: { via: "slack", by: "slack:T1/U2", person: true },
    registry: "ghcr.io",
    targets: [],
    truncatedAlerts: 0,
  });
});

test("no mention and no link survives escaping", () => {
  expect(slackEscape("<!channel> & <https://evil|docs> &amp;")).toBe(
    "&lt;!channel&gt; &amp; &lt;https://evil|docs&gt; &amp;amp;",
  );
});

test("an unknown word is named back, escaped, with the help", () => {
  const text = unknownText("<!here>");

  expect(text).toContain("“&lt;!here&gt;”");
  expect(text).toContain(helpText());
});

test("a long unknown word is shortened without breaking a letter", () => {
  const text = unknownText("🚀".repeat(500));

  expect(text).toContain(`“${"🚀".repeat(60)}…”`);
});

test("the help names every verb that works, and none that does not", () => {
  const verbs = [...helpText().matchAll(/\/backon (\w+)/g)].map(([, verb]) => verb ?? "");

  expect(verbs.toSorted()).toEqual(["diagnose", "fix", "help", "jobs", "status", "undo"]);
});

test("every line of the help is a command that is understood as it stands", () => {
  const verbs = [...helpText().matchAll(/\/backon (\w+)/g)].map(([, verb]) => verb ?? "");

  expect(verbs.map((verb) => parseCommand(verb).verb)).toEqual(verbs);
});

test("a reply is shown to the asker alone", () => {
  expect(ephemeral("hello")).toEqual({ response_type: "ephemeral", text: "hello" });
});

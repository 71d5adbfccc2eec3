// The words that we do not use, in what people read: documents, page, messages, log lines, commands.
// CONTRIBUTING.md, Style. Each has the words that we use in its place.
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** Never → rather. Wire values (`stood-down`, `observed`) stay as they are. */
const UNUSED: readonly (readonly [never: RegExp, rather: string])[] = [
  [/\b(doorbell|bell)s? (hang|hung)|\bhang(s|ing)? (it )?up|may hang on/, "is connected"],
  [/carr(y|ies|ied) the plan out|plan (is|be|are) (not )?carried out/, "apply this fix"],
  [/waits? for a person/, "needs approval"],
  [/\blook(s|ed)? only\b/, "dry run, observed"],
  [/"stood down"/, "no action, and the reason"],
  [/none has called/, "not connected yet"],
  [/>Go on<|"Go on"|\bGo on\?/, "Continue"],
  [/"Not done"/, "Not found, Not allowed"],
  [/is to come\b|follows by itself/, "the state: working, waiting"],
  [/(take|takes|took|taken|taking) (our|the) rule off|takes? it off|take the rule back/, "remove"],
  [/\bperson's word\b/, "what it means for the reader"],
  [/meddling/, "manual edits"],
  [/way out that|and way out/, "channel"],
  [/jittered by|nobody is told|keeps nothing else waiting/, "numbers; what happens"],
  [/Of an undo there is only one kind/, "Undo requests are always merged"],
  [/at work and is told|works on it and is told/, "the agent is told"],
];

function filesIn(folder: string, ends: RegExp): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => ends.test(path))
    .map((path) => `${folder}/${path}`);
}

const MARKDOWN = /\.md$/;
const SHOWN = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "agent/main.ts",
  ...filesIn("docs", MARKDOWN),
  ...filesIn("deploy", MARKDOWN),
  ...["web", "messages", "story", "slack", "openapi"].flatMap((name) =>
    filesIn(`src/${name}`, /\.tsx?$/),
  ),
  ...["commands", "loop", "words", "worker"].flatMap((name) => filesIn(`agent/${name}`, /\.ts$/)),
  ...filesIn("scripts", /\.(ts|mjs)$/),
];

test.each(SHOWN)("%s uses the words that we use", (path) => {
  const lines = readFileSync(path, "utf8").split("\n");
  // A sentence of a document goes on over the end of its line.
  const found = lines.flatMap((line, at) => {
    const two = `${line} ${lines[at + 1] ?? ""}`;
    return UNUSED.filter(
      ([never]) => never.test(line) || (never.test(two) && !never.test(lines[at + 1] ?? "")),
    ).map(([never, rather]) => `line ${at + 1}: ${never.exec(two)?.[0]} → ${rather}`);
  });
  expect(found).toEqual([]);
});

test("the words are found, also over the end of a line", () => {
  const hits = ["doorbell hangs", "Carry the plan out?".toLowerCase(), "waits for a person"].filter(
    (text) => UNUSED.some(([never]) => never.test(text)),
  );
  expect(hits).toHaveLength(3);
});

// docs/messages.md is what the code says, and each message answers what a person asks first.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { LABELS } from "../agent/classify/classify.ts";
import { kindOf } from "../agent/classify/labels.ts";
import { PROBED_VERDICTS, UNPROBED_VERDICTS } from "../agent/diagnosis/verdicts.ts";
import { wordsOfText } from "../agent/words/words-of-text.ts";
import { messagesDocument } from "../scripts/messages/document.ts";
import { states, type State } from "../scripts/messages/states.ts";
import { blockKitFaults } from "../sim/block-kit.ts";
import { card, threadText } from "../src/messages/card.ts";
import { briefOf } from "../src/story/brief.ts";
import { causeWords } from "../src/story/causes.ts";

const HERE = { pageUrl: null, buttons: true };
let all: readonly State[] = [];
beforeAll(async () => {
  all = await states();
});
const named = (title: string): State => {
  const found = all.find((one) => one.title === title);
  if (found === undefined) throw new Error(`there is no state ${title}`);
  return found;
};
const text = (title: string): string => JSON.stringify(card(named(title).story, HERE).blocks);

test("docs/messages.md shows what is said now (npm run messages)", async () => {
  expect(readFileSync("docs/messages.md", "utf8")).toBe(await messagesDocument());
});

test("every message keeps Slack's limits", () => {
  for (const { story, looks } of all) {
    expect(blockKitFaults(card(story, HERE))).toEqual([]);
    expect(blockKitFaults({ text: threadText(story, looks) ?? "x" })).toEqual([]);
  }
});

test("every message that is an end says what to do, and the ones with a report why", () => {
  const ends = all.filter(({ story }) => ["finished", "awaiting"].includes(story.job.state));
  const said = ends.map(({ title, story }) => {
    const { advice, why, done } = briefOf(story);
    const measured = story.report !== null && story.job.kind !== "withdraw";
    return {
      title,
      advice: advice.length > 0,
      why: !measured || why.length > 0 || story.job.outcome === "nothing-failing",
      done: story.report === null || done !== "",
    };
  });

  expect(said).toEqual(said.map(({ title }) => ({ title, advice: true, why: true, done: true })));
});

test("every verdict and every label has a few words for a headline", () => {
  const names = [
    ...PROBED_VERDICTS,
    ...UNPROBED_VERDICTS,
    ...LABELS.filter((label) => kindOf(label) === "text-decides"),
  ];

  expect(names.filter((name) => causeWords(name) === name)).toEqual([]);
  for (const name of names) expect((causeWords(name) ?? "").length).toBeLessThanOrEqual(45);
});

test("what a text decides has a sentence and an advice of its own", () => {
  const decided = LABELS.filter((label) => kindOf(label) === "text-decides");

  expect(decided.filter((label) => wordsOfText(label) === null)).toEqual([]);
});

describe("in MODE=observe", () => {
  const plan = "MODE=observe: the plan";

  test("the card and its thread have the rule, the restarts and how to let backon do it", () => {
    for (const said of [text(plan), threadText(named(plan).story, named(plan).looks) ?? ""]) {
      expect(said).toContain("/ipv6 firewall filter add chain=forward action=reject");
      expect(said).toContain("kubectl -n shop delete pod web-pod-1 db-0");
      expect(said).toContain("MODE");
    }
  });
});

describe("a no", () => {
  test("names pods and images, five at most, the registry, the verdict in a sentence, the advice", () => {
    const said = text("No action: the image does not exist");

    expect(said).toContain("shop/web-pod-1 (nginx:1.27)");
    expect(said).toContain("Docker Hub: image not found");
    expect(said).toContain("this image or tag does not exist");
    expect(said).toContain("Check the name and the tag");
    expect(text("Needs approval, many pods")).toContain("and 7 more");
  });
});

describe("a question", () => {
  test("names the pods that would be restarted", () => {
    expect(text("Needs approval")).toContain(
      "It restarts 2 pods (evict): shop/web-pod-1, shop/db-0.",
    );
  });

  test("offers what helps before the approval, where the rule is only a stop-gap", () => {
    const said = text("Needs approval, and the rule is not enough");

    expect(said.indexOf("new-mss=1220")).toBeGreaterThan(0);
    expect(said.indexOf("new-mss=1220")).toBeLessThan(said.indexOf("If you approve"));
    expect(said).toContain("Approve the stop-gap");
    expect(said).not.toContain('"style":"primary"');
    expect(text("Needs approval")).toContain('"style":"primary"');
  });
});

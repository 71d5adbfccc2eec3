// A job as a page of Markdown: nobody else's text is markup in it.
import { expect, test } from "vitest";
import { postMortem } from "../../../src/story/post-mortem.ts";
import type { Story } from "../../../src/story/story.ts";
import { aStory } from "./a-told-job.ts";
import { poisoned } from "./poisoned.ts";

const HOSTILE = [
  ["a script", "<script>alert(1)</script>"],
  ["a fence", "``` \n# owned\n```"],
  ["pipes", "a | b || c"],
  ["a link", "[x](javascript:alert(1))"],
  ["right-to-left marks", "\u202Egnp.exe\u2066"],
  ["control characters and headings", "\u0000\u001B]0;t\u0007\n\n## owned\n\n"],
  ["10 kB", "x".repeat(10_240)],
] as const;

test.each(HOSTILE)("%s in every place changes no markup of the page", (_, text) => {
  const page = postMortem(poisoned(aStory(), text) as Story);

  const shape = (of: string): string[] =>
    of.split("\n").filter((line) => /^#|^```|^\| ---/.test(line));
  expect(shape(page).slice(1)).toEqual(shape(postMortem(aStory())).slice(1));
  expect(page).not.toMatch(/[<>]|[\p{Cf}\p{Cs}]|[^\P{Cc}\n]/u);
  expect(page.replace(/^```\n[^`]*\n```$/m, "")).not.toMatch(/(?<!\\)`|(?<!\\)\]\(/);
  expect(unevenTables(page)).toEqual([]);
  expect(page.length).toBeLessThan(60_000);
});

/** Rows with another number of cells than the table's rule above them. */
function unevenTables(page: string): string[] {
  const cells = (line: string): number => line.split(/(?<!\\)(?:\\\\)*\|/).length;
  const lines = page.split("\n");
  return lines.filter((line, at) => {
    const before = lines[at - 1] ?? "";
    return line.startsWith("|") && before.startsWith("|") && cells(line) !== cells(before);
  });
}

// What a run found, as Markdown that can be pasted into the reference.
import type { Killed } from "./mutants/kill.ts";
import type { Result } from "./run-check.ts";

/** Differences, then answers to open questions, then what was not checked. */
export function resultsAsMarkdown(where: string, results: readonly Result[]): string {
  const different: string[][] = [];
  const unchecked = new Map<string, string[]>();
  const learnt: string[][] = [];
  for (const { id, title, ending, learnt: answers } of results) {
    if (ending.kind === "different")
      different.push([`${id} ${title}`, ending.expected, ending.got]);
    if (ending.kind === "not-checked")
      unchecked.set(ending.why, [...(unchecked.get(ending.why) ?? []), id]);
    for (const answer of answers) learnt.push([id, title, answer]);
  }
  const count = results.filter(({ ending }) => ending.kind === "as-expected").length;
  const notChecked = [...unchecked.values()].flat().length;
  return [
    `Checked on ${where}: ${count} as expected, ${different.length} different, ${notChecked} not checked.`,
    ...section("Differences", ["row", "expected", "got"], different),
    ...section("Answers to open questions", ["row", "question", "answer"], learnt),
    ...section(
      "Not checked",
      ["why", "rows"],
      [...unchecked].map(([why, ids]) => [why, [...new Set(ids)].join(", ")]),
    ),
  ].join("\n\n");
}

/** One row for each broken router, and the check that noticed. */
export function mutantsAsMarkdown(killed: readonly Killed[]): string {
  const survived = killed.filter(({ by }) => by === null).length;
  const rows = killed.map(({ row, mutant, by }) => [row, mutant, by?.check ?? "**survived**"]);
  return [
    `${killed.length} broken routers: ${killed.length - survived} noticed, ${survived} survived.`,
    ...section("Broken routers", ["row", "what is broken", "killed by"], rows),
  ].join("\n\n");
}

function section(title: string, head: readonly string[], rows: readonly string[][]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  const table = [line(head), line(head.map(() => "---")), ...rows.map(line)];
  return [`## ${title}`, table.join("\n")];
}

/** A cell is one line without a bar of its own. */
function escaped(cell: string): string {
  return cell.replaceAll("|", "\\|").replace(/\s+/g, " ");
}

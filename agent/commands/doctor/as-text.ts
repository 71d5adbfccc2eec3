// The doctor's lines for people: plain words, no colour, one check a line. Pure.
import { plainLine } from "../../words/plain-line.ts";
import type { RouterCommands } from "./setup-as-console.ts";
import type { Check } from "./check.ts";

export function groupAsText(checks: readonly Check[]): string {
  const lines = checks.flatMap(({ group, mark, what, on, found, mend }) => [
    `${mark.padEnd(8)} ${group} (${on}), ${what}: ${found}`,
    ...mend.map((line) => `           → ${line}`),
  ]);
  return lines.map((line) => `${plainLine(line)}\n`).join("");
}

export function commandsAsText({ install, remove }: RouterCommands): string {
  const lines = [
    "",
    "The least that the router must grant for this configuration, to run there once:",
    "",
    ...install,
    "",
    "To remove it from the router:",
    "",
    ...remove,
    "",
  ];
  return `${lines.join("\n")}\n`;
}

export function summary(checks: readonly Check[]): string {
  const count = (mark: Check["mark"]): number => checks.filter((one) => one.mark === mark).length;
  const faults = count("FAULT");
  return `${faults === 0 ? "No fault" : `${faults} FAULT(s)`}, ${count("warning")} warning(s), ${count("ok")} ok. Nothing was changed. The path to a registry: npm run diagnose.\n`;
}

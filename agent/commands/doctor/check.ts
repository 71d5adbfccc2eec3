// One line of the doctor's report, and how a group of lines comes about.
export type Group = "configuration" | "Worker" | "router" | "cluster" | "network";
type Mark = "ok" | "warning" | "FAULT";

export type Check = {
  readonly group: Group;
  readonly mark: Mark;
  /** What was checked, and on what. */
  readonly what: string;
  readonly on: string;
  readonly found: string;
  /** What to do or to type; empty where nothing is to be mended. */
  readonly mend: readonly string[];
};

export type Checklist = {
  readonly checks: readonly Check[];
  ok(what: string, found: string): void;
  warning(what: string, found: string, ...mend: readonly string[]): void;
  fault(what: string, found: string, ...mend: readonly string[]): void;
};

/** Collects the lines of one group about one thing: a host, or where the settings come from. */
export function checklist(group: Group, on: string): Checklist {
  const checks: Check[] = [];
  const add =
    (mark: Mark): Checklist["warning"] =>
    (what, found, ...mend) =>
      void checks.push({ group, mark, what, on, found, mend });
  return { checks, ok: add("ok"), warning: add("warning"), fault: add("FAULT") };
}

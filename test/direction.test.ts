// The direction of imports is law: the table in docs/design.md, section 1.
import { readFileSync } from "node:fs";
import { globSync } from "node:fs";
import { posix } from "node:path";
import { expect, test } from "vitest";

type Import = { readonly from: string; readonly to: string };
/** Folder → what it may import: folders or files; `but` are excepted. */
type Law = ReadonlyMap<
  string,
  { readonly may: readonly string[]; readonly but: readonly string[] }
>;

const ROOT = new URL("..", import.meta.url).pathname;

function lawIn(markdown: string): Law {
  const rows = markdown.matchAll(/^\| `((?:agent|src|sim|cli)[^`]*)` \| [^|]* \|([^|]*)\|$/gm);
  return new Map(
    Array.from(rows, ([, folder = "", cell = ""]) => {
      const [allowed = "", excepted = ""] = cell.split(" but ");
      const names = (text: string) =>
        Array.from(text.matchAll(/`([^`]+)`/g), ([, name = ""]) => name);
      const [first, ...others] = excepted.split(",");
      const more = names(others.join(","));
      const but = names(first ?? "").map((name) =>
        name.includes("/") ? name : `${folder.split("/")[0]}/${name}`,
      );
      return [folder, { may: [...names(allowed), ...more], but }] as const;
    }),
  );
}

function importsOf(files: readonly string[], read: (file: string) => string): Import[] {
  return files.flatMap((from) =>
    Array.from(read(from).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g), ([, spec = ""]) => ({
      from,
      to: posix.normalize(posix.join(posix.dirname(from), spec)),
    })),
  );
}

function folderOf(file: string, law: Law): string | undefined {
  // A folder below one of the tops is named itself, or has no place.
  const tops = ["agent", "src"];
  const own = posix.dirname(file);
  for (let folder = own; folder !== "."; folder = posix.dirname(folder))
    if (law.has(folder) && (folder === own || !tops.includes(folder))) return folder;
  return undefined;
}

const lies = (file: string, place: string) => file === place || file.startsWith(`${place}/`);

/** The imports that the law does not allow, in words. */
function broken(imports: readonly Import[], law: Law): string[] {
  return imports.flatMap(({ from, to }) => {
    const folder = folderOf(from, law);
    const rule = folder === undefined ? undefined : law.get(folder);
    if (folder === undefined || rule === undefined)
      return [`${from} lies in no folder of the table`];
    if (folderOf(to, law) === folder) return [];
    const allowed =
      rule.may.some((place) => lies(to, place)) && !rule.but.some((place) => lies(to, place));
    return allowed ? [] : [`${from} imports ${to}`];
  });
}

/** One circle of files, or none. */
function circle(imports: readonly Import[]): string[] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    const start = path.indexOf(file);
    if (start >= 0) return [...path.slice(start), file];
    if (done.has(file)) return [];
    for (const { to } of next.get(file) ?? []) {
      const found = walk(to, [...path, file]);
      if (found.length > 0) return found;
    }
    done.add(file);
    return [];
  };
  for (const file of next.keys()) {
    const found = walk(file, []);
    if (found.length > 0) return found;
  }
  return [];
}

const read = (file: string) => readFileSync(posix.join(ROOT, file), "utf8");
const law = lawIn(read("docs/design.md"));
const files = globSync(["agent/**/*.ts", "cli/**/*.ts", "src/**/*.{ts,tsx}", "sim/**/*.ts"], {
  cwd: ROOT,
});
const imports = importsOf(files, read);

test("every import goes where the table lets it", () => {
  expect(files.length).toBeGreaterThan(250);
  expect(imports.length).toBeGreaterThan(files.length);
  expect(broken(imports, law)).toEqual([]);
});

test("no circle of files", () => {
  expect(circle(imports)).toEqual([]);
});

test("at the top of agent/ lies main.ts alone", () => {
  expect(globSync("agent/*.ts", { cwd: ROOT })).toEqual(["agent/main.ts"]);
});

test.each([
  ["agent/classify/host.ts", 'import type { Policy } from "../ports/policy.ts";'],
  ["agent/plan/plan.ts", 'import { remediate } from "../jobs/remediate.ts";'],
  ["agent/router/client.ts", 'import { lookup } from "../probe/dns.ts";'],
  ["agent/stages/probe.ts", 'import { diagnoseCommand } from "../commands/diagnose.ts";'],
  ["agent/commands/run.ts", 'import { main } from "../main.ts";'],
  ["agent/ports/world.ts", 'import type { Stop } from "../plan/stop.ts";'],
  ["src/jobs/lifecycle.ts", 'import type { Store } from "../cluster/store.ts";'],
  ["src/protocol/job.ts", 'import { card } from "../messages/card.ts";'],
  ["src/app.ts", 'import { document } from "./openapi/document.ts";'],
  ["sim/site.ts", 'import { classify } from "../agent/classify/classify.ts";'],
  ["agent/helpers/text.ts", 'import { join } from "./other.ts";'],
])("one line in %s breaks it: %s", (file, line) => {
  expect(
    broken(
      importsOf([file], () => line),
      law,
    ),
  ).toHaveLength(1);
});

test("a circle of three is found, of types as well", () => {
  const texts: Record<string, string> = {
    "agent/plan/a.ts": 'import { b } from "./b.ts";',
    "agent/plan/b.ts": 'import type { C } from "./c.ts";',
    "agent/plan/c.ts": 'export { a } from "./a.ts";',
  };
  expect(circle(importsOf(Object.keys(texts), (file) => texts[file] ?? ""))).toHaveLength(4);
});

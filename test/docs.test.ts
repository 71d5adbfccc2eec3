// What the documents say is what the code has. A list that both keep by hand would drift apart.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { AgentEnvironment } from "../agent/settings/environment.ts";
import {
  followUp,
  PROBED_VERDICTS,
  UNPROBED_VERDICTS,
  type VerdictName,
} from "../agent/diagnosis/verdicts.ts";
import { readConfig } from "../src/config/config.ts";
import { VERSION } from "../src/protocol/version.ts";
import { ROWS as LAB_ROWS } from "./lab/rows.ts";

const ROOT = join(import.meta.dirname, "..");
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const filesIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => `${folder}/${path}`);

const DOCUMENTS = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "deploy/README.md",
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`),
];
const Package = z.object({ version: z.string(), scripts: z.record(z.string(), z.string()) });
const packageJson = Package.parse(JSON.parse(text("package.json")));

/** All of the matches' first groups. */
function found(pattern: RegExp, where: string): string[] {
  return Array.from(where.matchAll(pattern), (match) => match[1] ?? "");
}

/** The part of a document from one heading to the next one of its level or above. */
function section(document: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const [, after] = document.split(`\n${heading}\n`);
  if (after === undefined) throw new Error(`there is no heading ${heading}`);
  return after.split(new RegExp(`\n#{1,${level}} `))[0] ?? "";
}

/** Rows of tables as cells, without heads and rules; a cell's code loses its backticks. */
function rows(document: string): string[][] {
  const lines = document.split("\n");
  const isRule = (line: string | undefined): boolean => line?.startsWith("| ---") ?? false;
  return lines
    .filter((line, at) => line.startsWith("| ") && !isRule(line) && !isRule(lines[at + 1]))
    .map((line) => line.slice(2, -2).split(" | "));
}

const code = (cell: string | undefined): string => /^`([^`]*)`/.exec(cell ?? "")?.[1] ?? "";

describe("docs/settings.md", () => {
  const document = text("docs/settings.md");
  const agent = rows(section(document, "## The agent"));
  const worker = rows(section(document, "## The Worker's own"));

  test("names every variable of the agent, and no other", () => {
    const named = agent.map(([name]) => code(name)).toSorted();
    expect(named).toEqual(Object.keys(AgentEnvironment.shape).toSorted());
  });

  test("gives each variable of the agent the default that the code has", () => {
    const wrong = agent.filter(([name, said]) => {
      const schema = new Map<string, z.ZodType>(Object.entries(AgentEnvironment.shape)).get(
        code(name),
      );
      const has: unknown = schema?.parse(undefined);
      const nothing = has === undefined || (Array.isArray(has) && has.length === 0);
      const same =
        said === "none"
          ? nothing
          : JSON.stringify(schema?.safeParse(code(said)).data) === JSON.stringify(has);
      return !same;
    });
    expect(wrong).toEqual([]);
  });

  test("names every variable of the Worker, and no other", () => {
    const main = /const Variables = z\.object\(\{([^]*?)\n\}\);/.exec(text("src/config/config.ts"));
    const more = /MessageVariables = \{([^]*?)\n\};/.exec(text("src/config/messages.ts"));
    const known = found(/^ {2}([A-Z][A-Z0-9_]+):/gm, `${main?.[1]}\n${more?.[1]}`);
    const named = worker.map(([name]) => code(name)).toSorted();
    expect(named).toEqual(known.toSorted());
  });

  test("each of them reaches a Worker that runs in plain workerd", () => {
    const handed = found(/fromEnvironment = "(\w+)"/g, text("deploy/workerd/backon.capnp"));
    expect(handed.toSorted()).toEqual(worker.map(([name]) => code(name)).toSorted());
  });

  test("gives each variable of the Worker the default that the code has", () => {
    const needed = {
      TOKEN_KEY: "a-key-of-this-test-a-key-of-this-test",
      CLUSTERS: "home",
      SLACK_SIGNING_SECRET: "a-secret-of-this-test",
    };
    const said = worker.filter(([, value]) => value !== "none");
    const defaults = said.map(([name, value]) => [code(name), code(value)]);
    expect(readConfig({ ...needed, ...Object.fromEntries(defaults) })).toEqual(readConfig(needed));
  });
});

/** Routes as `METHOD /v1/path/{id}`, from the calls that register them. */
function routesOf(path: string, prefix: string): string[] {
  const file = text(path);
  const constants = new Map(
    Array.from(file.matchAll(/^const (\w+) = "(\/[^"]*)";/gm), ([, name, value]) => [name, value]),
  );
  const calls = file.matchAll(
    /\.(get|post|put|patch|delete|on)\(\s*(?:\[([^\]]*)\],\s*)?(?:"(\/[^"]*)"|([A-Z_]+)),/g,
  );
  return Array.from(calls).flatMap(([, method = "", methods, literal, constant]) => {
    const at = literal ?? constants.get(constant ?? "");
    if (at === undefined)
      throw new Error(`${path}: the path ${constant} is not a text in this file`);
    const all = method === "on" ? found(/"(\w+)"/g, methods ?? "") : [method.toUpperCase()];
    return all.flatMap((one) => spelledOut(at).map((route) => `${one} ${prefix}${route}`));
  });
}

/** `/jobs/:id/:kind{dismiss|cancel}` → one path for each word, and `{id}` for what is free. */
function spelledOut(route: string): string[] {
  const choice = /:\w+\{([\w|]+)\}/.exec(route);
  if (choice === null) return [route.replaceAll(/:(\w+)/g, "{$1}")];
  const words = choice[1]?.split("|") ?? [];
  return words.flatMap((word) => spelledOut(route.replace(choice[0], word)));
}

/** The files whose routes src/app.ts mounts at /v1, wherever they lie. */
function mountedAtV1(): string[] {
  const app = text("src/app.ts");
  return found(/\.route\("\/v1", (\w+)\)/g, app).map((name) => {
    const from = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "\\./([^"]+)"`).exec(
      app,
    )?.[1];
    if (from === undefined) throw new Error(`src/app.ts mounts ${name}, which it does not import`);
    return `src/${from}`;
  });
}

describe("docs/api.md", () => {
  const document = text("docs/api.md");
  const headings = found(/^### ([A-Z]+ \/\S*)$/gm, document);

  test("has a heading for every route that is registered, and for no other", () => {
    const routes = [
      ...routesOf("src/app.ts", ""),
      ...mountedAtV1().flatMap((path) => routesOf(path, "/v1")),
    ];
    expect(routes.length).toBeGreaterThan(15);
    expect(headings.toSorted()).toEqual(routes.toSorted());
  });

  test("has one example of curl under every heading", () => {
    const without = headings.filter(
      (heading) => !section(document, `### ${heading}`).includes("```sh\n"),
    );
    expect(without).toEqual([]);
  });
});

test("README.md can be read in four minutes: 900 words at most", () => {
  expect(text("README.md").split(/\s+/).filter(Boolean).length).toBeLessThanOrEqual(900);
});

describe("docs/design.md", () => {
  const document = text("docs/design.md");
  const headings = found(/^## (\d+)\. /gm, document);
  const verdicts = rows(section(document, "## 5. Verdicts"));

  test("lists the verdicts of the agent, gravest first", () => {
    const named = verdicts.map(([name]) => code(name));
    expect(named).toEqual([...PROBED_VERDICTS, ...UNPROBED_VERDICTS]);
  });

  test("says of each verdict what follows it", () => {
    const said = verdicts.map(([name, , , follows]) => [code(name), code(follows)]);
    const names: readonly VerdictName[] = [...PROBED_VERDICTS, ...UNPROBED_VERDICTS];
    expect(said).toEqual(names.map((name) => [name, followUp(name, "ask")]));
  });

  test("names the tables that the store makes", () => {
    const made = found(/CREATE TABLE IF NOT EXISTS (\w+)/g, text("src/cluster/store/schema.ts"));
    const named = rows(section(document, "## 3. The Worker")).map(([name]) => code(name));
    expect(named.filter((name) => made.includes(name)).toSorted()).toEqual(made.toSorted());
  });

  test("has every section that a comment in the code points to", () => {
    const files = ["src", "agent", "sim", "test", "scripts"].flatMap(filesIn);
    const pointed = files.flatMap((path) => found(/docs\/design\.md section (\d+)/g, text(path)));
    expect([...new Set(pointed)].filter((number) => !headings.includes(number))).toEqual([]);
  });
});

test("docs/verdicts.md has each verdict once", () => {
  const named = rows(text("docs/verdicts.md")).map(([name]) => code(name));
  expect(named.toSorted()).toEqual([...PROBED_VERDICTS, "nothing-failing"].toSorted());
});

describe("docs/lab.md", () => {
  test("lists the faults of the lab with the verdicts that are accepted", () => {
    const said = rows(section(text("docs/lab.md"), "## The faults"));
    const effects = {
      nothing: "nothing",
      rule: "the rule",
      asks: "a person is asked",
      withdraws: "ours withdrawn",
      "rule-withdrawn": "the rule, withdrawn again",
      "by-verdict": "the rule with `ipv6-tls-stall`, else nothing",
    };
    expect(said).toEqual(
      LAB_ROWS.map(({ name, title, verdicts, effect }) => [
        name,
        title,
        verdicts.map((verdict) => `\`${verdict}\``).join(", "),
        effects[effect],
      ]),
    );
  });
});

describe.each(DOCUMENTS)("%s", (path) => {
  const document = text(path);

  test("names only npm scripts that exist", () => {
    const named = found(/\bnpm (?:run |(?=start\b|test\b))(?:--?\S+ )*([\w:-]+)/g, document);
    const unknown = named.filter((name) => !(name in packageJson.scripts));
    expect(unknown).toEqual([]);
  });

  test("links only to files that exist", () => {
    const links = found(/\]\(([^)\s]+)\)/g, document).filter((link) => !/^[a-z]+:|^#/.test(link));
    const dead = links.filter(
      (link) => !existsSync(join(ROOT, dirname(path), link.replace(/#.*/, ""))),
    );
    expect(dead).toEqual([]);
  });

  test("names only files of the repository that exist", () => {
    const named = found(
      /(?<![\w./-])((?:src|agent|sim|test|scripts|docs|deploy)\/[\w./-]*\w)(?![\w*-])/g,
      document,
    );
    const missing = named.filter((name) => !existsSync(join(ROOT, name)));
    expect(missing).toEqual([]);
  });
});

test("the code's version is the package's", () => {
  expect(VERSION).toBe(packageJson.version);
});

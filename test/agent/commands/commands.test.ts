// The commands that need nothing outside: usage, plan, classify.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { readFileSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { ruleAsConsole } from "../../../src/shown/rule-as-console.ts";
import { ruleFor } from "../../../agent/plan/plan.ts";
import { NOT_FOUND, TLS_TIMEOUT } from "../../support/a-pod.ts";
import { aPolicy } from "../../support/a-policy.ts";
import { agentCommand } from "../../support/agent-command.ts";

const RULE = ruleAsConsole(ruleFor(aPolicy()));

describe("usage", () => {
  test.each(["help", "--help", "-h"])("%s prints it and is well", async (word) => {
    expect(await agentCommand([word])).toMatchObject({
      code: 0,
      out: expect.stringContaining("diagnose [REGISTRY…]"),
      err: "",
    });
  });

  test("no command prints it too, and is 64", async () => {
    expect(await agentCommand([])).toMatchObject({ code: 64, out: expect.stringContaining("run") });
  });

  test("an unknown command is 64 and named", async () => {
    expect(await agentCommand(["remediate"])).toMatchObject({
      code: 64,
      out: "",
      err: expect.stringContaining('There is no command "remediate".'),
    });
  });

  test.each([
    ["withdrow", "withdraw"],
    ["Doctor", "doctor"],
    ["plans", "plan"],
  ])("a command that is nearly right is answered with it: %s → %s", async (wrong, right) => {
    expect((await agentCommand([wrong])).err).toContain(
      `There is no command "${wrong}". Did you mean ${right}?`,
    );
  });

  test.each(["run", "diagnose", "fix", "classify", "plan", "doctor", "withdraw"])(
    "%s has --help and --version, whatever the settings are",
    async (command) => {
      const env = { MODE: "x" };

      for (const words of [
        [command, "--help"],
        [command, "-h"],
        ["help", command],
      ])
        expect(await agentCommand(words, env)).toMatchObject({
          code: 0,
          out: expect.stringMatching(new RegExp(`^${command}\\b[^]*Exit codes: 0`)),
          err: "",
        });
      expect(await agentCommand([command, "--version"], env)).toEqual({
        code: 0,
        out: "backon 0.1.0\n",
        err: "",
      });
    },
  );

  test.each([
    [["plan", "--jsn"], 'plan takes --json, --format, --remedy, not "--jsn"; did you mean --json?'],
    [["plan", "--formt=routeros"], 'not "--formt"; did you mean --format?'],
    [["plan", "routeros"], 'plan takes --json, --format, --remedy, not "routeros"\n'],
    [["plan", "--format", "yaml"], 'plan --format takes routeros, not "yaml"'],
    [["plan", "--format"], "plan --format takes routeros\n"],
    [["plan", "--format", "--json"], "plan --format takes routeros"],
    [["plan", "--json=yes"], 'plan --json takes no value, not "yes"'],
    [["withdraw", "--al"], "did you mean --all?"],
    [["withdraw", "all"], 'withdraw takes --all, --json, not "all"; did you mean --all?'],
    [["doctor", "-j"], 'doctor takes --json, not "-j"'],
    [["diagnose", "--jason", "ghcr.io"], "did you mean --json?"],
    [["classify", "file.txt"], 'classify takes --json, not "file.txt"'],
    [["run", "--once"], 'run takes --json, not "--once"'],
    [["fix", "--yse"], "did you mean --yes?"],
    [["fix", "--router"], "fix --router takes a value"],
    [["plan", "--constructor"], 'not "--constructor"'],
  ])("%j is 64 and says which word is wrong", async (words, message) => {
    const { code, out, err } = await agentCommand(words);

    expect({ code, out }).toEqual({ code: 64, out: "" });
    expect(err).toContain(message);
  });

  test("--version is the version", async () => {
    expect(await agentCommand(["--version"])).toMatchObject({ code: 0, out: "backon 0.1.0\n" });
  });

  test("wrong settings are 64 before anything is done", async () => {
    const { code, out, err } = await agentCommand(["plan"], { MODE: "x", MAX_PODS: "x" });

    expect({ code, out }).toEqual({ code: 64, out: "" });
    expect(err).toContain("2 fault(s); nothing was started.");
  });

  test("`run` without a Worker or a cluster is 64 and says what to set", async () => {
    const worker = { WORKER_URL: "http://127.0.0.1:9", WORKER_TOKEN: "a-token-of-twenty-letters" };

    expect(await agentCommand(["run"])).toMatchObject({
      code: 64,
      err: expect.stringContaining("run needs WORKER_URL and WORKER_TOKEN"),
    });
    expect(await agentCommand(["run"], worker)).toMatchObject({
      code: 64,
      err: expect.stringContaining("run needs a cluster"),
    });
  });
});

test("`run` says in a sentence that HEALTH_PORT is taken", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const port = String((server.address() as AddressInfo).port);
  const cluster = { KUBERNETES_URL: "http://127.0.0.1:9", KUBERNETES_TOKEN: "a-token" };
  const worker = { WORKER_URL: "http://127.0.0.1:9", WORKER_TOKEN: "a-token-of-twenty-letters" };

  const { code, err } = await agentCommand(["run"], { ...cluster, ...worker, HEALTH_PORT: port });

  expect(code).toBe(64);
  expect(err).toMatch(
    new RegExp(
      `^HEALTH_PORT=${port}, HEALTH_HOST=127\\.0\\.0\\.1: nothing can listen there .*\\n$`,
    ),
  );
});

describe("plan", () => {
  test("--format routeros is the one line to paste", async () => {
    for (const words of [["--format", "routeros"], ["--format=routeros"]])
      expect(await agentCommand(["plan", ...words])).toEqual({
        code: 0,
        out: `${RULE}\n`,
        err: "",
      });
  });

  test("the settings decide the rule", async () => {
    const env = { PREFIX: "2600:1f18:2148::/48", REJECT_WITH: "tcp-reset", NEW_ONLY: "yes" };

    const { out } = await agentCommand(["plan", "--format", "routeros"], env);

    expect(out).toContain("reject-with=tcp-reset dst-address=2600:1f18:2148::/48");
    expect(out).toContain("tcp-flags=syn,!ack");
  });

  test("with NEW_ONLY it speaks of new connections only", async () => {
    expect((await agentCommand(["plan"])).out).toContain("rejects new and open IPv6");
    expect((await agentCommand(["plan"], { NEW_ONLY: "yes" })).out).toContain("rejects new IPv6");
  });

  test("--json is the plan", async () => {
    const { code, out } = await agentCommand(["plan", "--json"]);

    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ rule: ruleFor(aPolicy()), commands: [RULE] });
  });

  test("--json has the router's commands too, with --format routeros or without, in any order", async () => {
    const format = ["--format", "routeros"];

    for (const words of [
      ["--json", ...format],
      [...format, "--json"],
      ["--json", "--json"],
    ])
      expect(await agentCommand(["plan", ...words])).toEqual(
        await agentCommand(["plan", "--json"]),
      );
  });

  test("in words it says whom else the rule hits, and how to undo it", async () => {
    const { out } = await agentCommand(["plan"]);

    expect(out).toContain(RULE);
    expect(out).toContain("every other host in that network is hit as well");
    expect(out).toContain("/ipv6 firewall filter remove [find where comment=");
  });

  test("another word is 64", async () => {
    expect(await agentCommand(["plan", "--format", "yaml"])).toMatchObject({ code: 64, out: "" });
  });
});

describe("classify", () => {
  const labels = async (...input: readonly string[]): Promise<unknown[]> => {
    const { out } = await agentCommand(["classify"], {}, { input });
    return out.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
  };
  const stall = { label: "network.tls_timeout", host: "registry-1.docker.io", family: "none" };
  const missing = { label: "image.not_found", host: "registry-1.docker.io", family: "none" };

  test("a line in, one object a line out", async () => {
    const [first, second] = await labels(`${TLS_TIMEOUT}\n${NOT_FOUND}\n`);

    expect(first).toEqual(stall);
    expect(second).toMatchObject({ label: missing.label });
  });

  test("JSON Lines with `message` are read, other JSON is a text like any other", async () => {
    const json = JSON.stringify({ message: TLS_TIMEOUT, pod: "web" });

    expect(await labels(`${json}\n{"text":"x"}\n{not json\n`)).toMatchObject([
      stall,
      { label: "unknown.no_detail" },
      { label: "unknown.no_detail" },
    ]);
  });

  test("lines may come in pieces, and the last without an end", async () => {
    const half = Math.floor(TLS_TIMEOUT.length / 2);

    expect(await labels(TLS_TIMEOUT.slice(0, half), TLS_TIMEOUT.slice(half))).toEqual([stall]);
  });

  test("empty lines have no answer; each message of the fixtures has one, 0 is the exit code", async () => {
    const file = new URL("../../fixtures/pull-errors.dev.jsonl", import.meta.url);
    const text = readFileSync(file, "utf8");

    const { code, out } = await agentCommand(["classify"], {}, { input: [`\n${text}\n\n`] });

    expect(code).toBe(0);
    expect(out.trim().split("\n")).toHaveLength(text.trim().split("\n").length);
  });

  test("nothing in, nothing out", async () => {
    expect(await agentCommand(["classify"])).toEqual({ code: 0, out: "", err: "" });
  });
});

test("whoever stops reading its output gets no stack trace", async () => {
  const agent = fileURLToPath(new URL("../../../agent/main.ts", import.meta.url));
  const child = spawn(process.execPath, [agent, "help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (text) => (said += String(text)));

  const [code] = await once(child, "close");

  expect({ code, said }).toEqual({ code: 0, said: "" });
});

// `doctor` as a whole on the simulated site: what it prints, where it ends, that it changes nothing
// and shows no secret.
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { doctorCommand } from "../../../../agent/commands/doctor.ts";
import { paths } from "../../../../src/protocol/calls.ts";
import { startSite, type Site } from "../../../../sim/site.ts";
import { settingsOf } from "../../../support/a-policy.ts";
import { aFile, doctor } from "./doctor-world.ts";

const WORKER_TOKEN = "worker-token-that-nobody-may-read";

let site: Site;
let worker: http.Server;
let env: Record<string, string>;
beforeAll(async () => {
  site = await startSite();
  worker = aWorker();
  await new Promise<void>((resolve) => void worker.listen(0, "127.0.0.1", resolve));
  const { SITE_GATEWAY_PORT: _, ...agent } = site.agentEnvironment;
  const WORKER_URL = `http://127.0.0.1:${(worker.address() as AddressInfo).port}`;
  env = { ...agent, WORKER_URL, WORKER_TOKEN, ROUTER_PAUSE_MS: "1" };
});
afterAll(async () => {
  worker.closeAllConnections();
  await new Promise((resolve) => void worker.close(resolve));
  await site.close();
});

function aWorker(): http.Server {
  const claim = { job: null, leaseMs: 0, rule: null, worker: "0.1.0" };
  return http.createServer((request, response) => {
    request.resume();
    const body = request.url === paths.claim ? claim : { ok: true, version: "0.1.0" };
    response.end(JSON.stringify(body));
  });
}

type Printed = { readonly code: number; readonly out: string; readonly err: string };

async function print(changes: Record<string, string> = {}, ...flags: string[]): Promise<Printed> {
  let [out, err] = ["", ""];
  const words = { flags: new Set(flags), values: new Map(), others: [] };
  const code = await doctorCommand(words, settingsOf({ ...env, ...changes }), {
    dialer: site.network.dialer,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
  });
  return { code, out, err };
}

describe("a site that is well", () => {
  test("0: each line has a mark in words, what, on what and what was found; no colour", async () => {
    const { code, out, err } = await print();

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^ok       router \(127\.0\.0\.1:\d+\), login: as backon; the router/m);
    expect(out).toMatch(/^warning  router \(127\.0\.0\.1:\d+\), right to write: not proven/m);
    expect(out).toMatch(/^           → \/user\/group\/print detail where/m);
    expect(out).toMatch(/^No fault, 1 warning\(s\), \d+ ok\. Nothing was changed\./m);
    expect(out).not.toContain("\u001b");
  });

  test("the groups come in a fixed order, and the router's commands after them", async () => {
    const { out } = await print();

    const order = ["configuration (", "Worker (", "router (", "cluster (", "network (", "\n{\n"];
    const places = order.map((text) => out.indexOf(text));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places).not.toContain(-1);
    expect(out).toContain("address=127.0.0.1/32 password=$agentPassword");
  });

  test("it changes nothing on the router and in the cluster", async () => {
    await print();

    expect(site.router.writes).toEqual([]);
    expect(site.cluster.evictions).toEqual([]);
    const methods = site.cluster.requests.map(({ method, path }) => `${method} ${path}`);
    expect(methods.filter((one) => !/^GET |selfsubjectaccessreviews/.test(one))).toEqual([]);
  });

  test("--json: the same as one object, without words around it", async () => {
    const { code, out, err } = await print({}, "json");

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      checks: expect.arrayContaining([
        expect.objectContaining({ group: "router", mark: "ok", what: "login", mend: [] }),
      ]),
      commands: { install: expect.any(Array), remove: expect.any(Array) },
    });
  });
});

test("one fault is 1, and the other groups still have their say", async () => {
  site.router.faults.refuseLogin = true;
  onTestFinished(() => void (site.router.faults.refuseLogin = false));

  const { code, out } = await print();

  expect(code).toBe(1);
  expect(out).toMatch(/^FAULT    router \(127\.0\.0\.1:\d+\), login: .*401/m);
  expect(out).toMatch(/^ok       cluster .*rights/m);
  expect(out).toContain("1 FAULT(s)");
});

test("a check that breaks is a line of its own", async () => {
  const folder = aFile("").replace(/\/[^/]*$/, "");

  const { code, out } = await print({ ROUTER_CA_FILE: folder });

  expect(code).toBe(1);
  expect(out).toMatch(/^FAULT    router \(this check\), doctor: EISDIR/m);
  expect(out).toMatch(/^ok       network/m);
});

test("no secret is in what it prints, well or not", async () => {
  const { ROUTER_PASSWORD = "", KUBERNETES_TOKEN = "" } = env;
  const secrets = [ROUTER_PASSWORD, KUBERNETES_TOKEN, WORKER_TOKEN];
  const wrong = { WORKER_TOKEN: "x".repeat(30), KUBERNETES_TOKEN: "wrong", ROUTER_CA_FILE: "" };

  const printed = [await print(), await print({}, "json"), await print(wrong)];

  expect(secrets.every((secret) => secret.length > 10)).toBe(true);
  for (const { out, err } of printed)
    for (const secret of [...secrets, wrong.WORKER_TOKEN]) expect(out + err).not.toContain(secret);
});

test("a wait of more than two seconds says for whom it waits", async () => {
  const silent = http.createServer(() => {});
  await new Promise<void>((resolve) => void silent.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const WORKER_URL = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;

  const { err } = await print({ WORKER_URL, WORKER_TIMEOUT_MS: "2400" });

  expect(err).toMatch(/^ {2}… 2 s: still asking Worker\n$/);
});

test("without a router the commands name example addresses and say so", async () => {
  const { commands } = await doctor({});

  expect(commands.install.join("\n")).toContain("# 192.0.2.1 stands for the address");
  expect(commands.install.join("\n")).toContain("192.0.2.10 is an example");
});

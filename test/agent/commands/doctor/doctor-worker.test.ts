// `doctor` and the Worker: the real one in workerd for the token, small servers for what goes wrong.
import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { paths } from "../../../../src/protocol/calls.ts";
import { mintToken, type TokenRole } from "../../../../src/http/tokens.ts";
import { startLocalWorker, type LocalWorker } from "../../../../sim/local-worker.ts";
import { doctor } from "./doctor-world.ts";

const KEY = "a-key-of-nobody-for-the-doctor-tests-only";
const A_TOKEN = "not-a-token-that-any-worker-would-take";

const tokenOf = async (role: TokenRole, key = KEY): Promise<string> =>
  (await mintToken({ key, role, cluster: "home", sub: "doctor", now: Date.now() })).token;

describe("the real Worker", () => {
  const storage = mkdtempSync(join(tmpdir(), "backon-doctor-worker-"));
  let worker: LocalWorker;
  beforeAll(async () => {
    worker = await startLocalWorker({ port: 0, storage, tokenKey: KEY });
  });
  afterAll(async () => {
    await worker.stop();
    rmSync(storage, { recursive: true });
  });

  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const headers = {
      authorization: `Bearer ${await tokenOf("operator")}`,
      "content-type": "application/json",
    };
    const init = body === undefined ? {} : { body: JSON.stringify(body) };
    return (await fetch(new URL(path, worker.url), { method, headers, ...init })).json();
  };

  test("an agent's token is accepted: its role and cluster, the protocol", async () => {
    const token = await tokenOf("agent");

    const looked = await doctor({ WORKER_URL: worker.url, WORKER_TOKEN: token });

    expect(looked.faults("Worker")).toEqual([]);
    expect(looked.line("Worker", "token")?.found).toContain("role agent, cluster home");
    expect(looked.line("Worker", "protocol")).toMatchObject({ mark: "ok" });
    expect(looked.line("Worker", "reachable")?.found).toContain("IPv4 won the race");
    expect(looked.text).not.toContain(token);
  });

  test("a job that waits is not taken, and the agent is marked as seen", async () => {
    await call("POST", "/v1/jobs", { kind: "diagnose" });
    const env = { WORKER_URL: worker.url, WORKER_TOKEN: await tokenOf("agent"), AGENT_ID: "me" };

    const looked = await doctor(env);

    expect(looked.line("Worker", "token")?.found).toContain("its status shows me as seen now");
    expect(await call("GET", "/v1/status")).toMatchObject({
      agent: { id: "me" },
      open: [{ kind: "diagnose", state: "queued" }],
    });
  });

  test("another role's token is a fault, and so is one of another key", async () => {
    const operator = await tokenOf("operator");
    const stranger = await tokenOf("agent", `${KEY}-another`);

    const looked = [
      await doctor({ WORKER_URL: worker.url, WORKER_TOKEN: operator }),
      await doctor({ WORKER_URL: worker.url, WORKER_TOKEN: stranger }),
    ];

    for (const one of looked) {
      expect(one.faults("Worker")).toEqual(["token"]);
      expect(one.line("Worker", "token")?.mend.join()).toContain("npm run token");
      expect(one.text).not.toContain(operator);
      expect(one.text).not.toContain(stranger);
    }
  });
});

type Handler = (path: string, response: http.ServerResponse) => void;

/** The URL of a small server in place of the Worker; it listens on IPv4 alone. */
async function aServer(handle: Handler): Promise<string> {
  const server = http.createServer((request, response) => {
    request.resume();
    handle(request.url ?? "", response);
  });
  return `http://127.0.0.1:${await listening(server)}`;
}

/** Its port; closed when the test is over. */
async function listening(server: http.Server): Promise<number> {
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}

const healthy = (response: http.ServerResponse): void =>
  void response.end(JSON.stringify({ ok: true, version: "0.1.0" }));
const problem = (response: http.ServerResponse, status: number): void =>
  void response
    .writeHead(status)
    .end(JSON.stringify({ type: "about:blank", title: "No", status, detail: `says ${status}` }));

describe("what goes wrong", () => {
  test("another protocol: upgrade the Worker first", async () => {
    const url = await aServer((path, response) =>
      path === paths.claim ? problem(response, 426) : healthy(response),
    );

    const looked = await doctor({ WORKER_URL: url, WORKER_TOKEN: A_TOKEN });

    expect(looked.faults("Worker")).toEqual(["protocol"]);
    expect(looked.line("Worker", "protocol")?.mend.join()).toContain("upgrade the Worker first");
  });

  test("a certificate that nobody vouches for: TLS is named, and no token is sent", async () => {
    const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }]);
    const asked: string[] = [];
    const server = https.createServer({ key, cert }, (request) => asked.push(request.url ?? ""));
    const port = await listening(server);

    const looked = await doctor({
      WORKER_URL: `https://127.0.0.1:${port}`,
      WORKER_TOKEN: A_TOKEN,
    });

    expect(looked.faults("Worker")).toEqual(["reachable"]);
    expect(looked.line("Worker", "reachable")).toMatchObject({
      found: expect.stringContaining("TLS: self-signed certificate"),
      mend: [expect.stringContaining("the Worker's certificate")],
    });
    expect(asked).toEqual([]);
  });

  test("somebody else answers there: check WORKER_URL; the token is not sent", async () => {
    const asked: string[] = [];
    const url = await aServer((path, response) => {
      asked.push(path);
      response.end("<html>a parked domain</html>");
    });

    const looked = await doctor({ WORKER_URL: url, WORKER_TOKEN: A_TOKEN });

    expect(looked.faults("Worker")).toEqual(["reachable"]);
    expect(looked.line("Worker", "reachable")?.found).toContain("not from backon's Worker");
    expect(asked).not.toContain(paths.claim);
  });

  test("nobody answers in time: the limit is named", async () => {
    const url = await aServer(() => {});

    const looked = await doctor({ WORKER_URL: url, WORKER_TIMEOUT_MS: "200" });

    expect(looked.line("Worker", "reachable")).toMatchObject({
      mark: "FAULT",
      found: "no answer within 200 ms",
    });
  });

  test("IPv6 that fails beside a working IPv4 is a warning, and the token is still checked", async () => {
    const url = await aServer((path, response) =>
      path === paths.claim ? problem(response, 503) : healthy(response),
    );
    const env = { WORKER_URL: url.replace("127.0.0.1", "localhost"), WORKER_TOKEN: A_TOKEN };

    const looked = await doctor(
      { ...env, WORKER_TIMEOUT_MS: "500" },
      { workerLookup: async (_host, family) => [family === 4 ? "127.0.0.1" : "::1"] },
    );

    expect(looked.line("Worker", "IPv4")).toMatchObject({ mark: "ok" });
    expect(looked.line("Worker", "IPv6")).toMatchObject({ mark: "warning" });
    expect(looked.faults("Worker")).toEqual(["claim"]);
  });

  test("a clock that is minutes off is a fault, half a minute a warning", async () => {
    const url = await aServer((_path, response) => healthy(response));
    const env = { WORKER_URL: url };
    const off = (ms: number) => ({ now: () => Date.now() + ms, sleep: async () => {} });

    const [much, little, none] = await Promise.all([
      doctor(env, { clock: off(600_000) }),
      doctor(env, { clock: off(-60_000) }),
      doctor(env),
    ]);

    expect(much.line("Worker", "clock")).toMatchObject({
      mark: "FAULT",
      found: expect.stringMatching(/^(599|600|601) s behind this machine's$/),
    });
    expect(little.line("Worker", "clock")).toMatchObject({
      mark: "warning",
      found: expect.stringMatching(/^(59|60|61) s ahead of this machine's$/),
    });
    expect(none.line("Worker", "clock")).toMatchObject({ mark: "ok" });
  });
});

// `doctor` and the way to the router: reachable, trusted, only read. Each fault gets its line, with
// what to type to mend it.
import { createServer, type AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import { homeRules } from "../../../../sim/routeros/home-rules.ts";
import { aFile, aRouter } from "./doctor-world.ts";
import { rule as ours } from "../../router/router-world.ts";

test("a router that is well has no fault, and is only read", async () => {
  const { os, look } = await aRouter({ rules: [ours, ...homeRules] });

  const looked = await look();

  expect(looked.faults("router")).toEqual([]);
  expect(looked.line("router", "certificate")).toMatchObject({ mark: "ok" });
  expect(looked.line("router", "version")).toMatchObject({ found: "RouterOS 7.23.7 (long-term)" });
  expect(looked.line("router", "our rule")).toMatchObject({ mark: "ok" });
  expect(os.writes).toEqual([]);
});

test("the right to write is not claimed: it says how to see it on the router", async () => {
  const { look } = await aRouter();

  const looked = await look();

  expect(looked.line("router", "right to write")).toMatchObject({
    mark: "warning",
    mend: [expect.stringContaining("/user/group/print detail where name=")],
  });
});

test("only menus that the agent needs are read", async () => {
  const paths: string[] = [];
  const { look } = await aRouter({
    between: (request, next) => {
      paths.push(`${request.method} ${request.path}`);
      return next(request);
    },
  });

  await look({ PROFILE: "address-list" });

  expect([...new Set(paths)].toSorted()).toEqual([
    "GET /rest/ipv6/firewall/address-list?list=backon-block-v6",
    "GET /rest/ipv6/firewall/filter",
    "GET /rest/ipv6/settings",
    "GET /rest/system/identity",
    "GET /rest/system/resource",
  ]);
});

describe("nobody to log in to", () => {
  test("nothing listens there: how to switch the service on and let us in", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => void server.close(resolve));
    const { look } = await aRouter();

    const looked = await look({ ROUTER_URL: `https://127.0.0.1:${port}` });

    expect(looked.code).toBe(1);
    expect(looked.line("router", "reachable")).toMatchObject({
      mark: "FAULT",
      found: expect.stringContaining("ECONNREFUSED"),
      mend: expect.arrayContaining([
        expect.stringContaining("/ip/service/enable www-ssl"),
        expect.stringContaining("/ip/service/set www-ssl address=… (with 127.0.0.1 inside)"),
      ]),
    });
  });

  test("www-ssl without a certificate: how to give it one", async () => {
    const { os, look } = await aRouter({ tls: "none" });

    const looked = await look();

    expect(looked.faults("router")).toEqual(["TLS"]);
    expect(looked.line("router", "TLS")?.mend.join("\n")).toContain(
      "/ip/service/set www-ssl certificate=backon-https",
    );
    expect(os.requests).toBe(0);
  });
});

describe("a certificate that is not trusted", () => {
  test("self-signed and not configured: fingerprint and pin to compare, no password sent", async () => {
    const { os, look } = await aRouter({ tls: "self-signed" });

    const looked = await look({ ROUTER_CA_FILE: "" });

    expect(looked.code).toBe(1);
    expect(looked.line("router", "certificate")).toMatchObject({
      mark: "FAULT",
      found: expect.stringContaining("self-signed; no CA and no key is configured"),
    });
    const mend = looked.line("router", "certificate")?.mend.join("\n");
    expect(mend).toMatch(/print detail on the router must show fingerprint=[0-9a-f]{64};/);
    expect(mend).toContain(`only if it does: ROUTER_SPKI_SHA256=${os.spkiSha256}`);
    expect(os.requests).toBe(0);
  });

  test("the printed pin, once configured, is trusted", async () => {
    const { os, look } = await aRouter({ tls: "self-signed" });

    const looked = await look({ ROUTER_CA_FILE: "", ROUTER_SPKI_SHA256: os.spkiSha256 });

    expect(looked.faults("router")).toEqual([]);
    expect(looked.line("router", "certificate")?.found).toContain("by its pinned key");
  });

  test("another key than the pinned one is named, to be compared", async () => {
    const { os, look } = await aRouter();
    const other = Buffer.alloc(32, 7).toString("base64");

    const looked = await look({ ROUTER_SPKI_SHA256: other });

    expect(looked.faults("router")).toEqual(["certificate"]);
    expect(looked.line("router", "certificate")?.found).toContain(`it is ${os.spkiSha256}`);
  });

  test("another CA than the configured one is named", async () => {
    const [{ look }, another] = [await aRouter(), await aRouter()];
    const file = aFile(another.os.ca);

    const looked = await look({ ROUTER_CA_FILE: file });

    expect(looked.line("router", "certificate")?.found).toBe(
      `not trusted by ${file}: CN=127.0.0.1; certificate signature failure`,
    );
  });

  test.each([
    ["expired", /^expired on \d{4}-\d\d-\d\d$/, "/certificate/sign backon-https-2 ca=backon-ca"],
    [
      "not-yet-valid",
      /^not valid before \d{4}-\d\d-\d\dT\d\d:\d\dZ; this machine's clock says \d{4}/,
      "set this machine's clock (NTP)",
    ],
    ["wrong-name", /^it is for DNS:another-router\.example, not for 127/, "ROUTER_SERVERNAME"],
  ] as const)("%s: said so, and what to do", async (tls, found, mend) => {
    const { look } = await aRouter({ tls });

    const looked = await look();

    expect(looked.faults("router")).toEqual(["certificate"]);
    expect(looked.line("router", "certificate")?.found).toMatch(found);
    expect(looked.line("router", "certificate")?.mend.join("\n")).toContain(mend);
  });
});

describe("a new certificate of the same CA", () => {
  const inElevenMonths = { now: () => Date.now() + 345 * 86_400_000, sleep: async () => {} };

  test("takes no name that the set-up has given, and is put in use", async () => {
    const { look } = await aRouter();

    const looked = await look({}, { clock: inElevenMonths });

    expect(looked.line("router", "certificate")).toMatchObject({
      mark: "warning",
      mend: [
        expect.stringContaining("of the same CA"),
        expect.stringContaining("part 1 of the commands below"),
        '/certificate/add name=backon-https-2 common-name=127.0.0.1 subject-alt-name="IP:127.0.0.1" days-valid=825',
        "/certificate/sign backon-https-2 ca=backon-ca",
        ":delay 3s",
        "/ip/service/set www-ssl certificate=backon-https-2",
      ],
    });
  });

  test("has another key than a pinned one", async () => {
    const { os, look } = await aRouter({ tls: "expired" });

    const looked = await look({ ROUTER_SPKI_SHA256: os.spkiSha256 });

    expect(looked.line("router", "certificate")?.mend.at(-1)).toContain("ROUTER_SPKI_SHA256");
  });
});

test("plain HTTP that was allowed works, with a warning", async () => {
  const { look } = await aRouter({ plainHttp: true });

  const looked = await look({ ROUTER_ALLOW_HTTP: "yes" });

  expect(looked.faults("router")).toEqual([]);
  expect(looked.line("router", "TLS")).toMatchObject({ mark: "warning" });
});

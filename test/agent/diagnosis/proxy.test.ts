import { expect, test } from "vitest";
import { proxyFor } from "../../../agent/diagnosis/proxy.ts";

const HUB = "registry-1.docker.io";

// golang.org/x/net/http/httpproxy, documentation of Config.NoProxy.
test.each<[noProxy: string[], host: string, throughProxy: boolean]>([
  [[], HUB, true],
  [["*"], HUB, false],
  [["docker.io"], HUB, false],
  [[".docker.io"], HUB, false],
  [["*.docker.io"], HUB, false],
  [[HUB], HUB, false],
  [[`.${HUB}`], HUB, true],
  [["ocker.io"], HUB, true],
  [["DOCKER.IO"], HUB, false],
  [["docker.io:443"], HUB, false],
  [["docker.io:5000"], HUB, true],
  [["10.0.0.0/8"], "10.1.2.3", false],
  [["10.0.0.0/8"], "192.0.2.1", true],
  [["10.0.0.0/8"], HUB, true],
  [["192.0.2.1"], "192.0.2.1", false],
  [[], "localhost", false],
  [[], "127.0.0.1", false],
])("NO_PROXY=%j: %s goes through the proxy: %s", (except, host, through) => {
  const proxy = proxyFor(host, { proxy: "proxy.lan:3128", except });

  expect(proxy).toBe(through ? "proxy.lan:3128" : null);
});

test("without a proxy every host is reached directly", () => {
  expect(proxyFor(HUB, null)).toBeNull();
});

// A simulated router for one test, and a plain client for it.
import { request } from "node:https";
import { afterEach } from "vitest";
import { startRouterOs, type RouterOs, type RouterOsOptions } from "./server.ts";

const running: RouterOs[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((router) => router.close()));
});

export async function aRouter(options: Partial<RouterOsOptions> = {}): Promise<RouterOs> {
  const router = await startRouterOs({
    user: "backon",
    password: "secret",
    loginDelayMs: 1,
    ...options,
  });
  running.push(router);
  return router;
}

export type Got = {
  status: number;
  body: unknown;
  text: string;
  headers: Record<string, string | string[] | undefined>;
};
type Asking = { user?: string; contentType?: string; raw?: string };

export function ask(
  router: RouterOs,
  method: string,
  path: string,
  body?: object,
  asking: Asking = {},
): Promise<Got> {
  const text = asking.raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const headers: Record<string, string> = { connection: "close" };
  if (asking.user !== "")
    headers["authorization"] = `Basic ${btoa(asking.user ?? "backon:secret")}`;
  if (text !== undefined) headers["content-type"] = asking.contentType ?? "application/json";
  const { hostname, port } = new URL(router.url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, method, path, headers, ca: router.ca, agent: false },
      (response) => {
        let got = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (got += part));
        response.on("end", () => {
          const json = response.headers["content-type"]?.includes("json") === true;
          resolve({
            status: response.statusCode ?? 0,
            body: json && got !== "" ? JSON.parse(got) : got,
            text: got,
            headers: response.headers,
          });
        });
      },
    );
    sent.on("error", reject);
    sent.end(text);
  });
}

export const FILTER = "/rest/ipv6/firewall/filter";
export const dockerRule = {
  chain: "forward",
  action: "reject",
  "reject-with": "icmp-address-unreachable",
  "dst-address": "2600:1f18::/32",
  protocol: "tcp",
  "dst-port": "443",
  comment: "c",
};
export const three = ["a", "b", "c"].map((comment) => ({
  chain: "forward",
  action: "accept",
  comment,
}));
export const comments = (router: RouterOs) => router.table().map((row) => row["comment"]);

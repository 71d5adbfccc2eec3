// A MikroTik router's REST API on a loopback socket, as strict and as odd as the real one.
import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Packet, Verdict } from "../packet.ts";
import { createAbortDamage, type AbortDamage } from "./abort-damage.ts";
import type { TlsVariant } from "./certificate.ts";
import { clampedMss } from "./clamped.ts";
import { evaluate } from "./evaluate.ts";
import type { Faults } from "./faults.ts";
import { operatorOf, type Operator } from "./operator.ts";
import type { RouterOsOptions } from "./options.ts";
import { planeFor, type Plane } from "./plane.ts";
import { createState, rebootState, type RouterState } from "./router-state.ts";
import { serve, type Endpoint, type Seen, type Write } from "./serve.ts";
import { createTurns, type Turns } from "./turns.ts";
import { startWebServer, type WebServer } from "./web-server.ts";

export type { RouterOsOptions } from "./options.ts";

export type RouterOs = {
  readonly url: string;
  /** The CA's certificate, PEM; empty over plain HTTP. */
  readonly ca: string;
  readonly spkiSha256: string;
  readonly faults: Faults;
  readonly operator: Operator;
  readonly writes: readonly Write[];
  /** All requests that reached REST, refused logins too. */
  readonly requests: number;
  /** Requests that came while another one of the same user was at work. */
  readonly overlaps: number;
  /** Connections accepted so far. */
  readonly connections: number;
  /** The router's own log: one line for a login that is made anew, and for one that failed. */
  readonly log: readonly string[];
  /** What the router's DNS answers with: IPv6 addresses by name. */
  readonly names: Map<string, readonly string[]>;
  /** The filter table, its counters as of the last reply or `settled()`. */
  readonly table: () => Record<string, string>[];
  /** A mangle table, its counters as for `table`. */
  readonly mangle: (family: "v4" | "v6") => Record<string, string>[];
  /** The address lists as they are now. */
  readonly entries: () => Record<string, string>[];
  /** New connections see this certificate. */
  showCertificate(variant: TlsVariant): Promise<void>;
  /** The dataplane has the table as it is now, and the table the dataplane's counters. */
  settled(): Promise<void>;
  readonly decide: (packet: Packet) => Verdict;
  /**
   * RAM is lost, counters start again, every connection is cut. `confusedMs`: for how long GETs are
   * answered with other objects afterwards, 3 s if left out.
   */
  reboot(options?: { readonly confusedMs?: number }): Promise<void>;
  close(): Promise<void>;
};

/** "For a short while after boot" is all that the lab notes say. */
const CONFUSED_MS = 3_000;
const LIMIT_MS = 60_000;

export async function startRouterOs(options: RouterOsOptions): Promise<RouterOs> {
  const state = createState(options);
  const plane = planeFor(state, options.dataplane);
  const queues = new Map<string, Turns>();
  const seen: Seen = { requests: 0, connections: 0, writes: [] };
  const damage = createAbortDamage(state.now, () => state.faults.abortDamage);
  const turnsOf = (user: string) => {
    const turns = queues.get(user) ?? createTurns(options.requestLimitMs ?? LIMIT_MS);
    queues.set(user, turns);
    return turns;
  };
  const endpoint: Endpoint = { options, state, turnsOf, seen, plane, damage };
  const web = await startWebServer(options, (request, response) => {
    // A client that hangs up while it sends ends here; there is nobody left to answer.
    serve(endpoint, request, response).catch(() => response.destroy());
  });
  watchConnections(web.server, options.plainHttp === true, { state, seen, damage });
  await plane.inStep();
  return routerOf({ state, plane, queues, seen, web, linkMtu: options.linkMtu ?? 1_500 });
}

type Parts = {
  readonly state: RouterState;
  readonly plane: Plane;
  readonly queues: ReadonlyMap<string, Turns>;
  readonly seen: Seen;
  readonly web: WebServer;
  readonly linkMtu: number;
};

const ACCEPTED: Verdict = { verdict: "accept" };

function routerOf({ state, plane, queues, seen, web, linkMtu }: Parts): RouterOs {
  const { table, lists, faults, menus, log, names } = state;
  const { server, url, ca, spkiSha256 } = web;
  return {
    url,
    ca,
    spkiSha256,
    faults,
    log,
    names,
    writes: seen.writes,
    operator: operatorOf(state, () => plane.follow()),
    get requests() {
      return seen.requests;
    },
    get overlaps() {
      return [...queues.values()].reduce((sum, turns) => sum + turns.overlaps, 0);
    },
    get connections() {
      return seen.connections;
    },
    table: () => recordsOf(menus["ipv6/firewall/filter"]),
    entries: () => recordsOf(menus["ipv6/firewall/address-list"]),
    showCertificate: (variant) => web.showCertificate(variant),
    settled: () => plane.inStep(),
    mangle: (family) => recordsOf(menus[`${family === "v4" ? "ip" : "ipv6"}/firewall/mangle`]),
    decide(packet) {
      const { [packet.family]: clamps } = state.mangle;
      const mss = packet.syn ? clampedMss(clamps.rows, packet, { lists, linkMtu }) : null;
      // The filter is IPv6's.
      const verdict = packet.family === "v4" ? ACCEPTED : evaluate(table.rows, packet, lists);
      return verdict.verdict === "accept" && mss !== null ? { ...verdict, mss } : verdict;
    },
    async reboot({ confusedMs = CONFUSED_MS } = {}) {
      await plane.inStep();
      rebootState(state, confusedMs);
      await plane.loadAnew();
      server.closeAllConnections();
    },
    close: () =>
      new Promise<void>((resolve) => {
        plane.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function recordsOf(menu: RouterState["menus"][string] | undefined): Record<string, string>[] {
  return (menu?.records() ?? []).map((record) => ({ ...record }));
}

type Watched = {
  readonly state: RouterState;
  readonly seen: Seen;
  readonly damage: AbortDamage;
};

function watchConnections(server: Server, plain: boolean, { state, seen, damage }: Watched): void {
  server.on(plain ? "connection" : "secureConnection", () => (seen.connections += 1));
  server.on("connection", (socket: Socket) => {
    if (damage.resetsNext()) {
      socket.resetAndDestroy();
      return;
    }
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    const open = {
      local: `${localAddress}:${localPort}`,
      remote: `${remoteAddress}:${remotePort}`,
    };
    state.connections.add(open);
    socket.once("close", () => state.connections.delete(open));
  });
}

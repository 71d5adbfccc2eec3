// Cluster, network and router of the site in memory.
import { registryHostOf, tokenHostOf } from "../../agent/diagnosis/image-reference.ts";
import type { Network } from "../../agent/ports/network.ts";
import type { Result } from "../../agent/ports/result.ts";
import type { Router, RuleOnRouter } from "../../agent/ports/router.ts";
import type { Cluster, FailingPod } from "../../agent/ports/cluster.ts";
import type { Action } from "../../src/protocol/report.ts";
import type { Reading } from "../../src/protocol/round.ts";
import { aMessage, MINUTE, TLS_TIMEOUT } from "./a-pod.ts";
import { aRound } from "./a-round.ts";
import { aRule } from "./a-rule.ts";
import {
  getsThrough,
  outside,
  pathTo,
  rulesOver,
  type SimPod,
  type SiteInMemory,
} from "./site-in-memory.ts";

export function memoryCluster(site: SiteInMemory): Cluster {
  return {
    serverTime: () => site.now,
    failingPods: () =>
      outside(site, "failingPods", () => {
        kubelet(site);
        return given(site.pods.filter(({ pulled }) => !pulled).map(({ pod }) => pod));
      }),
    podsNow: (namespaces) =>
      outside(site, "podsNow", () => {
        kubelet(site);
        return given(
          site.pods
            .filter(({ pod }) => namespaces.includes(pod.namespace))
            .map(({ pod, pulled }) => ({ ...pod, pulled, waiting: pulled ? [] : pod.containers })),
        );
      }),
    restart: ({ uid }, method, reasonToLeave) =>
      outside(site, `restart ${uid}`, () => {
        const found = site.pods.find(({ pod }) => pod.uid === uid);
        if (found === undefined) return { restarted: "already-replaced", detail: "404" } as const;
        const against = found.pulled ? "it recovered by itself" : reasonToLeave(found.pod);
        if (against !== null) return { restarted: "left", detail: against } as const;
        site.evicted.push(uid);
        site.writes.push(`${method} ${uid}`);
        site.pods = [
          ...site.pods.filter((other) => other !== found),
          successor(found.pod, site.now),
        ];
        return { restarted: method === "evict" ? "evicted" : "deleted", detail: "201" } as const;
      }),
  };
}

/** A new pod of the same owner; a StatefulSet keeps the name. */
function successor(old: FailingPod, now: number): SimPod {
  const uid = `${old.uid}-next`;
  const name = old.owner?.kind === "StatefulSet" ? old.name : `web-${uid}`;
  const containers = old.containers.map((container) => ({ ...container, messages: [] }));
  const pod = { ...old, uid, name, containers, createdAt: now, failingSince: now, retriesAt: now };
  return { pod, pulled: false, retriesAt: now };
}

/** Each pod whose time has come pulls again: it has its image, or a new message and five minutes. */
function kubelet(site: SiteInMemory): void {
  for (const one of site.pods) {
    if (one.pulled || one.retriesAt > site.now) continue;
    const hosts = one.pod.containers.flatMap(({ image }) => {
      const registry = registryHostOf(image);
      return [registry, tokenHostOf(registry)];
    });
    const through = hosts.every((host) => getsThrough(site, host));
    if (through && site.failsAnyway === null) one.pulled = true;
    else fail(one, through ? (site.failsAnyway ?? "") : TLS_TIMEOUT, site.now);
  }
}

function fail(one: SimPod, text: string, now: number): void {
  one.retriesAt = now + 5 * MINUTE;
  const message = aMessage(text, { firstAt: now, lastAt: now });
  const containers = one.pod.containers.map((c) => ({ ...c, messages: [message, ...c.messages] }));
  one.pod = { ...one.pod, containers, retriesAt: one.retriesAt };
}

export function memoryNetwork(site: SiteInMemory): Network {
  return {
    probe: (targets, how) =>
      outside(site, "probe", () => {
        const hosts = targets.map(({ host }) => host);
        const paths = Object.fromEntries(hosts.map((host) => [host, pathTo(site, host)]));
        const round = aRound({
          hosts,
          paths,
          at: site.now,
          quota: site.quota,
          addresses: site.addresses,
          patient: how?.patient ?? false,
        });
        site.now += round.ms;
        const lookedUp = targets.filter(({ only }) => only === "lookup").map(({ host }) => host);
        const tried = ({ host }: Reading): boolean => !lookedUp.includes(host);
        return {
          ...round,
          readings: round.readings.filter(tried),
          smallHello: round.smallHello.filter(tried),
        };
      }),
    verify: ({ blocked, hosts, controls }) =>
      outside(site, "verify", () => {
        for (const { host } of blocked) if (site.ruleWorks) count(site, host);
        return {
          blocked: blocked.map((at) => {
            const stands = site.ruleWorks && rulesOver(site, at.host).length > 0;
            return { ...at, blocked: stands, ms: 3, detail: stands ? "EHOSTUNREACH" : "SYN-ACK" };
          }),
          dials: hosts.map((host) => dial(site, host)),
          controls: controls.flatMap((host) =>
            aRound({ hosts: [host], paths: site.paths }).readings.filter(
              (reading) => reading.family === "v6" && reading.try === 1,
            ),
          ),
        };
      }),
    throughTestPorts: (hosts) =>
      outside(site, "throughTestPorts", () =>
        aRound({ hosts, paths: site.paths }).readings.filter(({ family }) => family === "v6"),
      ),
    failingOverIpv4: (hosts) =>
      outside(site, "failingOverIpv4", () =>
        aRound({ hosts, paths: site.paths }).readings.filter(
          ({ family, try: number, outcome }) => family === "v4" && number === 1 && outcome !== "ok",
        ),
      ),
    lifelines: () =>
      outside(site, "lifelines", () => [
        { what: "Worker", host: "backon.example", v6: ["2606:4700::1"], v4Works: true },
      ]),
  };
}

function count(site: SiteInMemory, host: string): void {
  const [rule] = rulesOver(site, host);
  site.rules = site.rules.map((one) =>
    one === rule ? { ...one, packets: String(BigInt(one.packets) + 1n) } : one,
  );
}

function dial(site: SiteInMemory, host: string): Reading {
  const through = getsThrough(site, host);
  const [v4] = aRound({ hosts: [host], paths: { [host]: ["ok", "no record"] } }).readings;
  if (v4 === undefined) throw new Error(`${host} has no IPv4 address`);
  return through ? v4 : { ...v4, reached: "tcp", outcome: "timeout" };
}

/** Like the adapter: looks before it acts, and only ever touches what is ours. */
export function memoryRouter(site: SiteInMemory): Router {
  const action = (what: string): Action[] => [
    { at: site.now, ms: 1, what, on: "192.0.2.1", ok: true, detail: "" },
  ];
  return {
    look: () =>
      outside(site, "look", () => {
        const marked = site.rules.filter(({ ours }) => ours).length;
        return given({ version: "7.20", rules: [...site.rules], marked });
      }),
    refresh: null,
    tidy: (fields) =>
      outside(site, "tidy", () => {
        const network = fields["dst-address"] ?? "2600:1f18::/32";
        const right = site.rules.find(
          ({ ours, disabled, networks }) => ours && !disabled && networks.includes(network),
        );
        const left = site.rules.filter((one) => !one.ours || one === right);
        if (right === undefined || left.length === site.rules.length) return given([]);
        site.rules = left;
        site.writes.push("remove copy");
        return given(action("remove copy"));
      }),
    ensure: ({ rule: fields }, stillAllowed) =>
      outside(site, "ensure", () => {
        const network = fields["dst-address"] ?? "2600:1f18::/32";
        const standing =
          site.rules.find((one) => !one.disabled && one.networks.includes(network)) ??
          site.rules.find((one) => one.ours && one.disabled);
        if (standing) return given({ added: false, rule: standing, actions: [] });
        if (!stillAllowed()) return failed("reading the router took too long");
        const testable = fields["src-port"] !== undefined;
        const rule: RuleOnRouter = aRule({ networks: [network], testable });
        // One of ours that other settings wanted gives way.
        site.rules = [rule, ...site.rules.filter(({ ours }) => !ours)];
        site.writes.push("add rule");
        return given({ added: true, rule, actions: action("add rule") });
      }),
    withdraw: () =>
      outside(site, "withdraw", () => {
        const left = site.rules.filter(({ ours }) => !ours);
        const removed = site.rules.length - left.length;
        if (removed > 0) site.writes.push("remove rule");
        site.rules = left;
        return given({ removed, actions: removed > 0 ? action("remove rule") : [] });
      }),
  };
}

function failed<T>(message: string): Result<T> {
  return { ok: false, error: { next: "retry", uncertain: false, message } };
}

function given<T>(value: T): Result<T> {
  return { ok: true, value };
}

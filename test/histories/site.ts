// The place of one history: the simulated router behind a relay, pods and paths in memory, one clock.
import type { Policy } from "../../agent/ports/policy.ts";
import { homeRules } from "../../sim/routeros/home-rules.ts";
import { startRouterOs, type RouterOs, type RouterOsOptions } from "../../sim/routeros/server.ts";
import { aPod, MINUTE, pullError, TLS_TIMEOUT } from "../support/a-pod.ts";
import { aPolicy } from "../support/a-policy.ts";
import { TOKEN } from "../support/a-round.ts";
import { hub } from "../support/a-site.ts";
import { aSiteInMemory, type SiteInMemory } from "../support/site-in-memory.ts";
import { LOGIN } from "./agent-process.ts";
import type { History, Path, StartRow } from "./history.ts";
import { fieldsOf } from "./persons.ts";
import type { Row } from "./truth.ts";

const MANY = 300;

export function policyFor({ profile, life }: History): Policy {
  const rejectWith = profile === "prefix" ? "icmp-address-unreachable" : "tcp-reset";
  return aPolicy({ profile, life, rejectWith });
}

export async function startRouter(
  history: History,
  now: () => number,
  between: NonNullable<RouterOsOptions["between"]>,
): Promise<RouterOs> {
  const { table, secure } = history;
  return startRouterOs({
    ...LOGIN,
    plainHttp: !secure,
    now,
    between,
    loginDelayMs: 0,
    msPerRow: 0,
    rules: table.flatMap((row) => rowsFor(row, policyFor(history))),
    dynamicFirstRow: table.includes("fasttrack"),
    switches: {
      idsAfterReboot: history.renumbersAtReboot ? "renumbered" : "kept",
      listTimeoutPatch: history.patchesTimeouts ? "allowed" : "refused",
      placeBeforeUnknown: history.unknownPlace,
    },
  });
}

function rowsFor(row: StartRow, policy: Policy): readonly Row[] {
  switch (row) {
    case "home":
      return homeRules;
    case "fasttrack":
      return [];
    case "accept all":
      return [{ chain: "forward", action: "accept", comment: "all from here" }];
    case "typed":
      return [{ ...fieldsOf(policy), comment: "Block Docker Hub IPv6 - forces IPv4 fallback" }];
    case "raw bytes":
      return [{ chain: "input", action: "accept", comment: "a tab\tand a bell \u0007" }];
    case "many":
      return Array.from({ length: MANY }, (_, index) => ({
        chain: "forward",
        action: "drop",
        "dst-address": `2001:db8:${index.toString(16)}::/48`,
      }));
    case "ours":
      return [fieldsOf(policy)];
  }
}

/** The pods begin anew with each job: what an earlier one healed is not to hide what this one does. */
export function setPath(site: SiteInMemory, path: Path): void {
  const v6 = path === "healthy" ? "ok" : "tls stall";
  site.paths = { ...site.paths, ...hub(path === "ipv4 lost" ? "tcp timeout" : "ok", v6) };
  site.ruleWorks = path !== "not in path";
  site.failsAnyway = path === "pods fail" ? TLS_TIMEOUT : null;
  const failingSince = site.now - 6 * MINUTE;
  const retriesAt = site.now + 4 * MINUTE;
  const pods = [
    aPod({ uid: `pod-a-${site.now}`, failingSince, retriesAt }),
    aPod({
      uid: `pod-b-${site.now}`,
      name: "db-0",
      owner: { group: "apps", kind: "StatefulSet", name: "db", uid: "owner-db" },
      text: pullError("net/http: TLS handshake timeout", TOKEN),
      failingSince,
      retriesAt,
    }),
  ];
  site.pods = pods.map((pod) => ({ pod, pulled: false, retriesAt }));
}

export function newSite(): SiteInMemory {
  return aSiteInMemory({}, []);
}

// What a person reads about names that lie: sunk by a blocker, or poisoned on the way. Pure.
import type { Round } from "../../src/protocol/round.ts";
import { contradictions } from "../diagnosis/poisoned-name.ts";
import { resolversOf } from "./outage-details.ts";
import type { Words } from "./words.ts";

export function sunk(host: string, round: Round | null): Words {
  const answers = answersOf(host, round) || "no public address";
  const byHosts = isByHostsFile(host, round);
  return {
    sentence: `${host}: ${whoAnswers(host, round)} answers ${answers}, which leads nowhere: the name is blocked, and nothing is wrong with the registry.`,
    advice: byHosts
      ? "Take the name out of the node's hosts file. Waiting does not help, and no rule can."
      : `Allow ${host} on that resolver: look at Pi-hole, AdGuard or another blocker there, its query log and lists. Waiting does not help, and no rule can.`,
  };
}

export function poisoned(host: string, round: Round | null): Words {
  const advice = isByHostsFile(host, round)
    ? "Take the name out of the node's hosts file."
    : "Give the nodes another resolver (DNS over HTTPS or over TLS keeps others from answering for it), or pull through a mirror.";
  return {
    sentence: `${host}: ${whoAnswers(host, round)} answers ${answersOf(host, round)}, where the registry is not; ${otherAnswers(host, round)}, where it is. The name is poisoned.`,
    advice: `${advice} Waiting does not help, and no rule can.`,
  };
}

/** Where two resolvers name different networks and neither leads to the registry; else nothing. */
export function maybePoisoned(host: string, round: Round | null): string {
  const other = otherAnswers(host, round);
  return other === ""
    ? ""
    : ` The name may be poisoned: ${whoAnswers(host, round)} answers ${answersOf(host, round)}, and ${other}. If it lasts, try another resolver or a mirror.`;
}

function otherAnswers(host: string, round: Round | null): string {
  const found = round === null ? [] : contradictions(host, round);
  const addresses = found.flatMap((opinion) => opinion.addresses).join(", ");
  return found[0] === undefined ? "" : `${found[0].from} answers ${addresses}`;
}

function whoAnswers(host: string, round: Round | null): string {
  return isByHostsFile(host, round)
    ? "this node's hosts file"
    : `the resolver ${resolversOf(round)}`;
}

function isByHostsFile(host: string, round: Round | null): boolean {
  return lookupsOf(host, round).some(({ source }) => source === "hosts");
}

function answersOf(host: string, round: Round | null): string {
  return lookupsOf(host, round)
    .flatMap(({ addresses }) => addresses)
    .join(", ");
}

function lookupsOf(host: string, round: Round | null) {
  return round?.lookups.filter((lookup) => lookup.host === host) ?? [];
}

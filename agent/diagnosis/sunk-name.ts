// A name that leads nowhere: a blocker on the resolver, or a line in the hosts file, answers with an
// address that nobody on the Internet has. Pure.
import ipaddr from "ipaddr.js";
import type { Policy } from "../ports/policy.ts";
import type { HostFamily } from "./family-state.ts";
import { DOCKER_HUB } from "./image-reference.ts";
import { pullHosts } from "./pull-hosts.ts";

/** Registries that everybody has: their names never stand for a machine of the site. */
const PUBLIC =
  /^(?:.+\.)?(?:docker\.(?:io|com)|ghcr\.io|quay\.io|gcr\.io|pkg\.dev|k8s\.io|ecr\.aws|amazonaws\.com|microsoft\.com|azurecr\.io|gitlab\.com|githubusercontent\.com|nvcr\.io)$/;

/** Nobody's host, whatever its name. */
const NOWHERE = ["unspecified"];
/** A machine of this site, or this machine. */
const HERE = ["loopback", "linkLocal", "private", "uniqueLocal", "carrierGradeNat"];

/** True if every answer for this host is an address that a registry of its name can't have. */
export function isSunk(host: string, families: readonly HostFamily[], policy: Policy): boolean {
  const addresses = families.flatMap(({ lookup }) => lookup?.addresses ?? []);
  const impossible = isPublic(host, policy) ? [...NOWHERE, ...HERE] : NOWHERE;
  return (
    addresses.length > 0 && addresses.every((address) => impossible.includes(rangeOf(address)))
  );
}

function isPublic(host: string, policy: Policy): boolean {
  const named = [...pullHosts(DOCKER_HUB, policy), ...policy.ruleHosts, ...policy.ipv6Controls];
  return PUBLIC.test(host) || named.includes(host) || policy.ipv4Control === host;
}

function rangeOf(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.parse(address).range() : "unreadable";
}

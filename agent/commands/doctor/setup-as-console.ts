// The least that the router must grant to this very configuration, as lines for its console: those
// of deploy/router/setup.rsc and remove.rsc, with the values filled in. Pure.
import { isIP, isIPv6 } from "node:net";
import type { RuleFields } from "../../../src/protocol/report.ts";
import { ruleAsConsole, wordOf } from "../../../src/shown/rule-as-console.ts";
import { undoAsConsole, undoEntriesAsConsole } from "../../words/undo-as-console.ts";

export type RouterSetup = {
  /** Name or address that the certificate must show; null if no router is configured. */
  readonly host: string | null;
  readonly port: number;
  readonly user: string;
  /** The agent's own address towards the router; null if it is not known. */
  readonly source: string | null;
  readonly rule: RuleFields;
  /** The address list that the rule reads; null where it reads none. */
  readonly list: string | null;
};
export type RouterCommands = { readonly install: string[]; readonly remove: string[] };

/** Nothing here holds a secret: the password is for a person to fill in. */
export function setupAsConsole(setup: RouterSetup): RouterCommands {
  return { install: installLines(setup), remove: removeLines(setup) };
}

/** Addresses of RFC 5737, as in setup.rsc: to be replaced. */
const EXAMPLE_HOST = "192.0.2.1";
const EXAMPLE_SOURCE = "192.0.2.10";

function installLines(setup: RouterSetup): string[] {
  return [
    "# RouterOS 7.9 or newer: HTTPS for the REST API and one user for the backon agent.",
    "# Fill in the password and run it as a file (/import), or paste it from { to }. Afterwards",
    "# remove the file from the router: it holds the password.",
    "{",
    "# At least 32 random characters; the same text goes into ROUTER_PASSWORD or its file.",
    ':local agentPassword "REPLACE"',
    ':if ([:len $agentPassword] < 32) do={ :error "set a password of at least 32 characters" }',
    "",
    ...certificate(setup),
    "",
    ...service(setup),
    "",
    ...account(setup),
    "}",
    "",
    ...ruleByHand(setup),
  ];
}

/** One more certificate of the same CA, for this address or name, in the place of the one in use. */
export function renewalAsConsole(host: string): string[] {
  return [
    ...signAsConsole("backon-https-2", host),
    "/ip/service/set www-ssl certificate=backon-https-2",
  ];
}

function signAsConsole(name: string, host: string): string[] {
  const shown = isIP(host) === 0 ? `"DNS:${host}"` : `"IP:${host}"`;
  return [
    `/certificate/add name=${name} common-name=${wordOf(host)} subject-alt-name=${shown} days-valid=825`,
    `/certificate/sign ${name} ca=backon-ca`,
    ":delay 3s",
  ];
}

function certificate(setup: RouterSetup): string[] {
  const host = setup.host ?? EXAMPLE_HOST;
  return [
    "# 1. A certificate that the agent can check. Skip it if the router has one already. Each signing",
    "#    takes a moment; without the delay the next line may not find the certificate yet.",
    "/certificate/add name=backon-ca common-name=backon-ca key-usage=key-cert-sign,crl-sign days-valid=3650",
    "/certificate/sign backon-ca",
    ":delay 3s",
    ...signAsConsole("backon-https", host),
    ...(setup.host === null
      ? [`# ${host} stands for the address under which the agent reaches the router.`]
      : []),
    "# Only the public part: backon-ca.crt, for ROUTER_CA_FILE.",
    "/certificate/export-certificate backon-ca file-name=backon-ca",
  ];
}

function service(setup: RouterSetup): string[] {
  const port = setup.port === 443 ? "" : ` port=${setup.port}`;
  return [
    "# 2. HTTPS with that certificate, for the agent's nodes alone. If other clients use this",
    "#    service, keep its certificate and add their addresses here.",
    `/ip/service/set www-ssl certificate=backon-https tls-version=only-1.2 address=${sourceOf(setup)} disabled=no${port}`,
    "# RouterOS 7.21 or newer, if nothing else uses it: no REST over plain HTTP.",
    "# /ip/service/webserver/set rest-plain=no",
  ];
}

function account(setup: RouterSetup): string[] {
  const known =
    setup.source === null
      ? `#    ${EXAMPLE_SOURCE} is an example: put every node that may run the agent, with commas.`
      : "#    The address is this machine's; add every node that may run the agent, with commas.";
  return [
    "# 3. Exactly four policies. RouterOS answers 500 without `api`. They are not per menu: a leaked",
    "#    password could change most settings, so the address limit matters.",
    known,
    '/user/group/add name=backon policy=read,write,api,rest-api comment="backon agent"',
    `/user/add name=${wordOf(setup.user)} group=backon address=${sourceOf(setup)} password=$agentPassword comment="backon agent"`,
  ];
}

function ruleByHand({ rule, list }: RouterSetup): string[] {
  const effect =
    list === null
      ? "# 4. Optional: the rule by hand. It blocks at once; left out, the agent adds it when needed."
      : "# 4. Optional: the rule by hand. It does nothing while its list is empty.";
  return [effect, "#    On an empty table leave place-before out.", `# ${ruleAsConsole(rule)}`];
}

function removeLines({ rule, list, user }: RouterSetup): string[] {
  return [
    "# Removes all of it and what the agent added. Stop the agent first.",
    undoAsConsole(rule),
    ...(list === null ? [] : [undoEntriesAsConsole({ list })]),
    `/user/remove [find name=${wordOf(user)}]`,
    "/user/group/remove [find name=backon]",
    "# If www-ssl was in use before, put its old certificate and addresses back instead.",
    '/ip/service/set www-ssl disabled=yes certificate=none address=""',
    "/certificate/remove [find name=backon-https]",
    '/certificate/remove [find name~"^backon-https-"]',
    "/certificate/remove [find name=backon-ca]",
    '/file/remove [find name="backon-ca.crt"]',
  ];
}

function sourceOf({ source }: RouterSetup): string {
  const address = source ?? EXAMPLE_SOURCE;
  return `${address}/${isIPv6(address) ? 128 : 32}`;
}

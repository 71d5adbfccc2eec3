// Why the agent does not trust what the router shows, and the ways to mend that. Pure.
import type { Settings } from "../../settings/environment.ts";
import { renewalAsConsole } from "./setup-as-console.ts";
import type { Checklist } from "./check.ts";
import type { ShownCertificate } from "./shown-certificate.ts";

const SOON_MS = 30 * 86_400_000;

type Looking = {
  readonly settings: Settings;
  /** What the certificate must be for. */
  readonly name: string;
  readonly now: number;
};

/** TLS failed with this detail: says why, as far as the certificate tells. */
export function explainDistrust(
  shown: ShownCertificate,
  looking: Looking & { readonly detail: string },
  list: Checklist,
): void {
  const { settings, name, now, detail } = looking;
  const pinned = settings.ROUTER_SPKI_SHA256;
  if (pinned !== undefined && pinned !== shown.pin)
    return list.fault(
      "certificate",
      `its public key is not the pinned one; it is ${shown.pin}`,
      "if the router has got a new certificate, compare it there first:",
      ...comparing(shown),
    );
  if (shown.validTo.getTime() < now)
    return list.fault("certificate", `expired on ${day(shown.validTo)}`, ...renewing(looking));
  if (shown.validFrom.getTime() > now)
    return list.fault(
      "certificate",
      `not valid before ${minute(shown.validFrom)}; this machine's clock says ${minute(new Date(now))}`,
      "set this machine's clock (NTP); if it is right, the router's was wrong: /system/clock/print",
      ...renewing(looking),
    );
  if (settings.ROUTER_CA_FILE !== undefined || !shown.selfSigned)
    if (!shown.isFor(name))
      return list.fault(
        "certificate",
        `it is for ${shown.names}, not for ${name}`,
        "set ROUTER_SERVERNAME to the name in the certificate; or else",
        ...renewing(looking),
      );
  list.fault("certificate", notTrusted(shown, detail, settings), ...trusting(shown));
}

function notTrusted(shown: ShownCertificate, detail: string, settings: Settings): string {
  const which = `${shown.subject}${shown.selfSigned ? ", self-signed" : ""}`;
  return settings.ROUTER_CA_FILE === undefined
    ? `not trusted: ${which}; no CA and no key is configured for it`
    : `not trusted by ${settings.ROUTER_CA_FILE}: ${which}; ${detail}`;
}

function trusting(shown: ShownCertificate): string[] {
  return [
    "give the agent the CA: /certificate/export-certificate backon-ca file-name=backon-ca on the",
    "router, copy backon-ca.crt from it, and set ROUTER_CA_FILE; or pin the key:",
    ...comparing(shown),
  ];
}

/** A man in the middle would show his own: only the router's console can tell. */
function comparing(shown: ShownCertificate): string[] {
  return [
    `/certificate/print detail on the router must show fingerprint=${shown.fingerprint};`,
    `only if it does: ROUTER_SPKI_SHA256=${shown.pin}`,
  ];
}

/** Part 1 of the set-up would find its names in use; another name leaves the CA file as it is. */
function renewing({ settings, name }: Looking): string[] {
  return [
    "a new one of the same CA, on the router (in each line backon-https-3 where -2 is in use; without",
    "a backon-ca there: part 1 of the commands below):",
    ...renewalAsConsole(name),
    ...(settings.ROUTER_SPKI_SHA256 === undefined
      ? []
      : ["its key is a new one: doctor shows what ROUTER_SPKI_SHA256 has to be then"]),
  ];
}

/** The certificate did its work; will it go on doing so? */
export function describeTrust(shown: ShownCertificate, looking: Looking): TrustedLine {
  const { settings, now } = looking;
  const by =
    settings.ROUTER_SPKI_SHA256 === undefined
      ? settings.ROUTER_CA_FILE === undefined
        ? "by the system's CAs"
        : `by ${settings.ROUTER_CA_FILE}`
      : "by its pinned key";
  const left = shown.validTo.getTime() - now;
  const counts = settings.ROUTER_SPKI_SHA256 === undefined || settings.ROUTER_CA_FILE !== undefined;
  const found = `trusted ${by}, valid until ${day(shown.validTo)}`;
  return counts && left < SOON_MS ? { found, mend: renewing(looking) } : { found, mend: [] };
}
type TrustedLine = { readonly found: string; readonly mend: readonly string[] };

/** In UTC, as the certificate has it. */
function minute(date: Date): string {
  return `${date.toISOString().slice(0, 16)}Z`;
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10);
}

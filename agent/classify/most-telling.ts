// Which of several errors in one message tells the cause.
import type { Classified } from "./classified.ts";
import { kindOf, type Label } from "./labels.ts";

// Gravest first, by the beginnings of labels. An answer of the registry stands behind a failure of
// the path: of several credentials some are refused by nature, and that must not hide why the one
// that fits could not be used. What is known of the image or the node is true for every credential.
const ORDER: readonly string[] = [
  "image.never_pull",
  "image.invalid_reference",
  "policy.",
  "pull.qps_exceeded",
  "runtime.unavailable",
  "proxy.",
  "dns.",
  "tls.",
  "image.platform_mismatch",
  "image.unsupported_format",
  "node.",
  "runtime.",
  "network.ipv6_path",
  "network.tls_timeout",
  "network.",
  "registry.",
  "pull.",
  "auth.token_expired",
  "auth.",
  "image.",
];

/** The error that counts of those of the registry's own, and of the mirrors tried before it. */
export function mostTelling<T extends { readonly given: Classified }>(
  own: readonly [T, ...T[]],
  mirrors: readonly T[],
): T {
  const counted = gravest(own);
  // Where the registry behind the mirrors has an answer, its image may be in a mirror alone.
  const mirror = mirrors.find(({ given }) => isOnTheWay(given.label));
  return mirror !== undefined && isRefusal(counted.given.label) ? mirror : counted;
}

function gravest<T extends { readonly given: Classified }>(errors: readonly [T, ...T[]]): T {
  return errors.reduce((best, one) => (rank(one.given) < rank(best.given) ? one : best));
}

function rank({ label }: Classified): number {
  const place = ORDER.findIndex((beginning) => label.startsWith(beginning));
  return place < 0 ? ORDER.length : place;
}

function isRefusal(label: Label): boolean {
  return label.startsWith("auth.") || label === "image.not_found";
}

function isOnTheWay(label: Label): boolean {
  return kindOf(label) === "path" || /^(?:dns|tls)\./.test(label);
}

// What the peer itself said: in the TLS handshake, then over HTTP. A number counts as a status only
// beside its reason phrase, after the word "status", or right after the URL that was asked; that
// leaves out digests, tags, dates and ports, and the local Docker API: "(HTTP code 500) server
// error", "API error (500)", "500 Server Error for http+docker://…".
import type { Rule, Signature } from "./rule.ts";
import { either, matches, says } from "./rule.ts";

/** An HTTP status as clients print it; `codes` are alternatives of a pattern. */
function statuses(codes: string): string[] {
  return [
    String.raw`(?<!exit )\bstatus ?(?:code)?(?: from registry)?(?: \[[^\][]{0,220}\])?[:=]? ?(?:${codes})\b`,
    String.raw`\bparsing http (?:${codes}) response`,
    String.raw`URL\d{1,5}"?: (?:${codes})\b`,
  ];
}

/** Patterns of an HTTP status; `codes` and `phrases` are alternatives of a pattern. */
export function statusPatterns(codes: string, phrases: string): string[] {
  return [String.raw`\b(?:${codes})(?: -)? \(?(?:${phrases})`, ...statuses(codes)];
}

/** Finds an HTTP status, each way to print it by a signature of its own. */
export function answered(codes: string, phrases: string): Signature[] {
  return matches(...statusPatterns(codes, phrases).map((pattern) => new RegExp(pattern)));
}

// Without 407, a proxy's, and 408, which says that the request never arrived.
const CLIENT_ERROR = statuses(String.raw`4(?!0[78])\d\d`).join("|");

const ANY_STATUS = new RegExp(statuses(String.raw`[1-5]\d\d`).join("|"));

/** Where the first HTTP status of a masked text ends; the text's length if it has none. */
export function endOfStatus(text: string): number {
  const found = ANY_STATUS.exec(text);
  return found === null ? text.length : found.index + found[0].length;
}

/** Certificates, and peers that do not speak TLS as expected. */
export const TLS: readonly Rule[] = [
  {
    label: "tls.certificate",
    signatures: either(
      // Files of the node: /etc/docker/certs.d/HOST/ca.crt
      matches(/\b(?:open|stat|read|load\w*) \S{0,40}CERTFILE: /),
      says(
        "x509:",
        "failed to verify certificate",
        "certificate signed by unknown authority",
        "certificate has expired",
        "tls: bad certificate",
        "tls: certificate required",
        "tls: unknown certificate",
        "tls: expired certificate",
        "ssl certificate problem",
        "failed to find any pem data",
        "for client certificate",
      ),
    ),
  },
  {
    label: "tls.protocol_mismatch",
    signatures: says(
      "server gave http response to https client",
      "sent an http request to an https server",
      "malformed http response",
      "malformed http status code",
      "malformed http version",
      "tls: ",
    ),
  },
];

/** HTTP answers, gravest for the reader first: a limit hides nothing, a 5xx may hide anything. */
export const STATUS: readonly Rule[] = [
  {
    label: "registry.rate_limited",
    signatures: either(
      answered("429", "too many requests"),
      says(
        "toomanyrequests",
        "too many requests",
        "rate exceeded",
        "pull rate limit",
        "rate limit exceeded",
        "quota exceeded for",
      ),
    ),
  },
  {
    label: "auth.token_expired",
    signatures: either(
      matches(/\btoken (?:has |is )?expired\b/, /\bexpired ?token(?:exception)?\b/),
      says("token included in the request is expired"),
    ),
  },
  {
    label: "auth.unauthorized",
    signatures: either(
      answered("401", "unauthorized"),
      says(
        "no basic auth credentials",
        "authentication required",
        "error getting credentials",
        "incorrect username or password",
        "invalid username/password",
      ),
      matches(/\bunauthorized\b/),
    ),
  },
  {
    label: "auth.denied",
    signatures: either(
      answered("403|451", "forbidden|unavailable for legal"),
      // ": permission denied" is the kernel's word, for a file or for a packet a router refused.
      matches(/(?<!: permission )\bdenied\b|\bno pull access\b/),
      says(
        "insufficient_scope",
        "accessdenied",
        "access forbidden",
        "is not authorized to perform",
      ),
    ),
  },
  {
    label: "image.not_found",
    signatures: either(
      answered("404", "not found"),
      says(
        "repository name not known",
        "no such image",
        "no such manifest",
        "manifest not found",
        "image not found",
        "image not known",
        "was deleted or has expired",
        "from remote: not found",
      ),
      matches(
        // The error codes of the distribution API, and the same words the other way round.
        /\b(?:manifest|name|blob|tag|repository)[ _]unknown\b|\bunknown (?:manifest|blob|tag|repository)\b(?! class)/,
        /\bmanifest for \S{1,300} not found/,
        /\bcontent at URL\d{1,5} not found/,
        /\btag \S{1,140} not found in repository\b/,
      ),
    ),
  },
  {
    label: "registry.unavailable",
    signatures: either(
      answered(
        String.raw`5\d\d`,
        "internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out",
      ),
      // A stream reset or GOAWAY is an answer over a connection that works.
      says("stream error: stream id", "server sent goaway"),
    ),
  },
];

/** Answers whose number alone says little: only where the text names no cause in the image either. */
export const OTHER_STATUS: readonly Rule[] = [
  // What a token is refused with is about the credentials, whichever number the server chose.
  {
    label: "auth.unauthorized",
    signatures: matches(
      new RegExp(
        String.raw`\b(?:bear(?:er)?|anonymous|oauth|auth) token: .{0,200}?(?:${CLIENT_ERROR})`,
      ),
    ),
  },
  // A request that every registry serves: what answered is broken, or is no registry.
  { label: "registry.unavailable", signatures: matches(new RegExp(CLIENT_ERROR)) },
];

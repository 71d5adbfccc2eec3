// Image names, digests and URLs can hold any word ("team/denied:429"). Here they give way to marks,
// so that the rules read only what the software itself said. The text is lower case and the marks
// upper case (NAME, DIGEST, URL0, URL1, …): nothing in a message can be mistaken for a mark.
import { hostAndPort, hostInUrl } from "./host.ts";

/** `urls[n]` is the host of the URL behind the mark `URLn`; null where it names none. */
export type MaskedText = { readonly text: string; readonly urls: readonly (string | null)[] };

// A URL (http+docker: docker-py at the local socket), or a host where a client names it in place of
// one: "pulling from host H failed" (containerd), "pinging container registry H: …"
// (containers/image), "dialing H:443 container via …" (Docker Desktop).
const ASKED =
  /(http(?:s|\+docker|\+unix)?:\/\/[^\s"'`<>]+)|\b(?:pulling from host|pinging (?:container|docker) registry(?! returned)|dialing(?= \S{1,260}:\d{1,5} (?:container|host|via|with)\b)) ([^\s"'`<>]{1,260})(?= )/g;

/** One error as plain text, with marks in place of names. Time is linear in its length. */
export function maskNames(error: string): MaskedText {
  const plain = maskQuotedNames(withoutCertificateNames(error));
  const urls: (string | null)[] = [];
  const withoutUrls = plain.replace(ASKED, (found, url: string | undefined, host: string) => {
    const { core, rest } = splitPunctuation(url ?? host);
    urls.push(url === undefined ? hostAndPort(core) : hostInUrl(core));
    return `${url === undefined ? found.slice(0, -host.length) : ""}URL${urls.length - 1}${rest}`;
  });
  return { text: withoutUrls.replace(/[^\s"'`<>(),;{}=|]+/g, maskToken), urls };
}

const SHOWN = "certificate is valid for ";
const WANTED = ", not ";

/** The names in a certificate are whatever the server put there: "… is valid for A, B, not C". */
function withoutCertificateNames(text: string): string {
  const from = text.indexOf(SHOWN);
  if (from < 0) return text;
  const to = text.lastIndexOf(WANTED);
  return `${text.slice(0, from)}${SHOWN}NAMES${to < from ? "" : text.slice(to)}`;
}

const QUOTED_NAME =
  /(image|image tag|image name|reference|repository|container|pod|" for) "[^\s"]{1,400}"/g;

/**
 * A quoted word after "image", "pod" or "StartContainer" for, the value in pod="VALUE" or host=VALUE and the tag in "reading
 * manifest T in R" are names whatever they hold.
 */
function maskQuotedNames(text: string): string {
  return text
    .replace(QUOTED_NAME, '$1 "NAME"')
    .replace(/\b(?!err|msg)([a-z_]{1,40})="[^\s"]{1,400}"/g, '$1="NAME"')
    .replace(/ (host|image|ref|remote|registry|mirror|pod|name)=[^\s"]{1,400}/g, " $1=NAME")
    .replace(/\bmanifests? [^\s\]]{1,200}(\]| in )/g, "manifest NAME$1");
}

/** Words with a slash that are no names. */
const PLAIN_WORDS: ReadonlySet<string> = new Set([
  "net/http",
  "i/o",
  "username/password",
  "input/output",
]);
const MEDIA_TYPE = /^(?:application|text)\//;
const SOCKET = /^(?:(?:dial|unix:\/)?\/.{0,200}\.sock|\/\/\.\/pipe\/.{0,100})$/;
const CERTIFICATE_FILE = /^\/\S{0,300}(?:\/certs\.d\/|\.(?:crt|pem|cert|cer|key)$)/;
const DIGEST = /^[a-z-]{0,20}sha(?:256|512):/;
// A name with a tag ("busybox:1.36") or a port, but not "statuscode:503".
const TAGGED = /^(?!status)[a-z0-9._-]{1,255}:[a-z0-9._-]{1,128}$/;
// The local end in "read tcp LOCAL->REMOTE" still has its dash.
const IPV4_AND_PORT = /^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}:\d{1,5}-?$/;

function maskToken(token: string): string {
  if (!token.includes("/") && !token.includes(":") && !token.includes("@")) return token;
  const { core, rest } = splitPunctuation(token);
  if (PLAIN_WORDS.has(core) || MEDIA_TYPE.test(core) || SOCKET.test(core)) return token;
  if (DIGEST.test(core)) return `DIGEST${rest}`;
  if (CERTIFICATE_FILE.test(core)) return `CERTFILE${rest}`;
  if (core.includes("/") || core.includes("@")) return `NAME${rest}`;
  return TAGGED.test(core) && !IPV4_AND_PORT.test(core) ? `NAME${rest}` : token;
}

/** Splits what follows a word in a sentence from the word. */
function splitPunctuation(token: string): { core: string; rest: string } {
  let end = token.length;
  while (end > 0 && ":,.;)}]!?".includes(token.charAt(end - 1))) end -= 1;
  // The bracket of an address literal belongs to it: https://[2001:db8::1]
  if (token.charAt(end) === "]" && token.lastIndexOf("[", end) >= 0) end += 1;
  return { core: token.slice(0, end), rest: token.slice(end) };
}

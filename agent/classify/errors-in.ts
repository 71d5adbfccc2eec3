// One message may hold several errors. The kubelet tries each matching credential and joins what
// came of it: "[first, second]". CRI-O and Podman tell what else they tried: the mirrors, before the
// registry's own error: "(Mirrors also failed: [A: …] [B: …]): registry/name: …", and the same name
// as an OCI artifact, after it: "…; artifact err: …", which says nothing new.
import { plainText } from "./plain-text.ts";

/** `own`: of the registry asked last, one a credential. `mirrors`: of those asked before it. */
export type Errors = { readonly own: readonly string[]; readonly mirrors: readonly string[] };

/** A kubelet has a handful of credentials for an image; what comes after these is read as one. */
const MOST_ERRORS = 6;

/** The plain texts of the errors in a message; `own` has at least one. */
export function errorsIn(message: string): Errors {
  const { text, mirrors } = apartFromMirrors(withoutArtifactErrors(plainText(message)));
  return { own: joinedErrors(text), mirrors };
}

function withoutArtifactErrors(text: string): string {
  return text
    .split("; artifact err:")
    .map((part, index) => (index === 0 ? part : part.slice(indexOrEnd(part, ", unable to pull"))))
    .join("");
}

function apartFromMirrors(text: string): { text: string; mirrors: string[] } {
  const [before = "", ...parts] = text.split("(mirrors also failed: [");
  const mirrors: string[] = [];
  const own = parts.map((part) => {
    const end = part.indexOf("]): ");
    if (end >= 0) mirrors.push(...part.slice(0, end).split("] ["));
    return part.slice(end + 1);
  });
  return { text: [before, ...own].join(""), mirrors: mirrors.slice(0, MOST_ERRORS) };
}

function indexOrEnd(text: string, phrase: string): number {
  const index = text.indexOf(phrase);
  return index < 0 ? text.length : index;
}

// How an error of a client begins, behind "[" or ", " of the kubelet's aggregate.
const BEGINNING =
  '(?:rpc error: code|error response from daemon|error pulling image|error: |\\(http code|\\d{3} server error for|failed to (?:pull|resolve|copy|authorize|do request|extract|fetch)|unable to (?:pull|copy)|initializing source|copying system image|(?:reading|writing) (?:manifest|blob)|parsing (?:image|manifest)|pinging container registry|pull access denied|unexpected status|\\)?: \\S{1,300}: (?:pinging|get|head|reading) |(?:get|head|post) "?https?:)';
const FIRST = new RegExp(`(?:^|[^\\w\\].)])\\[(?=${BEGINNING})`);
const NEXT = new RegExp(`, (?=${BEGINNING})`, "g");

function joinedErrors(text: string): string[] {
  const first = FIRST.exec(text);
  if (first === null) return [text];
  const errors: string[] = [];
  let start = 0;
  for (const { index } of text.slice(first.index).matchAll(NEXT)) {
    if (errors.length + 1 === MOST_ERRORS) break;
    errors.push(text.slice(start, first.index + index));
    start = first.index + index + 2;
  }
  return [...errors, text.slice(start)];
}

// Of a registry; the local Docker API's "(HTTP code 500)" wraps an error, it answers none.
const STATUS = /(?:: |\bstatus:? |(?<!\(http )\bcode:? |\bhttp |\bregistry )[1-5]\d\d\b(?!\.)/;

/**
 * False for what may be the words of the server that gave an answer to an error before it: after a
 * status only the hosts of that registry are believed, which the error named before the status.
 */
export function isOfSameRegistry(before: readonly string[], host: string | null): boolean {
  const site = host === null ? null : siteOf(host);
  return before.every((error) => {
    const status = error.search(STATUS);
    return status < 0 || site === null || error.slice(0, status).includes(site);
  });
}

/** The last two labels of a name; an address as it is. */
function siteOf(host: string): string {
  const name = host.replace(/:\d{1,5}$/, "");
  return /^[\d.]+$|^\[/.test(name) ? name : name.split(".").slice(-2).join(".");
}

// Takes this process's secrets out of a text before it leaves: a peer may echo in an error what it was
// sent, and an adapter may have cut that anywhere. Pure.

export type Secrets = {
  /** Made by machines: any part of such a length gives them away. */
  readonly tokens: readonly string[];
  /** Chosen by people, so that a part may be an ordinary word: taken out whole only. */
  readonly passwords: readonly string[];
};

const HUSHED = "***";
/** So many characters of a token in a row are no chance. */
const PART = 12;
/** Shorter passwords are parts of ordinary words. */
const SHORTEST = 4;

export type Hush = {
  /** The text without any secret, as it is or as it looks in a header, a URL or JSON. */
  readonly text: (text: string) => string;
  /**
   * The same for every text in a value that a program reads, keys excepted. Passwords under twelve
   * characters stay: such a one may be a word of the protocol.
   */
  readonly value: (value: unknown) => unknown;
};

export function hushing({ tokens, passwords }: Secrets): Hush {
  const parts = new Set(tokens.flatMap(formsOf).flatMap(partsOf));
  const whole = passwords
    .flatMap(formsOf)
    .filter(({ length }) => length >= SHORTEST)
    .toSorted((one, other) => other.length - one.length);
  const long = whole.filter(({ length }) => length >= PART);
  return {
    text: (text) => withoutParts(without(whole, text), parts),
    value: (value) => eachText(value, (text) => withoutParts(without(long, text), parts)),
  };
}

function eachText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one: unknown) => eachText(one, change));
  if (value === null || typeof value !== "object") return value;
  if (value instanceof Error) return change(value.stack ?? value.message);
  return Object.fromEntries(
    Object.entries(value).map(([key, one]: [string, unknown]) => [key, eachText(one, change)]),
  );
}

function without(secrets: readonly string[], text: string): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, HUSHED), text);
}

function withoutParts(text: string, parts: ReadonlySet<string>): string {
  if (parts.size === 0) return text;
  let out = "";
  let from = 0;
  for (let at = 0; at + PART <= text.length; at += 1) {
    if (!parts.has(text.slice(at, at + PART))) continue;
    let end = at + PART;
    while (end < text.length && parts.has(text.slice(end - PART + 1, end + 1))) end += 1;
    out += text.slice(from, at) + HUSHED;
    from = end;
    at = end - 1;
  }
  return out + text.slice(from);
}

function partsOf(secret: string): string[] {
  const count = Math.max(0, secret.length - PART + 1);
  return Array.from({ length: count }, (_, at) => secret.slice(at, at + PART));
}

/** As it is; in a URL; in JSON; in base64, for a header. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret, "utf8").toString("base64");
  const encoded = encodeURIComponent(secret.toWellFormed());
  const forms = [secret, encoded, JSON.stringify(secret).slice(1, -1), base64];
  return [...new Set([...forms, base64.replace(/=+$/, ""), encodeURIComponent(base64)])];
}

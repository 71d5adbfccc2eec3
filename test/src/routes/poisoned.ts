// Text of others in every place where it may stand.

/** Closed words: their schemas let nothing else in. */
const CLOSED = [
  "outcome",
  "family",
  "role",
  "reached",
  "decision",
  "restarted",
  "became",
  "stage",
  "state",
  "source",
  "profile",
  "method",
  "chain",
  "action",
  "protocol",
  "dst-port",
  "life",
  // Of the job: the Worker's own.
  "id",
  "cluster",
  "kind",
  "via",
  "createdAt",
  "finishedAt",
  "leaseUntil",
];

/** The same value with this text in every place where a text of any kind may stand. */
export function poisoned(value: unknown, text: string): unknown {
  if (Array.isArray(value)) return value.map((one) => poisoned(one, text));
  if (typeof value === "string") return text;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      CLOSED.includes(key) ? one : poisoned(one, text),
    ]),
  );
}

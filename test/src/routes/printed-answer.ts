// Answers as documents print them, and whether a real one has the same shape.

/** A printed answer, in which `…` stands for what was left out: a key, or an element, of that name. */
export function parsed(printed: string): unknown {
  const inside: string[] = [];
  const json = printed.replaceAll(/"(?:[^"\\]|\\.)*"|[{}[\]…]/g, (token) => {
    if (token === "{" || token === "[") inside.push(token);
    if (token === "}" || token === "]") inside.pop();
    return token === "…" ? (inside.at(-1) === "{" ? '"…":0' : '"…"') : token;
  });
  return JSON.parse(json);
}

/** Words of closed lists: an example that shows one has to get that one. */
const SAME = [
  "kind",
  "state",
  "outcome",
  "type",
  "title",
  "status",
  "role",
  "via",
  "what",
  "doorbell",
];
const ID = /[0-9a-z]{9}-[0-9a-z]{6}/g;

/** Where an answer has not the shape of the printed one, a line each. */
export function differences(printed: unknown, answer: unknown, at: string): string[] {
  if (Array.isArray(printed) && Array.isArray(answer)) {
    const shown = printed.filter((one) => one !== "…");
    const fits = (one: unknown) => answer.some((real) => differences(one, real, at).length === 0);
    const missing = shown
      .filter((one) => !fits(one))
      .map((one) => `${at}: no ${JSON.stringify(one)}`);
    const more = shown.length === printed.length && answer.length !== shown.length;
    return [...missing, ...(more ? [`${at}: ${answer.length} elements`] : [])];
  }
  if (isObject(printed) && isObject(answer)) {
    const cut = "…" in printed;
    const unknown = cut ? [] : Object.keys(answer).filter((key) => !(key in printed));
    return [
      ...unknown.map((key) => `${at}.${key} is not printed`),
      ...Object.entries(printed)
        .filter(([key]) => key !== "…")
        .flatMap(([key, value]) => differences(value, answer[key], `${at}.${key}`)),
    ];
  }
  const key = at.split(".").at(-1) ?? "";
  const one = SAME.includes(key) ? printed : kindOf(printed);
  const other = SAME.includes(key) ? answer : kindOf(answer);
  return one === other ? [] : [`${at}: ${JSON.stringify(printed)}, not ${JSON.stringify(answer)}`];
}

function kindOf(value: unknown): string {
  if (typeof value === "string" && value.includes(" ")) return value.replaceAll(ID, "ID");
  return value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

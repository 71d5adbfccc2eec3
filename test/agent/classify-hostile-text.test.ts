// Pull errors quote whatever a registry answered: anything can stand in them.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { classify, LABELS } from "../../agent/classify.ts";

const collected = readFileSync(
  new URL("../fixtures/pull-errors.dev.jsonl", import.meta.url),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => line.slice(0, 200));

const bits =
  'dial tcp [|dial tcp [2001:db8::1]:443 |dial tcp 1.1.1.1:1->|https://|https://a |7|401 |"|\\"|\\|\n|:|[|a/b:c@|lookup a.b |image "|manifest |sha256:| /a|status code [|x509: certificate is valid for |schema 1 |URL0 NAME |é|a'.split(
    "|",
  );

it.each(bits)("100 kB of %j take under 5 ms", (bit) => {
  const message = bit.repeat(Math.ceil(100_000 / bit.length));
  for (let i = 0; i < 10; i += 1) classify(message);

  const tookMs = Array.from({ length: 9 }, () => {
    const start = performance.now();
    classify(message);
    return performance.now() - start;
  }).toSorted((a, b) => a - b);

  expect(tookMs[4]).toBeLessThan(5);
});

it("random text never throws and always has a label", () => {
  const random = seededRandom(20_260_830);
  const parts = [...bits, ...collected, "\u0000", "\ud800"];
  for (let round = 0; round < 3_000; round += 1) {
    const text = Array.from({ length: 1 + random(12) }, () => parts[random(parts.length)]).join("");

    expect(LABELS).toContain(classify(text.slice(random(20))).label);
  }
});

/** Whole numbers below a limit, the same ones in each run (a linear congruential generator). */
function seededRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

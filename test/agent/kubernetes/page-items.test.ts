// The split agrees with a whole JSON.parse, whatever the page holds.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageParts } from "../../../agent/kubernetes/page-items.ts";

const split = (text: string) => {
  const { items, rest } = pageParts(Buffer.from(text));
  return { items: items.map((item) => item.toString("utf8")), rest };
};

describe("a list's page", () => {
  it("is its items and the rest, as a whole reading shows them", () => {
    const page = fc.record({
      kind: fc.string({ unit: "grapheme" }),
      items: fc.array(fc.jsonValue()),
      metadata: fc.dictionary(fc.string(), fc.jsonValue()),
    });
    const spaces = fc.constantFrom(0, 1, "\t");

    fc.assert(
      fc.property(page, spaces, (given, indent) => {
        const whole = JSON.parse(JSON.stringify(given));
        const { items, rest } = split(JSON.stringify(given, null, indent));

        expect(items.map((item) => JSON.parse(item))).toEqual(whole.items);
        expect(JSON.parse(rest)).toEqual({ ...whole, items: [] });
      }),
    );
  });

  it("is split at its own items, not at those of something in it", () => {
    const text = '{"metadata":{"items":[1]},"of":"items","more":[2],"items":[{"items":[3]},"]"]}';

    expect(split(text)).toEqual({
      items: ['{"items":[3]}', '"]"'],
      rest: '{"metadata":{"items":[1]},"of":"items","more":[2],"items":[]}',
    });
  });

  it.each(['{"items":null}', "[]", '"items"', "", '{"items":[{"a":1}', '{"items":["a', "]]"])(
    "that has no items of its own is all rest: %s",
    (text) => {
      expect(split(text)).toEqual({ items: [], rest: text });
    },
  );
});

// The evidence as a picture: bars in percent of the width that the page has.
import { expect, test } from "vitest";
import type { Path, PathStage } from "../../../src/shown/paths.ts";
import { Picture } from "../../../src/web/picture.tsx";

const THINNEST = 0.8;

function aPath(stages: readonly (readonly [PathStage["name"], number, string?])[]): Path {
  return {
    host: "registry-1.docker.io",
    role: "registry",
    family: "v6",
    stages: stages.map(([name, ms, failed]) => ({ name, ms, failed: failed ?? null })),
    ended: stages.length > 1 ? "3 × ok 401" : "–",
  };
}

type Bar = { readonly x: number; readonly width: number; readonly what: string };

/** The bars of all rows, the text at the end of each row, and the scale's. */
async function drawn(...paths: Path[]) {
  const svg = String(await Picture({ paths, label: "a label" }));
  const bars = Array.from(
    svg.matchAll(/<rect x="([\d.]+)%" width="([\d.]+)%" height="16" class="([^"]*)">/g),
    ([, x, width, what = ""]): Bar => ({ x: Number(x), width: Number(width), what }),
  );
  const texts = (pattern: RegExp): string[] =>
    Array.from(svg.matchAll(pattern), ([, text = ""]) => text);
  return {
    svg,
    bars,
    ends: texts(/class="took(?: bad)?">([^<]*)</g),
    scale: texts(/<span>([^<]*)</g),
  };
}

const HEALTHY = aPath([
  ["dns", 10],
  ["tcp", 20],
  ["tls", 30],
  ["http", 40],
]);
const STALL = aPath([
  ["dns", 3],
  ["tcp", 8],
  ["tls", 10_000, "timeout"],
]);
const RESET = aPath([
  ["dns", 3],
  ["tcp", 8],
  ["tls", 9, "reset"],
]);

test("a healthy path has a bar for each stage, as long as it took, and the sum of them", async () => {
  const { bars, ends, scale } = await drawn(HEALTHY);

  expect(bars).toEqual([
    { x: 0, width: 10, what: "stage dns" },
    { x: 10, width: 20, what: "stage tcp" },
    { x: 30, width: 30, what: "stage tls" },
    { x: 60, width: 40, what: "stage http" },
  ]);
  expect(ends).toEqual(["100 ms"]);
  expect(scale).toEqual(["0", "50 ms", "100 ms"]);
});

test("a stall fills the scale, is marked and named", async () => {
  const { bars, ends, scale, svg } = await drawn(STALL);

  expect(bars.map(({ what }) => what)).toEqual(["stage dns", "stage tcp", "stage stalled"]);
  expect(bars.at(-1)?.width).toBeGreaterThan(98);
  expect(ends).toEqual(["TLS timeout"]);
  expect(scale).toEqual(["0", "5.0 s", "10.0 s"]);
  expect(svg).toContain("<title>TLS: timeout after 10.0 s</title>");
});

test("a reset is short, marked and named", async () => {
  const { bars, ends } = await drawn(RESET);

  expect(bars.at(-1)).toMatchObject({ what: "stage stalled", width: 9 });
  expect(ends).toEqual(["TLS reset"]);
});

test("beside a stall of ten seconds a healthy path can still be seen", async () => {
  const { bars } = await drawn(STALL, HEALTHY);

  expect(bars.slice(3).map(({ width }) => width)).toEqual([THINNEST, THINNEST, THINNEST, THINNEST]);
});

test("a path that was not tried says so, or that it has no address", async () => {
  const untried = aPath([["dns", 3]]);

  expect((await drawn(untried)).ends).toEqual(["no try"]);
  expect((await drawn({ ...untried, ended: "no address" })).ends).toEqual(["no address"]);
});

test("the scale is 100 ms at least, also without paths", async () => {
  const quick = aPath([
    ["dns", 1],
    ["tcp", 1],
  ]);

  expect((await drawn(quick)).scale).toEqual(["0", "50 ms", "100 ms"]);
  expect((await drawn()).scale).toEqual(["0", "50 ms", "100 ms"]);
});

test.each<[string, readonly number[]]>([
  ["thin stages after a long one", [10_000, 1, 1, 1]],
  ["thin stages before a long one", [1, 1, 1, 10_000]],
  ["nothing took any time", [0, 0, 0, 0]],
  ["a clock that was set back", [-5_000, 10, -1, 3]],
  ["a very long time", [1e300, 1e300, 1, 1e300]],
  ["two long ones", [5_000, 1, 5_000, 1]],
])("%s: bars follow each other and end within the scale", async (_, times) => {
  const names = ["dns", "tcp", "tls", "http"] as const;

  const { bars } = await drawn(aPath(names.map((name, at) => [name, times[at] ?? 0])));

  let x = 0;
  for (const bar of bars) {
    expect(bar.x).toBeCloseTo(x, 1);
    expect(bar.width).toBeGreaterThanOrEqual(THINNEST);
    x += bar.width;
  }
  expect(bars).toHaveLength(4);
  expect(x).toBeLessThanOrEqual(100.05);
});

test("a host's name is text, whole, and hides nothing", async () => {
  const host = `<script>alert(1)</script>${"\u202E".repeat(20)}.example`;

  const { svg } = await drawn({ ...HEALTHY, host });

  expect(svg).not.toMatch(/<script|\u202E/);
  expect(svg).toContain("&lt;script&gt;alert(1)&lt;/script&gt;⟨U+202E⟩");
});

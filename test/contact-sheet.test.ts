// Every state of the page in a real browser: on a phone, a tablet and a desk, light and dark. Nothing is cut,
// nothing scrolls sideways, axe finds no fault of any grade, text has the contrast of AAA, and a page is small.
// With SHEET=FOLDER each is a picture there, and index.html shows them all for a person to judge.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, openBrowser, openTab } from "./support/a-browser.ts";
import { startShownClusters, type ShownClusters } from "./support/shown-clusters.ts";

const SHEET = process.env["SHEET"] ?? null;
const WIDTHS = [320, 375, 1280] as const;
const SCHEMES = ["light", "dark"] as const;
/** Colours depend on the scheme, the order of things on the width: each is judged once. */
const AXE = { 320: "light", 375: "none", 1280: "dark" } as const;
const LONGEST_LOAD_KIB = 40;
/** A list of fifty clusters is cut in its picture, in px. */
const TALLEST = 2_600;

let browser: Browser | undefined;
let shown: ShownClusters | undefined;

beforeAll(async () => {
  if (CHROMIUM.skip || SHEET === null) return;
  [browser, shown] = await Promise.all([openBrowser(), startShownClusters(23, 50)]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await shown?.close();
});

// By itself: it takes minutes, and who runs it wants to look.
describe.skipIf(CHROMIUM.skip || SHEET === null)(`each page${CHROMIUM.note}`, () => {
  it.each(WIDTHS)(
    "is whole, accessible and small at %i px, light and dark",
    async (width) => {
      if (browser === undefined || shown === undefined) throw new Error("no browser");
      const { page, errors } = await openTab(browser, { viewport: { width, height: 800 } });
      const loads: Load[] = [];
      page.on("response", (response) =>
        loads.push({ url: response.url(), bytes: sizeOf(response) }),
      );
      const faults: string[] = [];
      for (const [name, path] of shown.pages) {
        if (name === "overview") await signIn(page, shown);
        loads.length = 0;
        await page.goto(`${shown.url}${path}`);
        faults.push(...(await budgetFaults(loads, shown.url)).map((fault) => `${name}: ${fault}`));
        for (const scheme of SCHEMES) {
          await page.emulateMedia({ colorScheme: scheme });
          const isJudged = AXE[width] === scheme;
          const found = [...(await layoutFaults(page)), ...(isJudged ? await axeFaults(page) : [])];
          faults.push(...found.map((fault) => `${name}, ${scheme}: ${fault}`));
          await picture(page, `${name} ${width} ${scheme}`);
        }
      }
      await page.context().close();
      if (SHEET !== null)
        await writeFile(join(SHEET, "index.html"), sheetOf([...shown.pages.keys()]));

      expect(faults).toEqual([]);
      // The page that is not there is told of in the console.
      expect(errors.filter((text) => !text.includes("404"))).toEqual([]);
    },
    600_000,
  );
});

type Load = { readonly url: string; readonly bytes: Promise<number> };

/** As on the wire but for compression, which Cloudflare adds: the budget holds without it. */
async function sizeOf(response: { body(): Promise<Buffer> }): Promise<number> {
  return response.body().then(
    (body) => body.length,
    () => 0,
  );
}

async function budgetFaults(loads: readonly Load[], own: string): Promise<string[]> {
  const foreign = loads.filter(({ url }) => !url.startsWith(own) && !url.startsWith("data:"));
  const page = loads.filter(({ url }) => !/openapi|\/live$/.test(url));
  const sizes = await Promise.all(page.map(({ bytes }) => bytes));
  const kib = sizes.reduce((sum, size) => sum + size, 0) / 1024;
  return [
    ...foreign.map(({ url }) => `asks another host: ${url}`),
    ...(kib > LONGEST_LOAD_KIB ? [`${kib.toFixed(1)} KiB`] : []),
  ];
}

/** Sideways scrolling, and text that its box does not show whole. */
async function layoutFaults(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const wide = document.documentElement.scrollWidth - window.innerWidth;
    const cut = [...document.querySelectorAll("main *, header *")].filter((one) =>
      !one.closest("svg, .vh, details:not([open])") && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0 &&
      getComputedStyle(one).display !== "inline");
    return [
      ...(wide > 0 ? ["scrolls " + wide + " px sideways"] : []),
      ...cut.map((one) => "cut: " + one.outerHTML.slice(0, 120)),
    ];
  })()`);
}

type Violation = { readonly id: string; readonly nodes: readonly { readonly html: string }[] };

async function axeFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<Violation[]>(
    "axe.run(document, { resultTypes: ['violations'], rules: { 'color-contrast-enhanced': { enabled: true } } }).then((result) => result.violations)",
  );
  return found.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html }) => html.slice(0, 150))
        .join(" | ")}`,
  );
}

async function signIn(page: Page, { url, operator }: ShownClusters): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel("Operator token").fill(operator);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Clusters" }).waitFor();
}

async function picture(page: Page, name: string): Promise<void> {
  if (SHEET === null) return;
  await mkdir(SHEET, { recursive: true });
  const { width = 0 } = page.viewportSize() ?? {};
  const tall = await page.evaluate<number>("document.documentElement.scrollHeight");
  const clip = { x: 0, y: 0, width, height: Math.min(tall, TALLEST) };
  await page.screenshot({ path: join(SHEET, fileOf(name)), fullPage: true, clip });
}

const fileOf = (name: string): string => `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.png`;

function sheetOf(names: readonly string[]): string {
  const rows = names.map((name) => {
    const shots = SCHEMES.flatMap((scheme) =>
      WIDTHS.map(
        (width) => `<img src="${fileOf(`${name} ${width} ${scheme}`)}" width="${width / 2}">`,
      ),
    );
    return `<h2>${name}</h2><p>${shots.join(" ")}</p>`;
  });
  return `<!doctype html><meta charset="utf-8"><title>Contact sheet</title><style>body{background:#888;font-family:sans-serif}img{vertical-align:top;margin:4px}</style>${rows.join("\n")}`;
}

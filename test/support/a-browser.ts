// Real Chromium, as a person has it: pages that note every error, and what axe-core finds in them.
import axe from "axe-core";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { findTool } from "./tools.ts";

export const CHROMIUM = findTool("chromium", "chromium-browser", "google-chrome");

export async function openBrowser(): Promise<Browser> {
  if (CHROMIUM.path === null) throw new Error(`LAB=required, but${CHROMIUM.note}`);
  // Chromium's own sandbox does not run as root, which CI is.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: CHROMIUM.path, args });
}

export type Tab = { readonly page: Page; readonly errors: string[] };

/** A new window with nothing stored. `errors`: what the console and the page complained of. */
export async function openTab(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "UTC", ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => errors.push(String(error)));
  return { page, errors };
}

type Violation = { id: string; impact: string | null; nodes: { html: string }[] };

/** The faults that axe-core calls serious or critical, one line each. */
export async function seriousFaults(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate<Violation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)",
  );
  return found
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

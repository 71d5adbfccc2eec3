// The page in a real browser, against the real Worker and the real agent; the site is simulated.
// With SCREENSHOTS=FOLDER the pictures that the README shows are written there.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, openBrowser, openTab, seriousFaults, type Tab } from "./support/a-browser.ts";
import { startQuickSystem, type QuickSystem } from "./support/quick-system.ts";

const RECOVERED = "fix: recovered Docker Hub: TLS over IPv6 stalls";
const PICTURES = process.env["SCREENSHOTS"] ?? null;

let browser: Browser | undefined;
let system: QuickSystem | undefined;
const opened: Tab[] = [];

beforeAll(async () => {
  if (!CHROMIUM.skip) browser = await openBrowser();
});
afterAll(() => browser?.close());
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  await system?.close();
  system = undefined;
});

async function aTab(options?: Parameters<typeof openTab>[1]): Promise<Tab> {
  if (browser === undefined) throw new Error("no browser");
  const tab = await openTab(browser, options);
  opened.push(tab);
  return tab;
}

/** Signs in by a link with a code, as `npm start` prints one. */
async function signIn({ page }: Tab, started: QuickSystem): Promise<void> {
  const { body } = await started.call("POST", "/v1/codes", started.tokens.operator);
  await page.goto((body as { link: string }).link);
  await page.getByRole("heading", { name: "Clusters" }).waitFor();
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === null) return;
  await mkdir(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

/** Loads of whole pages: what the script fetches by itself is none. */
function countLoads(page: Page): () => number {
  let loads = 0;
  page.on("framenavigated", () => (loads += 1));
  return () => loads;
}

describe.skipIf(CHROMIUM.skip)(`the page in Chromium${CHROMIUM.note}`, () => {
  it("signs in by a link that works once, and its code stays in no address", async () => {
    system = await startQuickSystem("ipv6-stall");
    const { body } = await system.call("POST", "/v1/codes", system.tokens.operator);
    const { link } = body as { link: string };
    const first = await aTab();
    const second = await aTab();

    await first.page.goto(link);
    await first.page.getByRole("heading", { name: "Clusters" }).waitFor();
    await second.page.goto(link);
    await second.page.getByRole("alert").waitFor();

    expect(first.page.url()).toBe(`${system.worker.url}/`);
    expect(await second.page.getByRole("alert").innerText()).toContain("used before");
    expect(await second.page.evaluate("location.href + document.referrer")).not.toContain("eyJ");
    expect(await first.page.evaluate("document.cookie")).toBe("");
    expect(first.errors).toEqual([]);
  });

  it("lets nobody's link change who is signed in", async () => {
    system = await startQuickSystem("ipv6-stall");
    const { page } = await aTab();
    await signIn({ page, errors: [] }, system);
    const other = await system.call("POST", "/v1/tokens", system.tokens.operator, {
      role: "operator",
      cluster: "*",
      sub: "mallory",
    });
    const { token } = other.body as { token: string };
    const { body } = await system.call("POST", "/v1/codes", token);

    await page.goto("about:blank");
    await page.goto((body as { link: string }).link);
    await page.getByRole("heading", { name: "Clusters" }).waitFor();

    expect(await page.getByRole("banner").innerText()).toContain("operator");
  });

  it("signs in with an operator token by the keyboard alone", async () => {
    system = await startQuickSystem("ipv6-stall");
    const tab = await aTab();
    const { page } = tab;
    await page.goto(`${system.worker.url}/clusters/home`);
    const field = page.getByLabel("Operator token");
    for (let tabs = 0; tabs < 5 && !(await field.evaluate(isFocused)); tabs += 1)
      await page.keyboard.press("Tab");
    await page.keyboard.type(system.tokens.operator);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "home" }).waitFor();

    expect(page.url()).toBe(`${system.worker.url}/clusters/home`);
    expect(await seriousFaults(page)).toEqual([]);
    expect(tab.errors).toEqual([]);
  });

  it("shows a story from queued to recovered without a reload, and undoes its rule", async () => {
    // A picture shows the limits that clients really have.
    const agent = PICTURES === null ? {} : { TLS_TIMEOUT_MS: "10000", TRY_GAP_MS: "400" };
    system = await startQuickSystem("ipv6-stall", { agent });
    const id = await system.alert();
    const tab = await aTab({ viewport: { width: 1100, height: 900 } });
    const { page } = tab;
    await signIn(tab, system);
    await page.goto(`${system.worker.url}/clusters/home/jobs/${id}`);
    await page.getByRole("heading", { name: "fix: queued" }).waitFor();
    const loads = countLoads(page);
    const seen = watchHeadings(page);

    system.startAgent();
    await page.getByRole("heading", { name: "fix: recovered" }).waitFor({ timeout: 25_000 });

    expect(loads()).toBe(0);
    expect(await seen()).toEqual(expect.arrayContaining(["fix: probes the path", RECOVERED]));
    expect(await page.getByRole("status").innerText()).toBe(`Now: ${RECOVERED}`);
    const evidence = page.getByRole("img");
    expect(await evidence.getAttribute("aria-label")).toContain("ipv6-tls-stall");
    expect(await evidence.locator(".stalled").count()).toBeGreaterThan(0);
    expect(await page.getByText("5 of 5 pods have").first().isVisible()).toBe(true);
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, "job-light");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, "job-dark");

    await page.getByRole("link", { name: "Undo" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "undo: rule withdrawn" }).waitFor({ timeout: 20_000 });
    expect(system.site.router.table().filter(isOurs)).toEqual([]);
    await page.goto(`${system.worker.url}/clusters/home/jobs/${id}`);
    expect(await page.getByText("operator:operator asked for an undo").isVisible()).toBe(true);
    expect(await page.getByRole("link", { name: "Undo" }).count()).toBe(0);
    expect(tab.errors).toEqual([]);
  });

  it("approves a plan, on a phone: nothing is written before, the plan's rule after", async () => {
    system = await startQuickSystem("ipv6-stall", { agent: { MODE: "approve" } });
    const tab = await aTab({ viewport: { width: 390, height: 844 }, hasTouch: true });
    const { page } = tab;
    await signIn(tab, system);
    system.startAgent();
    const waiting = await system.ended(await system.alert());
    expect(waiting.state).toBe("awaiting");
    expect(system.site.router.writes).toEqual([]);

    await page.getByRole("link", { name: /^fix/ }).tap();
    await page.getByRole("link", { name: "Approve" }).tap();
    expect(await page.getByRole("main").innerText()).toContain("probes again first");
    expect(await seriousFaults(page)).toEqual([]);
    await picture(page, "approve-phone");
    await page.getByRole("button", { name: "Approve" }).tap();
    await page.getByRole("heading", { name: "fix: recovered" }).waitFor({ timeout: 25_000 });

    expect(system.site.router.table().filter(isOurs)).toHaveLength(1);
    expect(await page.getByText("operator:operator approved").isVisible()).toBe(true);
    expect(await widerThanItsScreen(page)).toBe(false);
    expect(await seriousFaults(page)).toEqual([]);
    expect(tab.errors).toEqual([]);
  });

  it("asks for a diagnosis, and dismisses a plan", async () => {
    system = await startQuickSystem("ipv6-stall", { agent: { MODE: "approve" } });
    const tab = await aTab();
    const { page } = tab;
    await signIn(tab, system);
    system.startAgent();
    await page.getByRole("link", { name: "home" }).click();
    await page.getByRole("link", { name: "Diagnose" }).click();
    await page.getByLabel("Registry").fill("docker.io");
    await page.getByRole("button", { name: "Diagnose" }).click();
    await page.getByRole("heading", { name: "diagnosis: observed" }).waitFor({ timeout: 25_000 });

    await system.ended(await system.alert());
    await page.getByRole("link", { name: "home" }).click();
    await page.getByRole("link", { name: /^fix/ }).click();
    await page.getByRole("link", { name: "Dismiss" }).click();
    await page.getByRole("button", { name: "Dismiss" }).click();
    await page.getByRole("heading", { name: "fix: dismissed" }).waitFor();

    expect(system.site.router.writes).toEqual([]);
    expect(tab.errors).toEqual([]);
  });
});

function isFocused(element: unknown): boolean {
  return (
    (globalThis as unknown as { document: { activeElement: unknown } }).document.activeElement ===
    element
  );
}

function isOurs({ comment }: { comment?: string | undefined }): boolean {
  return comment?.includes("[backon]") === true;
}

function widerThanItsScreen(page: Page): Promise<boolean> {
  return page.evaluate<boolean>("document.documentElement.scrollWidth > window.innerWidth");
}

/** Every heading that the page shows from now on. */
function watchHeadings(page: Page): () => Promise<string[]> {
  const started = page.evaluate(`{
    const note = () => (window.seen ??= new Set()).add(document.querySelector("h1").textContent.replaceAll(/\\s+/g, " ").trim());
    note();
    new MutationObserver(note).observe(document.querySelector("main"), { childList: true });
  }`);
  return async () => {
    await started;
    return page.evaluate<string[]>("[...window.seen]");
  };
}

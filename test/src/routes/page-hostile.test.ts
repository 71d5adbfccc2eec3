// Whoever may start a pod writes its names: on the page they are text, and hide nothing.
import { expect, test } from "vitest";
import { PLAN_HASH_LENGTH, planText } from "../../../src/protocol/plan-text.ts";
import { Report, type Plan } from "../../../src/protocol/report.ts";
import { digestOf } from "../../../src/http/body.ts";
import type { Story } from "../../../src/story/story.ts";
import { FAVICON } from "../../../src/web/mark.tsx";
import { JobPage } from "../../../src/web/job.tsx";
import { anOperator, idIn } from "../support/an-operator.ts";
import { aSession, visit } from "../support/a-session.ts";
import { aToken, ask, freshWorldEachTest } from "../support/worker.ts";
import { aStory, TOLD } from "./a-told-job.ts";
import { poisoned } from "./poisoned.ts";

freshWorldEachTest();

const HOSTILE = [
  ["a channel", "<!channel>"],
  ["a script", "<script>alert(1)</script>"],
  ["an end of everything", "</title></text></svg></td></main><script src=//evil.example></script>"],
  ["a quote and a handler", `" onload=alert(1) x="`],
  ["single quotes and a handler", `' onfocus='alert(1)' autofocus='`],
  ["a script as a link", "javascript:alert(1)"],
  ["a picture", "<img src=x onerror=alert(1)>"],
  ["a comment", "<!-- "],
  ["an entity", "&lt;script&gt;&#60;b&#62;"],
  ["right-to-left marks", "\u202Egnp.exe\u2066\u200F"],
  ["zero-width spaces", "reg\u200Bistry\uFEFF"],
  ["3 kB", "x".repeat(3_072)],
  ["half a pair", "a\uD83Db\uDC00"],
  ["control characters", "\u0000\u001B[31m\u0007\u009D"],
] as const;

/** The elements of a page, and its text as it is shown, as a real parser finds them. */
async function parsed(html: string) {
  const elements: Record<string, number> = {};
  const handlers: string[] = [];
  const links: string[] = [];
  let text = "";
  const found = new HTMLRewriter()
    .on("*", {
      element(element) {
        elements[element.tagName] = (elements[element.tagName] ?? 0) + 1;
        for (const [name = "", value = ""] of element.attributes) {
          if (/^(on|style$|srcdoc$)/i.test(name)) handlers.push(name);
          if (/^(href|src|action|formaction)$/i.test(name)) links.push(value);
        }
      },
      text(chunk) {
        text += chunk.text;
      },
      comments() {
        handlers.push("a comment");
      },
    })
    .transform(new Response(html));
  await found.text();
  return { elements, handlers, links, text };
}

/** What stands in `main`, in a frame like that of every page. */
function frame(main: string): string {
  return `<html><meta><meta><meta><link><link><script></script><main>${main}</main></html>`;
}

type Poison = { readonly name: string; readonly report: unknown };

async function hashOf(plan: Plan | null): Promise<string> {
  if (plan === null) throw new Error("nobody asks for no plan");
  return (await digestOf(planText(plan))).slice(0, PLAN_HASH_LENGTH);
}

/** The pages of a cluster in which this name stands everywhere. */
async function pagesWith({ name, report }: Poison): Promise<string[]> {
  const session = await aSession();
  const token = await aToken("agent", "home", "agent-1");
  const operator = await anOperator(name.slice(0, 190));
  const id = idIn(await operator.request("remediate", { body: { registry: "ghcr.io" } }));
  const call = { protocol: 1, agent: name.slice(0, 100), claimId: "c" };
  const claim = { ...call, version: name.slice(0, 60), node: name.slice(0, 250) };
  const kinds = ["remediate", "diagnose", "withdraw"];
  const claimed = await ask("POST", "/v1/agent/claim", { token, body: { ...claim, kinds } });
  expect([claimed.status, claimed.text]).toEqual([200, claimed.text]);
  const { fence } = claimed.body["job"] as { fence: number };
  const at = `/v1/agent/jobs/${id}`;
  const intent = { on: "router", what: name.slice(0, 200) };
  const progress = { protocol: 1, fence, seq: 0, stage: "apply", intent };
  await ask("POST", `${at}/progress`, { token, body: progress });
  const planHash = await hashOf(Report.parse(report).plan);
  const told = { ...(report as Report), planHash };
  const asks = {
    protocol: 1,
    fence,
    seq: 1,
    disposition: "ask",
    report: told,
    planHash,
  };
  const asked = await ask("POST", `${at}/report`, { token, body: { ...asks, plan: told.plan } });
  expect([asked.status, asked.text]).toEqual([200, asked.text]);
  const paths = ["/", "/clusters/home", `/clusters/home/jobs/${id}`];
  const shown = [];
  for (const path of [...paths, `/clusters/home/jobs/${id}/approve`])
    shown.push(await visit(path, session));
  await operator.decide(id, "approve", { planHash });
  for (const path of paths) shown.push(await visit(path, session));
  expect(shown.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 200]);
  return shown.map(({ text }) => text);
}

test.each(HOSTILE)("%s in every place is text on every page", async (_, name) => {
  const pages = await pagesWith({ name, report: poisoned({ ...TOLD, error: "none" }, name) });
  pages.push(frame(String(await JobPage({ story: poisoned(aStory(), name) as Story }))));

  for (const html of pages) {
    const page = await parsed(html);
    expect(page.handlers).toEqual([]);
    expect(page.elements).toMatchObject({ html: 1, script: 1, meta: 3, link: 2, main: 1 });
    for (const tag of ["img", "b", "iframe", "base", "style", "object"])
      expect(page.elements).not.toHaveProperty(tag);
    for (const link of page.links.filter((one) => one !== FAVICON))
      expect(link).toMatch(/^(\/(?!\/)|#main$)/);
    expect(html).not.toMatch(/[\u202A-\u202E\u2066-\u2069\u200B-\u200F\uFEFF]/);
    expect(html).not.toMatch(/[^\P{Cc}\t\n\r]/u);
    expect(html.length).toBeLessThan(100_000);
  }
});

test("a name is shown as it is written, and what hides is shown by its number", async () => {
  const [, , page] = await pagesWith({
    name: "anna",
    report: { ...TOLD, summary: "<b>\u202Eweb</b> & co" },
  });

  expect(page).toContain("&lt;b&gt;⟨U+202E⟩web&lt;/b&gt; &amp; co");
});

test("a label of 10 kB is cut, and says so", async () => {
  const pods = TOLD.pods.map((pod) => ({ ...pod, label: "x".repeat(10_240) }));

  const [, , page] = await pagesWith({ name: "anna", report: { ...TOLD, pods } });

  expect(page).toContain(`<div>${"x".repeat(300)}… [cut: 10240 characters]</div>`);
});

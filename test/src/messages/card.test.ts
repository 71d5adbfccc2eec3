// A job as it looks in Slack, and what hostile names in it become.
import { describe, expect, test } from "vitest";
import { jobView } from "../../../src/jobs/job-view.ts";
import { card, threadText, type Card } from "../../../src/messages/card.ts";
import type { Story } from "../../../src/story/story.ts";
import { blockKitFaults } from "../../../sim/block-kit.ts";
import { aStory } from "../routes/a-told-job.ts";
import { aFinishedJob, anAwaitingJob, aQueuedJob, NOW } from "../support/a-job.ts";
import { aReport } from "../support/a-report.ts";

const PAGE = "https://backon.example/clusters/home/jobs/j1";
const HERE = { pageUrl: PAGE, buttons: true };

function told(): Extract<Story["report"], object> {
  const { report } = aStory();
  if (report === null || report === "unreadable") throw new Error("the story has no report");
  return report;
}

/** One line a text, button or confirmation, in the order in which they are read. */
function lines({ text, blocks }: Card): string[] {
  return [
    `text: ${text}`,
    ...blocks.flatMap((block): string[] => {
      switch (block.type) {
        case "header":
          return [`header: ${block.text.text}`];
        case "section":
          return [...(block.text ? [block.text] : []), ...(block.fields ?? [])].flatMap((each) =>
            each.text.split("\n"),
          );
        case "actions":
          return block.elements.flatMap(({ text: { text: name }, value, url, confirm }) => [
            `[${name}] ${value ?? url}`,
            ...(confirm === undefined ? [] : [`    ${confirm.title?.text} ${confirm.text.text}`]),
          ]);
        case "context":
          return block.elements.map((each) => `context: ${each.text}`);
      }
    }),
  ];
}

const awaiting = aStory({ job: jobView(anAwaitingJob()) });

test("a plan that waits says what approving it does, and offers both answers", () => {
  const shown = card(awaiting, HERE);

  expect(blockKitFaults(shown)).toEqual([]);
  expect(lines(shown).join("\n")).toMatchInlineSnapshot(`
  "text: home: fix: needs approval · Docker Hub: TLS over IPv6 stalls
  header: home: fix: needs approval · Docker Hub: TLS over IPv6 stalls
  *Failed* 2 pods, 1 pulled since
  • shop/web-7c9d8b6f5-x2lqp (nginx:1.27): pulled
  • shop/debug (nginx:1.27): left alone: a bare pod comes back to nobody
  *Why*
  TLS over IPv6 never ends, IPv4 works.
  *Done*
  The rule is in place and clients use IPv4. 1 of 1 pod has its image.
  *What to do*
  • Approve this fix, or dismiss it.
  • Keep the rule until the path is healed.
  • Decide by <!date^1795393200^{date_short_pretty} {time}|2026-11-23 00:20 UTC>.
  *If you approve*
  • It adds one rule to the router: reject TCP 443 to 2600:1f18::/32.
  • That network is AWS us-east-1: more than Docker Hub is in it. For everybody behind this router, HTTPS to all of it moves to IPv4; what has no IPv4 becomes unreachable.
  • It restarts 1 pod (evict): shop/web-7c9d8b6f5-x2lqp. Pods in apps that fail the same way by then are restarted too, 50 in all at most.
  • The agent probes again first, and acts only if it comes to this very plan.
  • If clients do not move to IPv4 within seconds, the rule is removed again. Restarts can't be undone.
  The rule, to add by hand on the router:
  \`\`\`/ipv6 firewall filter add chain=forward action=reject reject-with=icmp-address-unreachable dst-address=2600:1f18::/32 protocol=tcp dst-port=443 comment="Block Docker Hub IPv6 - forces IPv4 fallback [backon]" place-before=[:pick [find where dynamic=no] 0]\`\`\`
  [Approve] home j1 h1
      Apply this fix to home? Adds one rule: reject TCP 443 to 2600:1f18::/32, for everybody behind the router. Restarts 1 pod; that can't be undone.
  [Dismiss] home j1 h1
      Dismiss the plan? Nothing is changed, and alerts of this cluster wait for a day.
  [Open] https://backon.example/clusters/home/jobs/j1
  context: asked by am · verdict ipv6-tls-stall · rule: present · job j1"
`);
});

test("a job that has recovered offers to take the rule off", () => {
  const shown = card(aStory(), HERE);

  expect(blockKitFaults(shown)).toEqual([]);
  expect(lines(shown).join("\n")).toMatchInlineSnapshot(`
        "text: home: fix: recovered · Docker Hub: TLS over IPv6 stalls
        header: home: fix: recovered · Docker Hub: TLS over IPv6 stalls
        *Failed* 2 pods, 1 pulled since
        • shop/web-7c9d8b6f5-x2lqp (nginx:1.27): pulled
        • shop/debug (nginx:1.27): left alone: a bare pod comes back to nobody
        *Why*
        TLS over IPv6 never ends, IPv4 works.
        *Done*
        The rule is in place and clients use IPv4. 1 of 1 pod has its image.
        *What to do*
        • Nothing to do.
        • The rule stays until you undo it.
        [Undo] home j1
            Remove our rule from the router? Alerts then start nothing until a person asks for a fix. Another cluster that uses the router keeps it; \`/backon undo home all\` removes it for all.
        [Open] https://backon.example/clusters/home/jobs/j1
        context: asked by am · verdict ipv6-tls-stall · rule: present · job j1"
      `);
});

test("who decided stands at the end, as a mention for a user of Slack", () => {
  const events = [
    { at: NOW, job: "j1", what: "approve: awaiting → queued", by: "slack:T1/U2", detail: "" },
    { at: NOW, job: "j1", what: "undo asked", by: "operator:anna", detail: "j2" },
  ];
  const shown = lines(card(aStory({ events }), HERE));

  expect(shown.at(-1)).toBe(
    "context: <@U2> approved <!date^1795392000^{date_short_pretty} {time}|2026-11-23 00:00 UTC> · operator:anna asked for an undo <!date^1795392000^{date_short_pretty} {time}|2026-11-23 00:00 UTC> · asked by am · verdict ipv6-tls-stall · rule: present · job j1",
  );
  expect(shown.join("\n")).not.toContain("[Undo]");
});

test.each([
  ["where nobody could click", awaiting, { pageUrl: null, buttons: false }],
  ["while the job is queued", aStory({ job: jobView(aQueuedJob()) }), { ...HERE, pageUrl: null }],
  [
    "when the rule is a person's own",
    aStory({ report: { ...told(), rule: { state: "present", ours: false, at: 1 } } }),
    { ...HERE, pageUrl: null },
  ],
])("there are no buttons %s", (_, story, where) => {
  expect(JSON.stringify(card(story, where))).not.toContain("actions");
});

test("a report that this version can't read leaves a card without it", () => {
  const shown = card({ ...awaiting, report: "unreadable" }, HERE);

  expect(blockKitFaults(shown)).toEqual([]);
  expect(JSON.stringify(shown)).not.toContain("approve");
});

test("of many pods five are named and the others counted", () => {
  const [pod] = told().pods;
  if (pod === undefined) throw new Error("the story has no pod");
  const pods = Array.from({ length: 40 }, (_, at) => ({ ...pod, name: `web-${at}` }));
  const text = lines(card(aStory({ report: { ...told(), pods } }), HERE)).join("\n");

  expect(text).toContain("*Failed* 40 pods, all pulled since");
  expect(text).toContain("web-4 (nginx:1.27): pulled\nand 35 more");
});

const HOSTILE = [
  ["a mention of all", "<!channel> <@U1> @here @channel"],
  ["a link", "<https://evil.example|docs.docker.com>"],
  ["markup", "<script>alert(1)</script> &amp;"],
  ["bold, struck and italic", "*bold* ~gone~ _sloped_"],
  ["code", "`a` ```b```"],
  ["right-to-left marks and zero-width letters", "a\u202Eb\u200Bc\u2066d\uFEFF"],
  ["line ends", "one\n\n*Plan*\r\nNothing\u2028ends"],
  ["lone surrogates", "a\uD83D b\uDE00"],
  ["10 kB", "x".repeat(10_000)],
  ["10 kB that grow when escaped", "<&>".repeat(3_400)],
  ["10 kB of invisible letters", "\u200B".repeat(10_000)],
  ["10 kB of emoji", "😀".repeat(2_500)],
] as const;

/** A story in which every text that an agent, a pod or a sender can choose is this one. */
function everywhere(text: string): Story {
  const { plan, pods } = told();
  return aStory({
    job: jobView(
      anAwaitingJob({
        origin: { via: "alertmanager", by: text, person: false },
        registry: text,
        routerUncertain: true,
      }),
    ),
    report: aReport({
      summary: text,
      error: text,
      verdict: text,
      pods: pods
        .flatMap((pod) => Array.from({ length: 20 }, () => pod))
        .map((pod) => ({ ...pod, namespace: text, name: text, decision: "restart" })),
      plan: {
        verdict: text,
        hosts: [text],
        profile: "prefix",
        rule: plan?.rule ? { ...plan.rule, "dst-address": text, comment: text } : null,
        entries: { list: text, hosts: [text, text], prefixLength: 64, lifetimeMs: 1 },
        restart: { method: "evict", namespaces: [text, text], ceiling: 50 },
        commands: Array.from({ length: 20 }, () => text),
      },
    }),
    events: [{ at: NOW, job: "j1", what: "cancel asked", by: text, detail: text }],
  });
}

describe("a name that holds", () => {
  test.each(HOSTILE)("%s is text within Slack's limits", (_, text) => {
    for (const state of ["awaiting", "finished"]) {
      const story = everywhere(text);
      const finished = jobView(aFinishedJob({ outcome: "no-better" }));
      const shown = card(state === "awaiting" ? story : { ...story, job: finished }, HERE);
      const thread = threadText(story, true) ?? "";

      expect(blockKitFaults(shown)).toEqual([]);
      expect(blockKitFaults({ text: thread })).toEqual([]);
      const said = lines(shown).join("\n") + thread;
      // Ours are only times and users that decided.
      expect(said.replaceAll(/<!date\^[^<>]*>|<@[A-Z0-9]+>/g, "")).not.toMatch(/[<>]/);
      expect(said).not.toMatch(/[\u200B\u202E\u2066\uFEFF\u2028]/);
    }
  });

  test("formatting shows its marks, but in lines to be copied", () => {
    const said = lines(card(everywhere("*b* `c` ~s~ _i_ a_b"), HERE)).join("\n");

    expect(said).toContain("∗b∗ ˋcˋ ∼s∼ ＿i＿ a_b");
    expect(said).toContain(`comment="*b* 'c' ~s~ _i_ a_b"`);
  });

  test("a mention stays readable", () => {
    expect(lines(card(everywhere("<!channel>"), HERE))).toContainEqual(
      expect.stringContaining("asked by &lt;!channel&gt;"),
    );
  });
});

test("the thread says nothing of a job that nobody has to look at", () => {
  expect(threadText(aStory(), false)).toBeNull();
});

// A job as a page of Markdown: what it tells.
import { expect, test } from "vitest";
import { jobView } from "../../../src/jobs/job-view.ts";
import { postMortem } from "../../../src/story/post-mortem.ts";
import { aFinishedJob, anAwaitingJob, aQueuedJob } from "../support/a-job.ts";
import { aStory } from "./a-told-job.ts";

test("a job that recovered is told from the title to the advice", () => {
  expect(postMortem(aStory())).toMatchInlineSnapshot(`
    "# home: ipv6-tls-stall, recovered

    | cluster | home |
    | --- | --- |
    | job | j1 (remediate) |
    | asked by | alertmanager, am |
    | opened | 2026-11-22T23:00:00.000Z |
    | finished | 2026-11-23T00:00:00.000Z |
    | attempts | 1 |
    | agent | 0.1.0, mode auto |
    | worked | 2026-11-23T00:00:00Z, 21.5 s |
    | stages | probe 10.5 s |

    ## What was found

    The rule is in place and clients use IPv4. 1 of 1 pod has its image.

    - **ipv6-tls-stall** at registry-1.docker.io: TLS over IPv6 never ends, IPv4 works.

    Measured at 2026-11-23T00:00:01Z from node-1, names asked of 192.0.2.53. Times are medians; where a stage failed, how and after which time.

    | host | role | family | DNS | TCP | TLS | HTTP | tries |
    | --- | --- | --- | --- | --- | --- | --- | --- |
    | registry-1.docker.io | registry | IPv4 | 3 ms | 11 ms | 20 ms | 30 ms | 3 × ok 401 |
    | registry-1.docker.io | registry | IPv6 | 3 ms | 8 ms | **timeout** 10.0 s | – | 2 × timeout after TCP |

    Pull quota over IPv4: 99 left of 100.

    ## What was done

    | time | what | on | result | took |
    | --- | --- | --- | --- | --- |
    | 2026-11-23T00:00:11Z | add the rule | router 192.0.2.1 | .id \\*1A | 45 ms |
    | 2026-11-23T00:00:13Z | evict | shop/web-7c9d8b6f5-x2lqp | **failed**: 429 | 12 ms |

    ## Before and after

    | host | family | before | after |
    | --- | --- | --- | --- |
    | registry-1.docker.io | IPv4 | 3 × ok 401 | 1 × ok 401 |
    | registry-1.docker.io | IPv6 | 2 × timeout after TCP | 1 × unreachable before TCP |

    ## Pods

    **Restarted: 1**

    | pod | image | failed with | restart | became |
    | --- | --- | --- | --- | --- |
    | shop/web-7c9d8b6f5-x2lqp | nginx:1.27 | tls.timeout (registry-1.docker.io) | evicted | pulled |

    **Left alone: 1**

    | pod | image | failed with | why | retries by itself | became |
    | --- | --- | --- | --- | --- | --- |
    | shop/debug | nginx:1.27 | tls.timeout (registry-1.docker.io) | a bare pod comes back to nobody | 2026-11-23T00:05:00Z | – |

    **Named by alerts: 1**

    | pod | container | reason | since |
    | --- | --- | --- | --- |
    | shop/web-7c9d8b6f5-x2lqp | web | ImagePullBackOff | 2026-11-23T00:00:00Z |

    ## Plan

    | plan |  |
    | --- | --- |
    | hash | 5e8199ff9be5b5d993ed59d74ce86cc7 |
    | verdict | ipv6-tls-stall |
    | hosts | registry-1.docker.io |
    | rule | prefix: chain=forward action=reject reject-with=icmp-address-unreachable dst-address=2600:1f18::/32 protocol=tcp dst-port=443 comment=Block Docker Hub IPv6 - forces IPv4 fallback \\[backon\\] |
    | restarts | evict, at most 50 in apps |

    The same by hand, in the router's console:

    \`\`\`
    /ipv6 firewall filter add chain=forward action=reject reject-with=icmp-address-unreachable dst-address=2600:1f18::/32 protocol=tcp dst-port=443 comment="Block Docker Hub IPv6 - forces IPv4 fallback [backon]" place-before=[:pick [find where dynamic=no] 0]
    \`\`\`

    ## Rule on the router

    Ours, present at 2026-11-23T00:00:12Z: blocks 2600:1f18::/32, 4 packets.

    ## Audit trail

    | time | what | who | detail |
    | --- | --- | --- | --- |
    | 2026-11-23T00:00:00Z | opened | am | remediate |
    | 2026-11-23T00:00:00Z | claim: queued → leased | agent-1 | agent-1 |

    ## What next

    - Keep the rule until the path is healed.
    "
  `);
});

test("a job without a report says so, and still has its audit trail and the pods that alerts named", () => {
  const page = postMortem(aStory({ report: null, job: jobView(aFinishedJob()) }));

  expect(page).toContain("# home: no verdict, gave-up");
  expect(page).toContain("The job ended without a report");
  expect(page).toContain("| shop/web-7c9d8b6f5-x2lqp | web | ImagePullBackOff |");
  expect(page).toContain("| claim: queued → leased | agent-1 |");
});

test("a queued job is not called ended", () => {
  const page = postMortem(aStory({ report: null, job: jobView(aQueuedJob()) }));

  expect(page).toContain("# home: no verdict, queued");
  expect(page).toContain("There is no report yet.");
  expect(page).toContain("Wait: an agent works on it, or soon will.");
});

test("a job that waits says until when, for which plan, and how the rule is set by hand", () => {
  const page = postMortem(aStory({ job: jobView(anAwaitingJob()) }));

  expect(page).toContain("# home: ipv6-tls-stall, needs approval");
  expect(page).toContain(
    "- A person decides until 2026-11-23T00:20:00.000Z: approve the plan h1, or dismiss it.",
  );
  expect(page).toContain("```\n/ipv6 firewall filter add chain=forward");
});

test("a cancelled job names who cancelled it", () => {
  const job = jobView(aFinishedJob({ outcome: "cancelled", by: "operator:anna" }));

  const page = postMortem(aStory({ report: null, job }));

  expect(page).toContain("# home: no verdict, cancelled");
  expect(page).toContain("| ended by | operator:anna |");
});

test("a lease that lapsed after a write was announced is told as a doubt about the router", () => {
  const job = jobView(aFinishedJob({ routerUncertain: true }));

  const page = postMortem(aStory({ report: null, job }));

  expect(page).toContain("**The router is uncertain:**");
});

test("a report that this version cannot read is not told, and not called missing", () => {
  const page = postMortem(aStory({ report: "unreadable" }));

  expect(page).toContain("# home: no verdict, recovered");
  expect(page).toContain("Another version of the agent wrote the report");
});

test("200 pods are listed, the others counted", () => {
  const { report } = aStory();
  if (report === null || report === "unreadable") throw new Error("a told job has a report");
  const pods = Array.from({ length: 250 }, (_, at) =>
    report.pods.slice(0, 1).map((pod) => ({ ...pod, name: `web-${at}` })),
  ).flat();

  const page = postMortem(aStory({ report: { ...report, pods } }));

  expect(page).toContain("**Restarted: 250**");
  expect(page).toContain("shop/web-199 ");
  expect(page).not.toContain("shop/web-200 ");
  expect(page).toContain("… and 50 more; the JSON of this job has all.");
});

test("100 verdicts and 100 measured hosts are listed, and no reading is looked at for the others", () => {
  const { report } = aStory();
  if (report === null || report === "unreadable") throw new Error("a told job has a report");
  const [verdict] = report.verdicts;
  const [round] = report.rounds;
  const [lookup] = round?.lookups ?? [];
  if (!verdict || !round || !lookup) throw new Error("a told job has a verdict and a lookup");
  let looks = 0;
  const readings = round.readings.map((one) =>
    Object.defineProperty({ ...one }, "host", { get: () => ((looks += 1), one.host) }),
  );
  const many = <T extends object>(one: T) =>
    Array.from({ length: 250 }, (_, at) => ({
      ...one,
      host: `r${at}.example`,
      advice: `do ${at}`,
    }));

  const page = postMortem(
    aStory({
      report: {
        ...report,
        after: [],
        verdicts: many(verdict),
        rounds: [{ ...round, lookups: many(lookup), readings }],
      },
    }),
  );

  expect(page.match(/^- \*\*ipv6-tls-stall\*\*/gm)).toHaveLength(100);
  expect(page.match(/^- do/gm)).toHaveLength(100);
  expect(page.match(/^\| r\d+\.example/gm)).toHaveLength(100);
  expect(page.match(/… and 150 more; the JSON of this job has all\./g)).toHaveLength(2);
  expect(looks).toBe(readings.length);
});

test.each([
  ["could-not-look", "They were not read."],
  ["nothing-failing", "None."],
])("no pods in a report with the verdict %s: %s", (verdict, said) => {
  const { report } = aStory();
  if (report === null || report === "unreadable") throw new Error("a told job has a report");
  const page = postMortem(aStory({ report: { ...report, verdict, pods: [] }, targets: [] }));

  expect(page).toContain(`## Pods\n\n${said}`);
});

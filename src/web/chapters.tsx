// The chapters of a job's story that stand on the agent's report.
import type { Child } from "hono/jsx";
import type { PodStory, Report } from "../protocol/report.ts";
import { fateOf } from "../story/brief.ts";
import { causeWords, concerned } from "../story/causes.ts";
import { ruleLines } from "../story/to-copy.ts";
import { byPath, endings, familyName, keyOf, pathsOf, type Path } from "../shown/paths.ts";
import { visible } from "../story/plain-text.ts";
import { duration } from "../shown/duration.ts";
import { Picture, stageWords } from "./picture.tsx";
import { Copies, Fact, Table, Text, Time } from "./parts.tsx";

/** The JSON of the job has all; more would make the page slow on a phone. */
const MOST_PATHS = 24;
const MOST_ROWS = 50;
const MOST_VERDICTS = 10;

/** What few need; folded, so that the story stays short. */
export function MoreChapters({ report }: { report: Report }) {
  return (
    <>
      <BeforeAndAfter report={report} />
      <Verdicts report={report} />
      <PlanChapter report={report} />
      <Done report={report} />
    </>
  );
}

/** The hosts at which something failed, in both families; all if nothing did. */
function faulty(paths: readonly Path[]): readonly Path[] {
  const failed = paths.filter(({ stages }) => stages.some((stage) => stage.failed !== null));
  const hosts = failed.map(({ host }) => host);
  return hosts.length === 0 ? paths : paths.filter(({ host }) => hosts.includes(host));
}

export function Evidence({ report: { rounds, verdict } }: { report: Report }) {
  const round = rounds.at(-1);
  if (round === undefined) return null;
  const all = pathsOf(round, MOST_PATHS);
  const paths = faulty(all);
  const stalled = paths.filter(({ stages }) => stages.some(({ failed }) => failed !== null));
  const label = `How long each stage took at ${paths.length} paths; ${stalled.length} of them failed. The table below has the same. Verdict: ${visible(verdict, 100)}`;
  const rows = all.map(({ host, role, family, stages, ended }) => [
    <Text of={host} />,
    role,
    familyName(family),
    stages.map(stageWords).join(", "),
    <Text of={ended} />,
  ]);
  return (
    <>
      <h2>What was measured</h2>
      <p class="quiet">
        <Time at={round.at} />
        {round.lookedFrom.node === null ? null : (
          <>
            , from <Text of={round.lookedFrom.node} />
          </>
        )}
        {rounds.length === 1 ? "" : `, the last of ${rounds.length} rounds`}
      </p>
      <Picture paths={paths} label={label} />
      <p class="legend quiet">
        <span class="dns">DNS</span> <span class="tcp">TCP</span> <span class="tls">TLS</span>{" "}
        <span class="http">HTTP</span> <span class="stalled">failed</span>
      </p>
      <details>
        <summary>{`All ${round.lookups.length} paths as a table`}</summary>
        <Table
          name="Measured"
          head={["host", "role", "family", "stages (medians)", "tries"]}
          rows={rows}
          more={round.lookups.length - all.length}
        />
      </details>
    </>
  );
}

function Verdicts({ report: { verdicts } }: { report: Report }) {
  if (verdicts.length === 0) return null;
  return (
    <details>
      <summary>{`Verdicts: ${verdicts.length}`}</summary>
      <ul>
        {verdicts.slice(0, MOST_VERDICTS).map(({ name, host, sentence, advice }) => (
          <li>
            <strong>
              <Text of={name} most={100} />
            </strong>
            {host === null || sentence.includes(host) ? null : (
              <>
                {" "}
                at <Text of={host} />
              </>
            )}
            : <Text of={sentence} most={500} /> <Text of={advice} most={800} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function PlanChapter({ report: { plan, planHash } }: { report: Report }) {
  if (plan === null) return null;
  const fields = Object.entries(plan.rule ?? {}).map(([name, value]) => `${name}=${value}`);
  const clamps = (plan.clamps ?? []).map(
    ({ family, rule, steps }) =>
      `${familyName(family)}: ${rule["new-mss"]}, else ${steps.join(", ")}`,
  );
  return (
    <details>
      <summary>Plan</summary>
      <dl class="facts">
        <Fact name="Rule" value={<Text of={fields.join(" ") || "none"} most={600} />} />
        {clamps.length === 0 ? null : (
          <Fact name="MSS clamp" value={<Text of={clamps.join(", ")} />} />
        )}
        <Fact
          name="Restarts"
          value={
            <Text
              of={`${plan.restart.method}, at most ${plan.restart.ceiling}, in ${plan.restart.namespaces.join(", ")}`}
            />
          }
        />
        <Fact name="Hash" value={<code>{visible(planHash ?? "none")}</code>} />
      </dl>
      <Copies lines={ruleLines({ plan })} />
    </details>
  );
}

function Done({ report: { actions } }: { report: Report }) {
  if (actions.length === 0) return null;
  return (
    <details>
      <summary>{`Actions: ${actions.length}`}</summary>
      <Table
        name="Actions"
        head={["time", "what", "on", "result", "took"]}
        rows={actions
          .slice(0, MOST_ROWS)
          .map(({ at, what, on, ok, detail, ms }) => [
            <Time at={at} exact />,
            <Text of={what} />,
            <Text of={on} />,
            <Text of={`${ok ? "" : "failed: "}${detail === "" ? "done" : detail}`} />,
            duration(ms),
          ])}
        more={actions.length - MOST_ROWS}
      />
    </details>
  );
}

function BeforeAndAfter({ report: { rounds, after } }: { report: Report }) {
  const old = byPath(rounds.at(-1)?.readings ?? []);
  const now = byPath(after);
  const rows = Array.from(now.values())
    .flatMap((readings) => readings.slice(0, 1))
    .map((one) => [
      <Text of={one.host} />,
      familyName(one.family),
      endings(old.get(keyOf(one)) ?? []),
      endings(now.get(keyOf(one)) ?? []),
    ]);
  if (rows.length === 0) return null;
  return (
    <details>
      <summary>Before and after the rule</summary>
      <Table
        name="Before and after"
        head={["host", "family", "before", "after"]}
        rows={rows.slice(0, MOST_ROWS)}
        more={rows.length - MOST_ROWS}
      />
    </details>
  );
}

export function Pods({ report }: { report: Report }) {
  const pods = concerned(report);
  if (pods.length === 0) return null;
  const row = (pod: PodStory): Child[] => [
    <Text of={`${pod.namespace}/${pod.name}`} />,
    <Text of={pod.image} />,
    <Text of={causeWords(pod.label) ?? pod.label} />,
    <Text of={fateOf(pod) ?? pod.why} />,
  ];
  const pulled = pods.filter(({ became }) => became === "pulled").length;
  const restarted = pods.filter((pod) => fateOf(pod) !== null).length;
  return (
    <>
      <h2>Pods</h2>
      <p class="quiet">
        {`${pods.length} could not pull${restarted === 0 ? "" : `, ${restarted} restarted, ${pulled} pulled since`}.`}
      </p>
      <Table
        name="Pods that waited for an image"
        head={["pod", "image", "failed with", "what became of it"]}
        rows={pods.slice(0, MOST_ROWS).map(row)}
        more={pods.length - MOST_ROWS}
      />
    </>
  );
}

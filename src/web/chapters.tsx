// The chapters of a job's story that stand on the agent's report.
import type { Child } from "hono/jsx";
import type { PodStory, Report } from "../protocol/report.ts";
import { ruleAsConsole } from "../shown/rule-as-console.ts";
import { byPath, endings, familyName, keyOf, pathsOf } from "../story/paths.ts";
import { visible } from "../story/plain-text.ts";
import { duration } from "../shown/duration.ts";
import { Picture, stageWords } from "./picture.tsx";
import { Fact, Table, Text, Time } from "./parts.tsx";

/** The JSON of the job has all; more would make the page slow on a phone. */
const MOST_PATHS = 24;
const MOST_ROWS = 50;
const MOST_VERDICTS = 10;

export function Chapters({ report }: { report: Report }) {
  return (
    <>
      <Evidence report={report} />
      <Verdicts report={report} />
      <PlanChapter report={report} />
      <Done report={report} />
      <BeforeAndAfter report={report} />
      <Pods report={report} />
    </>
  );
}

function Evidence({ report: { rounds, verdict } }: { report: Report }) {
  const round = rounds.at(-1);
  if (round === undefined) return null;
  const paths = pathsOf(round, MOST_PATHS);
  const stalled = paths.filter(({ stages }) => stages.some(({ failed }) => failed !== null));
  const label = `How long each stage took at ${paths.length} paths; ${stalled.length} of them failed. The table below has the same. Verdict: ${visible(verdict, 100)}`;
  const rows = paths.map(({ host, role, family, stages, ended }) => [
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
      <div class="scrolls" tabindex={0} role="region" aria-label="The evidence as a picture">
        <Picture paths={paths} label={label} />
      </div>
      <p class="legend quiet">
        <span class="dns">DNS</span> <span class="tcp">TCP</span> <span class="tls">TLS</span>{" "}
        <span class="http">HTTP</span> <span class="stalled">failed</span>
      </p>
      <details>
        <summary>The same as a table</summary>
        <Table
          name="Measured"
          head={["host", "role", "family", "stages (medians)", "tries"]}
          rows={rows}
          more={round.lookups.length - paths.length}
        />
      </details>
    </>
  );
}

function Verdicts({ report: { verdicts } }: { report: Report }) {
  if (verdicts.length === 0) return null;
  return (
    <>
      <h2>Verdict</h2>
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
    </>
  );
}

function PlanChapter({ report: { plan, planHash } }: { report: Report }) {
  if (plan === null) return null;
  const fields = Object.entries(plan.rule ?? {}).map(([name, value]) => `${name}=${value}`);
  return (
    <>
      <h2>Plan</h2>
      <dl class="facts">
        <Fact name="Rule" value={<Text of={fields.join(" ") || "none"} most={600} />} />
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
      {plan.rule === null ? null : (
        <details>
          <summary>By hand, in the router's console</summary>
          <pre tabindex={0}>
            <Text of={ruleAsConsole(plan.rule)} most={1_000} />
          </pre>
        </details>
      )}
    </>
  );
}

function Done({ report: { actions } }: { report: Report }) {
  return (
    <>
      <h2>What was done</h2>
      {actions.length === 0 ? <p>Nothing was changed.</p> : null}
      <Table
        name="Actions"
        head={["time", "what", "on", "result", "took"]}
        rows={actions
          .slice(0, MOST_ROWS)
          .map(({ at, what, on, ok, detail, ms }) => [
            <Time at={at} />,
            <Text of={what} />,
            <Text of={on} />,
            <Text of={`${ok ? "" : "failed: "}${detail === "" ? "done" : detail}`} />,
            duration(ms),
          ])}
        more={actions.length - MOST_ROWS}
      />
    </>
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
    <>
      <h2>Before and after the rule</h2>
      <Table
        name="Before and after"
        head={["host", "family", "before", "after"]}
        rows={rows.slice(0, MOST_ROWS)}
        more={rows.length - MOST_ROWS}
      />
    </>
  );
}

function Pods({ report: { pods } }: { report: Report }) {
  if (pods.length === 0) return null;
  const row = (pod: PodStory): Child[] => [
    <Text of={`${pod.namespace}/${pod.name}`} />,
    <Text of={pod.image} />,
    <Text of={pod.label} />,
    <Text of={pod.restarted ?? pod.why} />,
    pod.became ?? "–",
  ];
  return (
    <>
      <h2>Pods</h2>
      <Table
        name="Pods that waited for an image"
        head={["pod", "image", "failed with", "restart", "became"]}
        rows={pods.slice(0, MOST_ROWS).map(row)}
        more={pods.length - MOST_ROWS}
      />
    </>
  );
}

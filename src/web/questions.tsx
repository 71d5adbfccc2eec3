// Which questions the page asks before it does something.
import { whyOf } from "../story/brief.ts";
import { whatApprovalDoes } from "../story/plan-words.ts";
import { WHAT_REQUEST_DOES } from "../story/words.ts";
import type { ClusterStatus } from "../cluster/status.ts";
import type { JobView } from "../jobs/job-view.ts";
import { isStopGap } from "../story/plan-words.ts";
import { clampLines } from "../story/to-copy.ts";
import type { ClusterFace } from "./health.ts";
import { readableReport, type Story } from "../story/story.ts";
import { ConfirmPage, ProblemPage, RegistryField, ScopeField } from "./confirm.tsx";
import { Copies, jobPath, Text, Time } from "./parts.tsx";

export const REQUESTED = ["diagnose", "remediate", "withdraw"] as const;
export const DECISIONS = ["approve", "dismiss", "cancel", "undo"] as const;

/** In which states a job can be asked to; the store has the last word. */
const POSSIBLE: Readonly<Record<(typeof DECISIONS)[number], readonly JobView["state"][]>> = {
  approve: ["awaiting"],
  dismiss: ["awaiting"],
  cancel: ["queued", "leased", "awaiting"],
  undo: ["finished"],
};

const ASKS = { diagnose: "Diagnose", remediate: "Fix", withdraw: "Undo our rule in" } as const;

/** `once` makes a second click on the same yes the same request. */
export function askPage(
  { cluster, status }: Pick<ClusterFace, "cluster" | "status">,
  kind: (typeof REQUESTED)[number],
) {
  return (
    <ConfirmPage
      title={`${ASKS[kind]} ${cluster}?`}
      happens={[...nobodyThere(status), ...thisModeOnly(status, kind), WHAT_REQUEST_DOES[kind]]}
      action={`/clusters/${cluster}/jobs`}
      yes={kind === "withdraw" ? "Undo" : ASKS[kind]}
      danger={kind === "withdraw"}
      back={`/clusters/${cluster}`}
      fields={{ kind, once: crypto.randomUUID() }}
    >
      {kind === "withdraw" ? <ScopeField usedBy={status.rule?.usedBy ?? []} /> : <RegistryField />}
    </ConfirmPage>
  );
}

/** A request that nobody will take is no fix. */
function nobodyThere({ agent }: ClusterStatus): string[] {
  return agent === null
    ? [
        "No agent has connected, so nothing will happen until one does. The cluster's page says how to connect it.",
      ]
    : [];
}

function thisModeOnly({ agent }: ClusterStatus, kind: (typeof REQUESTED)[number]): string[] {
  if (kind === "diagnose" || agent?.mode !== "observe") return [];
  return [
    "The agent's MODE is observe: it will change nothing, and show what it would do. MODE=approve lets it ask you.",
  ];
}

export function decisionPage(story: Story, decision: (typeof DECISIONS)[number]) {
  const { job } = story;
  const report = readableReport(story);
  const back = jobPath(job);
  const action = `${back}/${decision}`;
  if (!POSSIBLE[decision].includes(job.state))
    return (
      <ProblemPage
        title="Not now"
        detail={`The job is ${job.state}: there is nothing to ${decision}.`}
        back={back}
      />
    );
  switch (decision) {
    case "approve":
      return job.planHash === null || report === null ? (
        <ProblemPage
          title="Not here"
          detail="Another version of the agent wrote the plan: read it in the job's JSON and approve its hash by the API, or dismiss it."
          back={back}
        />
      ) : (
        <ConfirmPage
          title={`Apply this fix to ${job.cluster}?`}
          happens={[
            <>
              Why: <Text of={whyOf(report)[0] ?? report.verdict} most={600} />
            </>,
            ...whatApprovalDoes(report).map((line) => <Text of={line} most={500} />),
            <>
              It can be decided until <Time at={job.leaseUntil ?? ""} />.
            </>,
          ]}
          {...{ action, back }}
          yes={isStopGap(report) ? "Approve the stop-gap" : "Approve"}
          second={isStopGap(report)}
          first={
            isStopGap(report) ? (
              <>
                <p>
                  <strong>First</strong>, what mends it:
                </p>
                <Copies lines={clampLines(report)} />
              </>
            ) : null
          }
          fields={{ planHash: job.planHash }}
        />
      );
    case "dismiss":
      return (
        <ConfirmPage
          title={`${job.cluster}: dismiss the plan?`}
          happens={["Nothing is changed.", "Alerts of this cluster start nothing for a day."]}
          {...{ action, back }}
          yes="Dismiss"
          fields={{ planHash: job.planHash ?? "" }}
        />
      );
    case "cancel":
      return (
        <ConfirmPage
          title={`${job.cluster}: cancel the job?`}
          happens={[
            "A job that no agent has taken ends at once.",
            "An agent at work stops before its next write; what it has done stays, and is reported.",
          ]}
          {...{ action, back }}
          yes="Cancel the job"
        />
      );
    case "undo":
      return (
        <ConfirmPage
          title={`${job.cluster}: remove our rule from the router?`}
          happens={[WHAT_REQUEST_DOES.withdraw]}
          {...{ action, back }}
          yes="Undo"
          danger
        >
          <ScopeField usedBy={report?.rule?.usedBy ?? []} />
        </ConfirmPage>
      );
  }
}

// A job that runs, as steps: what is done, what is being done now and for how long, what comes.
import type { LoggedEvent } from "../jobs/logged-event.ts";
import type { JobView } from "../jobs/job-view.ts";
import { Text, Time } from "./parts.tsx";

const MOST_INTENTS = 10;

type Step = { readonly name: string; readonly stages: readonly string[]; readonly waits: string };

/** In the order of agent/jobs/remediate.ts; `waits`: what the agent waits for meanwhile. */
const FIX: readonly Step[] = [
  { name: "Look at the pods", stages: ["look"], waits: "the cluster's list of failing pods" },
  {
    name: "Measure the path",
    stages: ["probe", "diagnose", "plan"],
    waits:
      "three tries at each address; one round is no proof, so a second may follow after a minute",
  },
  { name: "Set the rule", stages: ["apply"], waits: "the router" },
  { name: "Check that it helps", stages: ["verify"], waits: "clients to use IPv4" },
  { name: "Restart the pods", stages: ["restart"], waits: "the API server to evict them" },
  { name: "Watch the pods", stages: ["watch"], waits: "each restarted pod to have its image" },
];
const STEPS: Readonly<Record<JobView["kind"], readonly Step[]>> = {
  remediate: FIX,
  diagnose: FIX.slice(0, 2),
  recheck: [
    { name: "Measure IPv6 past the rule", stages: ["probe", "look"], waits: "three tries" },
  ],
  withdraw: [{ name: "Remove the rule", stages: ["withdraw"], waits: "the router" }],
};

/** `connected`: an agent is, which will take the job. */
export function Running({ job, events }: { job: JobView; events: readonly LoggedEvent[] }) {
  const since = events.findLastIndex(({ what }) => what.startsWith("claim: "));
  const claimed = events[since];
  const said = events.slice(since + 1).filter(({ what }) => what === "intent");
  return (
    <>
      <p class="sentence">
        {job.state === "queued" ? <Queued job={job} /> : "Working. This page updates itself."}
      </p>
      <ol class="steps">
        {STEPS[job.kind].map((step, at) => (
          <StepLine
            job={job}
            step={step}
            state={stateOf(job, at)}
            since={job.stageSince ?? claimed?.at ?? null}
          />
        ))}
      </ol>
      {said.length === 0 ? null : (
        <ul class="quiet">
          {said.slice(-MOST_INTENTS).map(({ at, detail }) => (
            <li>
              Begun <Time at={at} />: <Text of={detail} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Queued({ job }: { job: JobView }) {
  const approved = job.approvedBy === null ? "Queued" : "Approved";
  return job.dueAt !== null && Date.parse(job.dueAt) > Date.now() ? (
    <>
      {approved}: it starts <Time at={job.dueAt} />.
    </>
  ) : (
    <>{approved}: the next agent that connects takes it. This page updates itself.</>
  );
}

type State = "done" | "now" | "todo";

/** A stage that belongs to no step (an undo inside a fix) is shown by the headline alone. */
function stateOf({ kind, state, stage }: JobView, at: number): State {
  if (state !== "leased") return "todo";
  const now = Math.max(
    0,
    STEPS[kind].findIndex(({ stages }) => stage !== null && stages.includes(stage)),
  );
  return at < now ? "done" : at === now ? "now" : "todo";
}

/** What the agent says it waits for; else what that step usually waits for. */
function Waits({ job: { waits }, usual }: { job: JobView; usual: string }) {
  if (waits === null) return <>{usual}</>;
  return (
    <>
      <Text of={waits.what} most={200} />
      {waits.until === null ? null : (
        <>
          {" "}
          (<Time at={waits.until} /> at most)
        </>
      )}
    </>
  );
}

type StepProps = { job: JobView; step: Step; state: State; since: number | null };

function StepLine({ job, step, state, since }: StepProps) {
  const words = { done: "done", now: "now", todo: "to come" }[state];
  return (
    <li class={`step ${state}`} aria-current={state === "now" ? "step" : undefined}>
      <strong>{step.name}</strong> <span class="vh">({words})</span>
      {state === "now" ? (
        <span class="quiet">
          {since === null ? null : (
            <>
              , begun <Time at={since} />
            </>
          )}
          . Waits for <Waits job={job} usual={step.waits} />.
        </span>
      ) : null}
    </li>
  );
}

// What is known of a cluster: its agent, our rule, the hold, the messages.
import type { ClusterStatus } from "../cluster/status.ts";
import type { RuleState } from "../protocol/report.ts";
import { visible } from "../story/plain-text.ts";
import { isSilent, type ClusterFace } from "./health.ts";
import { ignoredWords } from "./ignored.ts";
import { Copies, Fact, Text, Time } from "./parts.tsx";

/** With the pods on it, or with the command that shows why there are none. */
const CONNECT = [
  {
    what: "See whether the agent runs, and what it says:",
    line: "kubectl -n backon logs deployment/backon-agent --tail=50",
  },
];

/** `MODE auto · agent 0.1.0 on node-a, seen 2 min ago`. */
export function AgentLine({ face: { status, now } }: { face: ClusterFace }) {
  const { agent } = status;
  if (agent === null) return <>No agent has connected yet.</>;
  return (
    <>
      {agent.mode === null ? "" : <strong>{`MODE ${visible(agent.mode, 20)}`}</strong>}
      {agent.mode === null ? "" : " · "}agent <Text of={agent.version} most={40} /> on{" "}
      <Text of={agent.node ?? "an unnamed node"} />,{" "}
      <span class={isSilent(agent, now) ? "bad" : ""}>
        seen <Time at={agent.lastSeen} />
      </span>
      {agent.doorbell ? "" : ", by polling"}
    </>
  );
}

/** Only where there is one, or nobody knows. */
export function RuleLine({ face: { status } }: { face: ClusterFace }) {
  const { rule, ruleSince } = status;
  if (rule === null || rule.state === "absent") return null;
  return (
    <p class="quiet">
      Rule: {ruleWords(rule, isAtWork(status))}
      {ruleSince === null || rule.state !== "present" ? null : (
        <>
          , since <Time at={ruleSince} />
        </>
      )}
    </p>
  );
}

function isAtWork({ open }: ClusterStatus): boolean {
  return open.some(({ state }) => state === "leased");
}

/** What stands between this cluster and its first job. */
export function HowToConnect({ cluster }: { cluster: string }) {
  return (
    <section class="card edge ask" aria-label="How to connect the agent">
      <p>
        <strong>No agent is connected</strong>, so nothing will happen yet. Install it in the
        cluster (deploy/README.md, step 4), with this token:
      </p>
      <Copies
        lines={[
          {
            what: "Make the agent's token:",
            line: `npm run --silent token -- --cluster ${cluster} --role agent > worker-token`,
          },
          ...CONNECT,
        ]}
      />
    </section>
  );
}

export function Facts({ face }: { face: ClusterFace }) {
  const { status, now } = face;
  const { rule, ruleSince, hold, healing, counts, messages, ignored } = status;
  const holds = hold !== null && (hold.until === null || hold.until > now);
  return (
    <dl class="facts">
      <Fact name="Agent" value={<AgentLine face={face} />} />
      <Fact
        name="Rule on the router"
        value={
          <>
            {ruleWords(rule, isAtWork(status))}
            {ruleSince === null ? null : (
              <>
                , since <Time at={ruleSince} />
              </>
            )}
          </>
        }
      />
      {holds ? <Fact name="Alerts" value={<HoldWords hold={hold} />} /> : null}
      {healing === null ? null : (
        <Fact
          name="Path behind the rule"
          value={
            healing.kept
              ? "fails again and again: the rule is kept"
              : `${healing.goodRounds.length} good rounds of ${healing.neededRounds}`
          }
        />
      )}
      <Fact name="Jobs" value={`${counts.open} open, ${counts.finished} finished`} />
      {ignored === null ? null : (
        <Fact
          name="Alerts ignored"
          value={
            <>
              {ignoredWords(ignored.causes)}, since <Time at={ignored.since} />
            </>
          }
        />
      )}
      {status.warnings.map((warning) => (
        <Fact name="Needs attention" value={<Bad of={warning} />} />
      ))}
      {messages.failed === null ? null : (
        <Fact name="Messages" value={<Bad of={messages.failed} />} />
      )}
    </dl>
  );
}

function Bad({ of }: { of: string }) {
  return (
    <span class="bad">
      <Text of={of} />
    </span>
  );
}

/** `atWork`: a job is, which may be what changes the rule. */
export function ruleWords(rule: RuleState | null, atWork = false): string {
  if (rule === null) return "none is known";
  if (rule.state === "unknown")
    return atWork
      ? "being changed by the job that runs now"
      : "not known: an agent began to change it and did not report; look on the router";
  if (rule.state === "absent") return "none";
  const whose = rule.ours ? "ours" : "typed by a person";
  const packets = rule.packets === undefined ? "" : `, ${visible(rule.packets, 40)} packets`;
  return `present (${whose}${rule.disabled === true ? ", disabled" : ""}${packets})`;
}

function HoldWords({ hold }: { hold: NonNullable<ClusterStatus["hold"]> }) {
  return (
    <>
      start nothing{" "}
      {hold.until === null ? (
        "until a person asks for a fix"
      ) : (
        <>
          until <Time at={hold.until} />
        </>
      )}
      : <Text of={hold.why} />
    </>
  );
}

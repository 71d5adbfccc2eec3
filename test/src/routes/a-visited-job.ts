// What a person finds: a job in each state, and the page after something was refused.
import { expect } from "vitest";
import { anAgent } from "../support/an-agent.ts";
import { anOperator, idIn } from "../support/an-operator.ts";
import { visit, type Session, type Shown } from "../support/a-session.ts";

type State = "queued" | "leased" | "awaiting" | "finished";

/** A job of cluster home in this state. */
export async function aJobIn(state: State): Promise<string> {
  const id = idIn(await (await anOperator()).request("remediate"));
  if (state === "queued") return id;
  const agent = await anAgent();
  const work = await agent.work();
  if (state === "awaiting") await agent.asks(work);
  if (state === "finished") await agent.done(work);
  return id;
}

/** A page that says what was not done and links to a page that is there. */
export async function expectHelp(shown: Shown, status: number, session: Session) {
  expect(shown.status).toBe(status);
  expect(shown.headers.get("content-type")).toBe("text/html; charset=UTF-8");
  expect(shown.text).toMatch(/<p role="alert">[^<]{10,}<\/p>/);
  expect(shown.text).not.toMatch(/\.tsx?\b|at \w+ \(/);
  const back = /<a class="button" href="([^"]*)">Back/.exec(shown.text)?.[1] ?? "none";
  expect((await visit(back, session)).status).toBe(200);
  return back;
}

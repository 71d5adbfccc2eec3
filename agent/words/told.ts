// A line of the agent's log as a person follows it: what was done, how long it took, what it proves. Pure.
import * as z from "zod";

const Verdicts = z.array(z.object({ name: z.string(), sentence: z.string() }));
const Texts = z.array(z.string());

/** `detail`: belongs to the line below it. Empty: nothing that a story needs. */
export type ToldLine = { readonly text: string; readonly detail?: true };

export function toldLines(
  message: string,
  facts: Readonly<Record<string, unknown>>,
): readonly ToldLine[] {
  const said = (name: string): string => String(facts[name]);
  switch (message) {
    case "job claimed": {
      const about = `${said("kind")}, fence ${said("fence")}`;
      return [{ text: `agent     claims job ${said("job")} (${about})` }];
    }
    case "stage":
      return [{ text: `agent     ${said("stage")}: ${said("ms")} ms` }];
    case "did": {
      const done = facts["ok"] === true ? "did" : "FAILED";
      return [{ text: `${done.padEnd(10)}${said("what")} (${said("on")}): ${said("detail")}` }];
    }
    case "diagnosed":
      return [
        ...Texts.parse(facts["evidence"]).map((text) => ({ text, detail: true }) as const),
        ...Verdicts.parse(facts["verdicts"]).map(({ name, sentence }) => ({
          text: `verdict   ${name}: ${sentence}`,
        })),
      ];
    case "job reported":
      return [{ text: `report    ${said("summary")}` }];
    default:
      return "error" in facts ? [{ text: `agent     ${message}: ${said("error")}` }] : [];
  }
}

// `classify`: messages in, one JSON object a line out.
import * as z from "zod";
import { classify } from "../classify/classify.ts";

const Row = z.object({ message: z.string() });

/** Lines of text, or JSON Lines with `message`. Never fails; the exit code is 0. */
export async function classifyLines(
  input: AsyncIterable<Buffer | string>,
  out: (text: string) => void,
): Promise<number> {
  let rest = "";
  for await (const chunk of input) {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") out(`${answerTo(line)}\n`);
  }
  if (rest.trim() !== "") out(`${answerTo(rest)}\n`);
  return 0;
}

function answerTo(line: string): string {
  const { label, host, family } = classify(messageIn(line));
  return JSON.stringify({ label, host, family });
}

function messageIn(line: string): string {
  if (!line.startsWith("{")) return line;
  try {
    const row = Row.safeParse(JSON.parse(line));
    return row.success ? row.data.message : line;
  } catch {
    // A line that only looks like JSON is a message like any other.
    return line;
  }
}

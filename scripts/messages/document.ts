// docs/messages.md: what backon says in each state, rendered by the code that says it.
import { card, threadText } from "../../src/messages/card.ts";
import { cardAsMarkdown, threadAsMarkdown } from "./as-markdown.ts";
import { states, type State } from "./states.ts";

const HERE = { pageUrl: "https://backon.example/clusters/home/jobs/1", buttons: true };

const HEAD = `# What backon says

Made by \`npm run messages\`: the messages that Slack gets, as this code writes them. A test compares. Each answers, in
this order: what failed and who suffers, why, what was done, what you can do and until when. One message a job,
edited in place; where somebody must look, its thread says it again, because edits notify nobody. The page shows the same.
`;

export async function messagesDocument(): Promise<string> {
  const all = await states();
  return [HEAD, ...all.map(chapter)].join("\n");
}

function chapter({ title, story, looks }: State): string {
  const thread = threadText(story, looks);
  return [
    `## ${title}`,
    "",
    ...cardAsMarkdown(card(story, HERE)),
    ...(thread === null ? [] : ["", "In its thread:", "", ...threadAsMarkdown(thread)]),
    "",
  ].join("\n");
}

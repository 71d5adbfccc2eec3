// A Slack message as Markdown: what stands in it, not how Slack draws it.
import type { Card } from "../../src/messages/card.ts";

/** Each line of the message, quoted; buttons in brackets. */
export function cardAsMarkdown({ blocks }: Card): string[] {
  return quoted(
    blocks.map((block) => {
      switch (block.type) {
        case "header":
          return `**${block.text.text}**`;
        case "section":
          return fromMrkdwn(block.text?.text ?? "");
        case "actions":
          return block.elements.map(({ text }) => `\`[${text.text}]\``).join(" ");
        case "context":
          return block.elements
            .map(({ text }) => `*${fromMrkdwn(text).replaceAll("*", "").trim()}*`)
            .join("");
      }
    }),
  );
}

export function threadAsMarkdown(text: string): string[] {
  return quoted([fromMrkdwn(text)]);
}

/** A fence stands on lines of its own, and a list after an empty line. */
function fromMrkdwn(text: string): string {
  return text
    .split("```")
    .map((part, at) => (at % 2 === 1 ? `\n\`\`\`text\n${unescaped(part)}\n\`\`\`` : prose(part)))
    .join("\n");
}

function prose(text: string): string {
  return text
    .replaceAll(/<!date\^[^|]*\|([^>]*)>/g, "$1")
    .replaceAll(/<(@[A-Z0-9]+)>/g, "$1")
    .replaceAll(/\*([^*\n]+)\*/g, "**$1**")
    .split("\n")
    .map((line, at, all) => {
      if (!line.startsWith("• ")) return line === "" ? "" : `${line}\n`;
      return all[at + 1]?.startsWith("• ") === true ? `- ${line.slice(2)}` : `- ${line.slice(2)}\n`;
    })
    .join("\n");
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function quoted(parts: readonly string[]): string[] {
  return parts
    .join("\n\n")
    .replaceAll(/\n{3,}/g, "\n\n")
    .trim()
    .split("\n")
    .map((line) => `> ${line}`.trimEnd());
}

// Text of others in Slack's mrkdwn: it can mention nobody, link to nothing, and hides nothing.
import { visible } from "../story/plain-text.ts";

/**
 * One line that means only itself, at most `most` characters as sent. Invisible characters are shown
 * by their number. Slack's own limits count the escapes, so these do too.
 */
export function mrkdwn(text: string, most = 300): string {
  let sent = "";
  for (const letter of visible(text, most)) {
    const next = ESCAPES[letter] ?? letter;
    if (sent.length + next.length > most - 1) return `${sent}…`;
    sent += next;
  }
  return sent;
}

/** docs.slack.dev, "Formatting message text": these three, and no other. */
const ESCAPES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** Who did something: a Slack user as a mention that Slack resolves, anybody else as text. */
export function mrkdwnWho(by: string): string {
  const [, user] = /^slack:[A-Z0-9]+\/([A-Z0-9]+)$/.exec(by) ?? [];
  return user === undefined ? mrkdwn(by, 100) : `<@${user}>`;
}

/** A moment in the reader's own time; `at` is milliseconds since the epoch. */
export function mrkdwnTime(at: number): string {
  const seconds = Math.floor(at / 1000);
  const plain = new Date(at).toISOString().slice(0, 16).replace("T", " ");
  return `<!date^${seconds}^{date_short_pretty} {time}|${plain} UTC>`;
}

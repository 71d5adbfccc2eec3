// Text of others in Slack's mrkdwn: it can mention nobody, link to nothing, and hides nothing.
import { visible } from "../story/plain-text.ts";

/**
 * One line that means only itself, at most `most` characters as sent. Invisible characters are shown
 * by their number, and what would make bold, italic, struck or code by its double: Slack has no escape
 * for these. Its own limits count the escapes, so these do too.
 */
export function mrkdwn(text: string, most = 300): string {
  // Inside a word an underscore means nothing.
  const lone = visible(text, most).replaceAll(/(?<!\w)_|_(?!\w)/g, "＿");
  return sent(
    lone.replaceAll(/[*~`]/g, (mark) => DOUBLES[mark] ?? mark),
    most,
  );
}

/** The same for a line in a block of code, to be copied as it is: only a backtick could end that. */
export function mrkdwnCode(text: string, most: number): string {
  return sent(visible(text, most).replaceAll("`", "'"), most);
}

function sent(text: string, most: number): string {
  let escaped = "";
  for (const letter of text) {
    const next = ESCAPES[letter] ?? letter;
    if (escaped.length + next.length > most - 1) return `${escaped}…`;
    escaped += next;
  }
  return escaped;
}

const DOUBLES: Readonly<Record<string, string>> = { "*": "∗", "~": "∼", "`": "ˋ" };

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

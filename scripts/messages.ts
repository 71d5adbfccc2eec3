// `npm run messages`: docs/messages.md. With --check it only says whether it is as it would be made.
import { readFileSync, writeFileSync } from "node:fs";
import { messagesDocument } from "./messages/document.ts";

const FILE = "docs/messages.md";
const made = await messagesDocument();
if (!process.argv.includes("--check")) writeFileSync(FILE, made);
else if (readFileSync(FILE, "utf8") !== made) {
  console.error(`${FILE} is not what the messages say now: npm run messages`);
  process.exitCode = 1;
}

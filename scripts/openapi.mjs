// `npm run openapi`: writes src/web/public/openapi.json, which the Worker serves; with --check it only says
// whether that file is as it would be written. Plain JavaScript: what it imports is compiled with
// the Worker's types, the scripts with Node's.
import { readFileSync, writeFileSync } from "node:fs";
import { openApiDocument } from "../src/openapi/document.ts";

const file = new URL("../src/web/public/openapi.json", import.meta.url);
const text = `${JSON.stringify(openApiDocument(), null, 2)}\n`;

if (!process.argv.includes("--check")) writeFileSync(file, text);
else if (readFileSync(file, "utf8") !== text) {
  console.error("src/web/public/openapi.json is not what the routes say now: npm run openapi");
  process.exitCode = 1;
}

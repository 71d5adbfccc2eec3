// `npm run page:assets`: the page's style and script, minified, as the files that the Worker serves.
// With --check it only says whether they are as they would be made.
import { readFileSync, writeFileSync } from "node:fs";
import { build } from "esbuild";

const FILES = {
  "src/web/public/app.css": await minified("src/web/browser/page.css"),
  "src/web/public/app.js": await minified("src/web/browser/page.ts"),
};

for (const [file, made] of Object.entries(FILES)) {
  if (!process.argv.includes("--check")) writeFileSync(file, made);
  else if (readFileSync(file, "utf8") !== made) {
    console.error(`${file} is not what src/web/browser makes: npm run page:assets`);
    process.exitCode = 1;
  }
}

async function minified(file: string): Promise<string> {
  const built = await build({
    entryPoints: [file],
    bundle: true,
    minify: true,
    write: false,
    target: ["es2022", "chrome123", "firefox121", "safari17.5"],
    legalComments: "none",
    logLevel: "warning",
  });
  const [output] = built.outputFiles;
  if (output === undefined) throw new Error(`esbuild made nothing of ${file}`);
  return output.text;
}

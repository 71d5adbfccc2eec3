// `npm run bench`: how much the product takes, measured. `npm run bench -- NAME` runs these only.
import { BENCHES } from "../test/bench/benches.ts";

const USAGE = `npm run bench [-- NAME …]
${Object.entries(BENCHES)
  .map(([name, { about }]) => `  ${name.padEnd(16)}${about}`)
  .join("\n")}
Exit codes: 0 every bound kept, 1 not, 64 usage.
`;

async function main(asked: readonly string[]): Promise<number> {
  const names = asked.length === 0 ? Object.keys(BENCHES) : asked;
  const benches = names.map((name) => ({ name, bench: BENCHES[name] }));
  const unknown = benches.find(({ bench }) => bench === undefined);
  if (unknown !== undefined) {
    process.stderr.write(`There is no benchmark ${JSON.stringify(unknown.name)}.\n\n${USAGE}`);
    return 64;
  }
  let kept = true;
  for (const { name, bench } of benches) {
    process.stdout.write(`${name}: ${bench?.about}\n`);
    const own = await bench?.run((line) => process.stdout.write(`${line}\n`));
    kept = kept && own === true;
  }
  return kept ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));

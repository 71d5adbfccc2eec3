// The agent's entry. Node runs it as it is.
import { runAsProcess } from "./commands/as-process.ts";
import { main } from "./commands/command-line.ts";

if (import.meta.main) runAsProcess(main);

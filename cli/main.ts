// `backon`: the agent's commands, and those of whoever sets backon up. bin/backon.mjs starts it.
import "./older-node.ts";
import { runAsProcess } from "../agent/commands/as-process.ts";
import { main } from "../agent/commands/command-line.ts";
import { COMMANDS, run } from "./commands.ts";

runAsProcess((process) => main(process, { commands: COMMANDS, run }));

// The lab's first process, alone in namespaces of its own (see open-lab.ts): it builds the network
// and carries out what is asked from outside. When it ends, the kernel ends everything in the lab.
import { rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { labCertificates } from "../../sim/network/certificates.ts";
import { OTHER_REGISTRY } from "./addresses.ts";
import { containerd } from "./containerd.ts";
import { execute, inPlace } from "./execute.ts";
import { faultSwitch } from "./fault-switch.ts";
import { labFiles } from "./lab-files.ts";
import { labProcess, type LabProcess } from "./lab-process.ts";
import { buildNamespaces } from "./namespaces.ts";
import { LAB_RUN, mountPrivately } from "./private-mounts.ts";
import { processes } from "./processes.ts";
import { answerParent } from "./requests.ts";
import type { LabQuestion, ToProcess } from "./wire.ts";

const [folder = ""] = process.argv.slice(2);
const files = labFiles(folder);

await mountPrivately(files.hostsFile);
const [certificates] = await Promise.all([labCertificates([OTHER_REGISTRY]), buildNamespaces()]);
await writeFile(files.caFile, certificates.caPem);
const internet = await startInternet(JSON.stringify(certificates));
const faults = faultSwitch((question) => internet.request(question));
await faults.heal();
const runtime = containerd(`${LAB_RUN}/containerd`, files.caFile);
const spawned = processes(LAB_RUN, (said) => void process.send?.(said));

process.on("message", (message: ToProcess | LabQuestion) => {
  if ("message" in message) spawned.send(message.process, message.message);
});
answerParent(carryOut, () => {
  // Who opened the lab removes its folder as well, unless it was killed.
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 20 });
  process.exit();
});

async function carryOut(question: LabQuestion): Promise<unknown> {
  switch (question.ask) {
    case "ready":
      return certificates.caPem;
    case "start":
      return spawned.start(question.start);
    case "stop":
      return spawned.stop(question.process);
    case "run":
      return execute(inPlace(question.place, question.command), {
        timeoutMs: question.timeoutMs,
        env: { HOME: LAB_RUN },
      });
    case "fault":
      return faults.add(question.name);
    case "heal":
      return faults.heal();
    case "pull":
      return runtime.pull(question.image);
    case "served":
      return internet.request({ ask: "served" });
  }
}

async function startInternet(certificatesJson: string): Promise<LabProcess> {
  const file = `${LAB_RUN}/certificates.json`;
  await writeFile(file, certificatesJson);
  const started = processes(LAB_RUN, (said) => heard.hear(said));
  const heard = labProcess("the lab's Internet", {
    send: (message) => started.send(0, message),
    stop: () => started.stop(0),
  });
  const program = fileURLToPath(new URL("./internet.ts", import.meta.url));
  await started.start({ process: 0, place: "inet", file: program, args: [file], env: {} });
  return heard.process;
}

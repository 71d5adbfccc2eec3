// The lab's Internet: DNS and registries, as a process of its own in the namespace `inet`. Its
// argument is a file with the certificates; it answers questions once everything listens.
import { readFile } from "node:fs/promises";
import type { LabCertificates } from "../../sim/network/certificates.ts";
import { startDns } from "../../sim/network/dns-server.ts";
import { DNS } from "./addresses.ts";
import { startInternetServers } from "./internet-servers.ts";
import { answerParent } from "./requests.ts";
import type { InternetQuestion, Steering } from "./steering.ts";

const certificates = JSON.parse(await readFile(process.argv[2] ?? "", "utf8")) as LabCertificates;
const dns = await startDns(53, [DNS.v4, DNS.v6]);
const servers = await startInternetServers(certificates);

answerParent(async (question: InternetQuestion): Promise<unknown> => {
  switch (question.ask) {
    case "steer":
      steerDns(question.steering);
      return servers.steer(question.steering);
    case "reset":
      dns.reset();
      return servers.reset();
    case "served":
      return servers.served;
  }
});

function steerDns(steering: Steering): void {
  for (const { host, mode, type } of steering.dns ?? []) dns.mode(host, mode, type);
  for (const [host, place] of Object.entries(steering.zone ?? {})) dns.place(host, place);
}

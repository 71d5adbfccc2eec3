// A simulated network of a test's own, and what a pull through it says.
import { onTestFinished } from "vitest";
import { labCertificates } from "../../sim/network/certificates.ts";
import type { PullResult } from "../../sim/network/image-client.ts";
import { QUICK_PULL } from "./quick-network.ts";
import { startNetwork, type NetworkSim, type NetworkSimOptions } from "../../sim/network/start.ts";

const certificates = await labCertificates();

export const HUB_V6 = "2600:1f18:2148:bc00::10";
export const HEAD = 'Head "https://registry-1.docker.io/v2/library/x/manifests/1"';

/** Closed when the test is over. */
export async function aNetwork(options: NetworkSimOptions = {}): Promise<NetworkSim> {
  const sim = await startNetwork({ certificates, pullLimits: QUICK_PULL, ...options });
  onTestFinished(() => sim.close());
  return sim;
}

/** The message without the part that each pull of x:1 begins with. */
export function cause(pull: PullResult): string {
  const wrapper = 'failed to pull and unpack image "docker.io/library/x:1": ';
  return pull.ok ? "pulled" : pull.message.replace(wrapper, "").replace(/:\d+->/, ":PORT->");
}

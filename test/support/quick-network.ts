// The agent's probe on the simulated path, with limits in milliseconds instead of seconds.
import { createNetwork, type NetworkOptions } from "../../agent/probe/network.ts";
import type { Network } from "../../agent/ports/network.ts";
import type { NetworkSim } from "../../sim/network/start.ts";

export function quickNetwork(sim: NetworkSim, changes: Partial<NetworkOptions> = {}): Network {
  return createNetwork({
    dialer: sim.dialer,
    dnsServers: [`127.0.0.1:${sim.dnsPort}`],
    hostsFile: "/dev/null",
    extraCaPem: sim.caPem,
    node: "node-1",
    lifelines: [],
    dnsTimeoutMs: 500,
    tcpTimeoutMs: 500,
    tlsTimeoutMs: 500,
    httpTimeoutMs: 500,
    tryGapMs: 10,
    verifyGapMs: 10,
    roundSlackMs: 1_500,
    verifyConnectMs: 300,
    fallbackDelayMs: 50,
    ...changes,
  });
}

/** Limits for the image client that go with it. */
export const QUICK_PULL = {
  tlsTimeoutMs: 500,
  dialTimeoutMs: 800,
  httpTimeoutMs: 500,
  dnsTryMs: 200,
  fallbackDelayMs: 50,
} as const;

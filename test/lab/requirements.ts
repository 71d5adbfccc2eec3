// What this machine must offer for a lab, and for real pulls in it; what is missing, by name.
import { execute } from "./execute.ts";
import { ownNamespaces } from "./own-namespaces.ts";

/** `note` belongs into the names of tests. With LAB=required nothing is skipped: tests then fail. */
export type Requirement = { readonly skip: boolean; readonly note: string };

const LAB_TOOLS = ["unshare", "ip", "ss", "nft", "ethtool", "tc", "sysctl", "mount"];
const PULL_TOOLS = ["containerd", "ctr"];

/** Each line names what it tries, then tries it, in namespaces of its own. */
const KERNEL = `
say() { tried=$1; }
trap '[ $? -eq 0 ] || echo "MISSING: $tried"' EXIT
say "a tmpfs of its own"; mount -t tmpfs tmpfs /run; mkdir /run/netns
say "network namespaces"; ip netns add probe
say "veth pairs"; ip link add probe0 type veth peer name probe1 netns probe
say "IPv6"; ip -n probe addr add 2001:db8::1/64 dev probe1 nodad
say "sysctl in a network namespace"; ip netns exec probe sysctl -qw net.ipv6.conf.all.forwarding=1
say "nftables with reject, conntrack marks and numgen"
nft add table inet probe
nft 'add chain inet probe c { type filter hook forward priority 0; }'
nft add rule inet probe c meta nfproto ipv6 reject with icmpv6 type addr-unreachable
nft add rule inet probe c tcp dport 443 ct mark 0 ct mark set numgen inc mod 2 offset 1
ip link set probe0 up; ip -n probe link set probe1 up
say "the ethtool setting gro"; ip netns exec probe ethtool -K probe1 gro on
say "threaded NAPI"; ip netns exec probe sh -c 'echo 1 > /sys/class/net/probe1/threaded'
say "a token bucket (tc tbf)"; tc qdisc add dev probe0 root tbf rate 16kbit burst 1600 latency 5s
`;

/** About a tenth of a second. */
export async function findLab(): Promise<Requirement> {
  return requirement(await missingForLab());
}

/** A lab, containerd and ctr. */
export async function findPulls(): Promise<Requirement> {
  return requirement([...(await missingForLab()), ...(await missingTools(PULL_TOOLS))]);
}

function requirement(missing: readonly string[]): Requirement {
  if (missing.length === 0) return { skip: false, note: "" };
  const note = ` [NOT CHECKED: this machine does not offer ${missing.join(", ")}]`;
  return { skip: process.env["LAB"] !== "required", note };
}

async function missingForLab(): Promise<readonly string[]> {
  const tools = await missingTools(LAB_TOOLS);
  if (tools.length > 0) return tools;
  const unshare = await ownNamespaces().catch(() => null);
  if (unshare === null) return ["namespaces of one's own (unshare)"];
  return execute([...unshare, "sh", "-es"], { input: KERNEL }).then(
    () => [],
    (error: Error) => [/MISSING: (.+)/.exec(error.message)?.[1] ?? error.message],
  );
}

async function missingTools(names: readonly string[]): Promise<readonly string[]> {
  const script = 'for name; do command -v "$name" >/dev/null || echo "$name"; done';
  const said = await execute(["sh", "-c", script, "sh", ...names]);
  return said.split("\n").filter((line) => line !== "");
}

// What a process of the lab sees in place of the machine's own /run, /etc/hosts and /etc/resolv.conf.
import { mkdir, writeFile } from "node:fs/promises";
import { DNS, HOSTS_FILE_TEXT, resolvConf } from "./addresses.ts";
import { execute } from "./execute.ts";

/** For the lab's own things; gone with the lab. */
export const LAB_RUN = "/run/lab";
/** Behind /etc/resolv.conf: written anew for another resolver. */
export const RESOLV_FILE = `${LAB_RUN}/resolv.conf`;

/** On many machines /etc/resolv.conf leads into /run, which is empty now. */
const COVER = `cover() {
  target=$(readlink -m "$2")
  mkdir -p "$(dirname "$target")"
  [ -e "$target" ] || : > "$target"
  mount --bind "$1" "$target"
}`;

/** Only inside a mount namespace of the lab's own. */
export async function mountPrivately(hostsFile: string): Promise<void> {
  await execute(["mount", "-t", "tmpfs", "tmpfs", "/run"]);
  await mkdir("/run/netns");
  await mkdir(LAB_RUN);
  await writeFile(hostsFile, HOSTS_FILE_TEXT);
  await writeFile(RESOLV_FILE, resolvConf(DNS.v4));
  const script = `${COVER}\ncover "$1" /etc/hosts\ncover "$2" /etc/resolv.conf`;
  await execute(["sh", "-ec", script, "sh", hostsFile, RESOLV_FILE]);
}

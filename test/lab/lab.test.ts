// The network lab holds to its own promises. Where the machine cannot hold a lab, the names of the
// tests say what is missing; with LAB=required that is a failure.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readdir, readFile, readlink } from "node:fs/promises";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { lookout } from "./lookout.ts";
import { openLab, type Lab } from "./open-lab.ts";
import { findLab, findPulls } from "./requirements.ts";
import { rejectHub, selfTest } from "./self-test.ts";

const lab = await findLab();
const pulls = await findPulls();
const BUSYBOX = "docker.io/library/busybox:latest";

async function aLab(finished = onTestFinished): Promise<Lab> {
  const opened = await openLab();
  finished(() => opened.close());
  return opened;
}

test.skipIf(lab.skip)(
  `a clean lab answers on both families and has no way out${lab.note}`,
  async () => {
    const found = await selfTest(await aLab());

    expect(found).toMatchObject({ v4: 401, v6: 401 });
    expect(found.links).toEqual({
      node: ["eth0", "lo"],
      rtr: ["lan", "lo", "wan"],
      inet: ["eth0", "lo"],
    });
  },
);

test.skipIf(lab.skip)(
  `what the router rejects fails in the node within 200 ms${lab.note}`,
  async () => {
    const { rejected } = await selfTest(await aLab());

    expect(rejected.end).toBe("EHOSTUNREACH");
    expect(rejected.ms).toBeLessThan(200);
  },
);

test.skipIf(lab.skip)(
  `two labs stand side by side and know nothing of each other${lab.note}`,
  async () => {
    const [one, other] = await Promise.all([aLab(), aLab()]);
    await one.run("rtr", ["nft", "add", "table", "inet", "marker"]);

    const tables = await other.run("rtr", ["nft", "list", "tables"]);

    expect(tables).toBe("table inet fault\n");
  },
);

test.skipIf(lab.skip)(
  `a closed lab leaves no process, namespace, mount or folder${lab.note}`,
  async () => {
    const opened = await openLab();
    await lookout(opened);
    const own = await namespacesOf(opened);
    expect(await processesIn(own)).not.toEqual([]);

    await opened.close();

    expect(await processesIn(own)).toEqual([]);
    expect(existsSync(opened.folder)).toBe(false);
    expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(opened.folder);
  },
);

test.skipIf(lab.skip)(`a lab ends with the process that opened it${lab.note}`, async () => {
  const program = `import { openLab } from ${JSON.stringify(import.meta.resolve("./open-lab.ts"))};
    const { folder, run } = await openLab();
    console.log(JSON.stringify({ folder, own: await run("node", ["readlink", "/proc/self/ns/pid"]) }));
    setInterval(() => {}, 1_000);`;
  const opener = spawn(process.execPath, ["--input-type=module", "-e", program]);
  onTestFinished(() => void opener.kill("SIGKILL"));
  const [said] = (await once(opener.stdout, "data")) as [Buffer];
  const { folder, own } = JSON.parse(said.toString()) as { folder: string; own: string };
  expect(await processesIn([own.trim()])).not.toEqual([]);

  opener.kill("SIGKILL");

  await vi.waitUntil(async () => (await processesIn([own.trim()])).length === 0, {
    timeout: 5_000,
  });
  expect(existsSync(folder)).toBe(false);
});

test.skipIf(lab.skip)(
  `a process that cannot start says why to the one who asks it${lab.note}`,
  async () => {
    const opened = await aLab();

    const broken = await opened.spawn("node", `${opened.folder}/missing.ts`, []);

    await expect(broken.request({ ask: "anything" })).rejects.toThrow(/Cannot find module/);
    expect(await broken.exited).toBe(1);
  },
);

test.skipIf(lab.skip)(`a command that fails rejects with all it said${lab.note}`, async () => {
  const opened = await aLab();

  const run = opened.run("inet", ["sh", "-c", "echo one; echo two >&2; exit 3"]);

  await expect(run).rejects.toThrow(/code 3: one\s+two/);
});

// Their own labs, and mostly waiting: side by side.
describe.skipIf(pulls.skip)(`containerd${pulls.note}`, { concurrent: true }, () => {
  test("pulls over IPv6 where nothing is wrong", async ({ onTestFinished: finished }) => {
    const opened = await aLab(finished);

    const pulled = await opened.pull(BUSYBOX);

    expect(pulled).toMatchObject({ works: true, message: "" });
    expect(await familiesServed(opened)).toEqual(["v6"]);
  });

  test("gives up after ten seconds when TLS stalls over IPv6", async ({
    onTestFinished: finished,
  }) => {
    const opened = await aLab(finished);
    await opened.fault("a1");

    const pulled = await opened.pull(BUSYBOX);

    expect(pulled).toMatchObject({
      works: false,
      message: `failed to resolve reference "${BUSYBOX}": failed to do request: Head "https://registry-1.docker.io/v2/library/busybox/manifests/latest": net/http: TLS handshake timeout`,
    });
    expect(pulled.seconds).toBeGreaterThan(9.9);
    expect(pulled.seconds).toBeLessThan(13);
  }, 30_000);

  test("pulls over IPv4 when the router rejects the hub's IPv6", async ({
    onTestFinished: finished,
  }) => {
    const opened = await aLab(finished);
    await opened.fault("a1");
    await rejectHub(opened);

    const pulled = await opened.pull(BUSYBOX);

    expect(pulled).toMatchObject({ works: true, message: "" });
    expect(await familiesServed(opened, "registry-1.docker.io")).toEqual(["v4"]);
  });
});

async function familiesServed(opened: Lab, host?: string): Promise<readonly string[]> {
  const hits = (await opened.served()).filter((hit) => host === undefined || hit.host === host);
  return [...new Set(hits.map(({ family }) => family))];
}

async function namespacesOf(opened: Lab): Promise<readonly string[]> {
  const names = ["net", "pid", "mnt"].map((name) => `/proc/self/ns/${name}`);
  return (await opened.run("node", ["readlink", ...names])).trim().split("\n");
}

/** Numbers of this machine's processes that are in one of these namespaces. */
async function processesIn(namespaces: readonly string[]): Promise<readonly string[]> {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    all.map(async (process) => {
      const links = ["net", "pid", "mnt"].map((name) => readlink(`/proc/${process}/ns/${name}`));
      // Another user's process, or one that has just ended: none of the lab's.
      const theirs = await Promise.all(links).catch(() => []);
      return theirs.some((link) => namespaces.includes(link)) ? [process] : [];
    }),
  );
  return found.flat();
}

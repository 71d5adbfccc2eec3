// S40–S45: entries of an address list, timed ones and names.
import { holds, objectIn, refuses, rowsIn, same, told, type Check } from "./check.ts";
import { anEntry, entries, get, LIST, LISTS, MARK, patch, put, remove } from "./our-rows.ts";

const PREFIX = "2001:db8:0:1::/64";
const entry = { list: LIST, address: PREFIX, comment: MARK };
const duplicate = "failure: already have such entry";
/** A name that has IPv6 addresses in the public DNS. */
const NAME = "example.com";

export const addressList: readonly Check[] = [
  {
    id: "S40",
    title: "an entry without a timeout is static and has no timeout key",
    async check(router) {
      const reply = await put(router, entry, LISTS);
      const { ".id": _, "creation-time": created, ...record } = objectIn(reply);
      same(reply.status, 201);
      same(record, { ...entry, disabled: "false", dynamic: "false" });
      holds(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(String(created)), "a creation-time", created);
    },
  },
  {
    id: "S40",
    title: "an entry with a timeout is dynamic and shows the time",
    async check(router) {
      const reply = await put(router, { ...entry, timeout: "5m" }, LISTS);
      const { dynamic, timeout } = objectIn(reply);
      same([reply.status, dynamic], [201, "true"]);
      holds(["5m", "4m59s"].includes(String(timeout)), "timeout 5m", timeout);
    },
  },
  {
    id: "S40",
    title: "the timeout counts down",
    async check(router) {
      const id = await anEntry(router, PREFIX, { timeout: "1h1m" });
      await router.pause(2_000);
      const { timeout } = objectIn(await get(router, `${LISTS}/${id}`));
      holds(/^1h(5[5-9]s)?$/.test(String(timeout)), "about 1h58s", timeout);
    },
  },
  {
    id: "S40",
    title: "an entry vanishes when its time is over",
    async check(router) {
      await anEntry(router, PREFIX, { timeout: "1s" });
      await anEntry(router, "2001:db8:0:2::/64", { timeout: "1h" });
      await router.pause(2_500);
      same(
        (await entries(router)).map((one) => one["address"]),
        ["2001:db8:0:2::/64"],
      );
    },
  },
  {
    id: "S40",
    title: "a timed entry is gone after a reboot, a static one is not",
    async onSimulator(router, simulator) {
      await anEntry(router, PREFIX, { timeout: "1h" });
      await anEntry(router, "2001:db8:0:2::/64");
      await simulator.reboot({ confusedMs: 0 });
      same(
        (await entries(router)).map((one) => one["address"]),
        ["2001:db8:0:2::/64"],
      );
    },
  },
  ...[{}, { comment: `${MARK} other` }, { timeout: "1h" }, { address: "2001:DB8:0:1:0::/64" }].map(
    (fields): Check => ({
      id: "S41",
      title: `the same list and address again is refused: ${JSON.stringify(fields)}`,
      async check(router) {
        await anEntry(router, PREFIX);
        refuses(await put(router, { ...entry, ...fields }, LISTS), 400, duplicate);
        same((await entries(router)).length, 1);
      },
    }),
  ),
  {
    id: "S41",
    title: "the same pair disabled, in another list or as a wider prefix is allowed",
    async check(router) {
      await anEntry(router, PREFIX);
      const others = [{ disabled: "yes" }, { list: `${LIST}-2` }, { address: "2001:db8::/48" }];
      const statuses: number[] = [];
      for (const fields of others)
        statuses.push((await put(router, { ...entry, ...fields }, LISTS)).status);
      same(statuses, [201, 201, 201]);
    },
  },
  {
    id: "S42",
    title: "a host address reads back with /128",
    async check(router) {
      const reply = await put(router, { ...entry, address: "2001:db8::53" }, LISTS);
      same(objectIn(reply)["address"], "2001:db8::53/128");
    },
  },
  {
    id: "S42",
    title: "host bits of a prefix are masked, or kept",
    async check(router) {
      const reply = await put(router, { ...entry, address: "2001:db8:0:1::5/64" }, LISTS);
      const { address } = objectIn(reply);
      router.learn(`2001:db8:0:1::5/64 reads back as ${String(address)}`);
      holds([PREFIX, "2001:db8:0:1::5/64"].includes(String(address)), PREFIX, told(reply));
    },
  },
  {
    id: "S43",
    title: "the timeout of a timed entry can be set anew, or not",
    async check(router) {
      const id = await anEntry(router, PREFIX, { timeout: "5m" });
      const reply = await patch(router, `${LISTS}/${id}`, { timeout: "30m" });
      router.learn(told(reply));
      const { timeout } = objectIn(await get(router, `${LISTS}/${id}`));
      const shown = reply.status === 200 ? ["30m", "29m59s", "29m58s"] : ["5m", "4m59s", "4m58s"];
      holds([200, 400].includes(reply.status), "200 or 400", told(reply));
      holds(shown.includes(String(timeout)), shown[0] ?? "", timeout);
    },
  },
  {
    id: "S45",
    title:
      "an address of the discard prefix is an entry like others, for a day, in its short spelling",
    async check(router) {
      const marker = { ...entry, address: "100::ab:0:cd12", timeout: "1d" };
      const { address, timeout, dynamic } = objectIn(await put(router, marker, LISTS));
      same([address, dynamic], ["100::ab:0:cd12/128", "true"]);
      holds(["1d", "23h59m59s"].includes(String(timeout)), "timeout 1d", timeout);
    },
  },
  {
    id: "S45",
    title: "it is refused a second time, and can be deleted",
    async check(router) {
      const id = await anEntry(router, "100::ab:0:cd12", { timeout: "1d" });
      const again = { ...entry, address: "100:0:0:0:0:ab:0:cd12/128", timeout: "1d" };
      refuses(await put(router, again, LISTS), 400, duplicate);
      same((await remove(router, `${LISTS}/${id}`)).status, 204);
      same(await entries(router), []);
    },
  },
  {
    id: "S44",
    title: "a DNS name keeps its row, and may show its answers as dynamic rows",
    simulated: { names: { [NAME]: ["2001:db8::80", "2001:db8::81"] } },
    async check(router) {
      const id = await anEntry(router, NAME);
      await router.pause(3_000);
      const rows = rowsIn(await get(router, `${LISTS}?list=${LIST}`));
      const named = rows.filter((row) => row["address"] === NAME);
      same(
        named.map((row) => [row[".id"], row["dynamic"]]),
        [[id, "false"]],
      );
      const answers = rows.filter((row) => row["address"] !== NAME);
      router.learn(`beside the name: ${answers.length} rows ${JSON.stringify(answers[0] ?? {})}`);
      holds(
        answers.every(
          (row) => row["dynamic"] === "true" && String(row["address"]).endsWith("/128"),
        ),
        "dynamic rows of /128",
        answers,
      );
    },
  },
  {
    id: "S44",
    title: "a DNS name may be taken with a timeout",
    async check(router) {
      const reply = await put(router, { ...entry, address: NAME, timeout: "1h" }, LISTS);
      router.learn(told(reply));
      holds([201, 400].includes(reply.status), "201 or 400", told(reply));
      same((await entries(router)).length > 0, reply.status === 201, "an entry");
    },
  },
];

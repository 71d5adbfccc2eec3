// /user and /user/group: only a login with `policy` gets here.
import { notFound, refusal, type Reply } from "./errors.ts";
import type { Menu } from "./menu.ts";
import { spellPrefix } from "./rule-fields.ts";
import { POLICIES, type Group, type Policy, type User, type Users } from "./users.ts";

type Given = Readonly<Record<string, string>>;

const ALL_POLICIES = new Set([
  ...POLICIES,
  ..."local telnet ssh ftp reboot winbox password web sniff sensitive romon".split(" "),
]);
const noMatch = (what: string) => refusal(400, `input does not match any value of ${what}`);
const unknownIn = (given: Given, known: string): Reply | null => {
  const unknown = Object.keys(given).find((name) => !known.split(" ").includes(name));
  return unknown === undefined ? null : refusal(400, `unknown parameter ${unknown}`);
};

export function groupMenu(users: Users): Menu {
  const set = (group: Group, given: Given): Reply | null => {
    const words = given["policy"]?.split(",") ?? [];
    if (words.some((word) => !ALL_POLICIES.has(word.replace(/^!/, "")))) return noMatch("policy");
    const off = words.filter((word) => word.startsWith("!")).map((word) => word.slice(1));
    const held = [...group.policies, ...words].filter((word) => !off.includes(word));
    group.policies = new Set(POLICIES.filter((policy: Policy) => held.includes(policy)));
    group.comment = given["comment"] ?? group.comment;
    return null;
  };
  return {
    named: true,
    records: () =>
      users.groups.map(({ id, name, policies, comment }) => ({
        ".id": id,
        name,
        policy: POLICIES.map((policy) => (policies.has(policy) ? policy : `!${policy}`)).join(","),
        ...(comment === undefined ? {} : { comment }),
      })),
    add(given) {
      const unknown = unknownIn(given, "comment copy-from name policy skin");
      if (unknown !== null) return unknown;
      if (given["name"] === undefined) return refusal(400, "missing =name=");
      const group: Group = {
        id: users.nextId(),
        name: given["name"],
        policies: new Set(),
        comment: undefined,
      };
      const refused = set(group, given);
      if (refused !== null) return refused;
      users.groups.push(group);
      return group;
    },
    change(id, given) {
      const group = users.groups.find((one) => one.id === id);
      return group === undefined ? notFound : set(group, given);
    },
    remove: (id) => removeFrom(users.groups, id),
  };
}

export function userMenu(users: Users): Menu {
  const set = (user: User, given: Given): Reply | null => {
    const { group = user.group, address = user.address } = given;
    if (!users.groups.some(({ name }) => name === group)) return noMatch("group");
    if (address !== "" && address.includes(":") && spellPrefix(address) === null)
      return refusal(400, "invalid value for argument address");
    Object.assign(user, {
      group,
      address,
      password: given["password"] ?? user.password,
      comment: given["comment"] ?? user.comment,
    });
    return null;
  };
  return {
    named: true,
    records: () =>
      users.users.map(({ id, name, group, address, comment }) => ({
        ".id": id,
        name,
        group,
        address,
        disabled: "false",
        ...(comment === undefined ? {} : { comment }),
      })),
    add(given) {
      const unknown = unknownIn(given, "address comment copy-from disabled group name password");
      if (unknown !== null) return unknown;
      const { name, group } = given;
      if (name === undefined) return refusal(400, "missing =name=");
      if (group === undefined) return refusal(400, "missing =group=");
      const user: User = {
        id: users.nextId(),
        name,
        password: "",
        group,
        address: "",
        comment: undefined,
      };
      const refused = set(user, given);
      if (refused !== null) return refused;
      users.users.push(user);
      return user;
    },
    change(id, given) {
      const user = users.users.find((one) => one.id === id);
      return user === undefined ? notFound : set(user, given);
    },
    remove: (id) => removeFrom(users.users, id),
  };
}

function removeFrom(rows: { readonly id: string }[], id: string): Reply | null {
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0) return notFound;
  rows.splice(at, 1);
  return null;
}

// Who may do what: users in groups, and the logins that the router keeps for them.
import { randomUUID } from "node:crypto";

/** What a group may do; of RouterOS' seventeen only those that REST asks for. */
export type Policy = "read" | "write" | "test" | "policy" | "api" | "rest-api";
export const POLICIES: readonly Policy[] = ["read", "write", "test", "policy", "api", "rest-api"];

export type Group = {
  readonly id: string;
  readonly name: string;
  policies: ReadonlySet<Policy>;
  comment: string | undefined;
};
export type User = {
  readonly id: string;
  readonly name: string;
  password: string;
  group: string;
  /** Only this prefix may log in; empty: any. */
  address: string;
  comment: string | undefined;
};

export type Users = {
  readonly groups: Group[];
  readonly users: User[];
  /** What the user may do, or null: 401. */
  login(name: string, password: string, from: string): ReadonlySet<Policy> | null;
  nextId(): string;
  /** No login is kept over a reboot. */
  reboot(): void;
};

/** How long a login is kept, and the policies it came with (manual, REST API). */
const LOGIN_MS = 600_000;
const NOTHING: ReadonlySet<Policy> = new Set();

/** `onLogin` is told of each login that is made anew. */
export function createUsers(
  now: () => number,
  inside: (address: string, prefix: string) => boolean,
  onLogin: (name: string, from: string) => void,
): Users {
  const groups: Group[] = [];
  const users: User[] = [];
  const logins = new Map<string, { policies: ReadonlySet<Policy>; until: number }>();
  let lastId = 0;
  const policiesOf = (user: User) =>
    groups.find(({ name }) => name === user.group)?.policies ?? NOTHING;
  return {
    groups,
    users,
    nextId: () => `*${(lastId += 1).toString(16).toUpperCase()}`,
    login(name, password, from) {
      const user = users.find((one) => one.name === name && one.password === password);
      if (user === undefined) return null;
      if (user.address !== "" && !inside(from, user.address)) return null;
      const kept = logins.get(user.id);
      if (kept !== undefined && kept.until > now()) return kept.policies;
      const policies = policiesOf(user);
      if (!policies.has("rest-api")) return null;
      logins.set(user.id, { policies, until: now() + LOGIN_MS });
      onLogin(name, from);
      return policies;
    },
    reboot: () => logins.clear(),
  };
}

/** A user in a group of its own, as an operator sets one up. */
export function addUser(
  users: Users,
  user: {
    readonly name: string;
    readonly password?: string;
    readonly policies: readonly Policy[];
    readonly address?: string;
  },
): void {
  const { name, password = randomUUID(), policies, address = "" } = user;
  users.groups.push({ id: users.nextId(), name, policies: new Set(policies), comment: undefined });
  users.users.push({
    id: users.nextId(),
    name,
    password,
    group: name,
    address,
    comment: undefined,
  });
}

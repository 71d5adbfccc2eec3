// Rules on the router for tests.
import { RULE_COMMENT } from "../../agent/ports/our-writing.ts";
import type { RuleOnRouter } from "../../agent/ports/router.ts";

/** Our rule, enabled and first. */
export function aRule(changes: Partial<RuleOnRouter> = {}): RuleOnRouter {
  return {
    id: "*A1",
    ours: true,
    disabled: false,
    comment: RULE_COMMENT,
    networks: ["2600:1f18::/32"],
    testable: false,
    behind: null,
    packets: "0",
    ...changes,
  };
}

/** The usual rule as a person typed it. */
export function aPersonsRule(changes: Partial<RuleOnRouter> = {}): RuleOnRouter {
  return aRule({
    id: "*9",
    ours: false,
    comment: "Block Docker Hub IPv6 - forces IPv4 fallback",
    ...changes,
  });
}

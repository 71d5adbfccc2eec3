/**
 * Source ports that the rule leaves out under `until-healed`, so that IPv6 can be tested while it
 * stands (docs/design.md section 6). Outside Linux's default ephemeral range, 32768 to 60999.
 */
export const TEST_PORTS = { from: 61_990, to: 61_999 } as const;

/**
 * What the plan says and the router is given: one /64 is one tenant's subnet at AWS, where Docker
 * Hub's addresses lie (docs/design.md section 6).
 */
export const ENTRY_PREFIX_LENGTH = 64;

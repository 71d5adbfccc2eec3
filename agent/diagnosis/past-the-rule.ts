/** How packets go past a rule that stands: where to look when it counts none, or does not hold. */
export const PAST_THE_RULE =
  "hardware offload (L3HW, a bridge with hw=yes), an IPv6 fasttrack rule, another gateway or a second router (VRRP), or an earlier rule";

/** Samples of areas/podSecurity.ts. */
import { LABEL } from "../areas/podSecurity.ts";
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "pod-security/namespace-enforces": {
    scene: "pod",
    good: [
      { set: { [`ns:metadata.labels["${LABEL}enforce-version"]`]: undefined } },
      { set: { [`ns:metadata.labels["${LABEL}enforce-version"]`]: "v1.34" } },
    ],
    bad: [
      { set: { [`ns:metadata.labels["${LABEL}enforce"]`]: undefined } },
      { set: { [`ns:metadata.labels["${LABEL}enforce"]`]: "baseline" } },
      { set: { [`ns:metadata.labels["${LABEL}enforce-version"]`]: "v1.33" } },
      { set: { [`ns:metadata.labels["${LABEL}enforce-version"]`]: "1.36" } },
    ],
  },
};

/** Samples of areas/podSecurity.ts. */
import { LABEL } from "../areas/podSecurity.ts";
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "pod-security/volume-host-path": {
    scene: "pod",
    good: [{ set: { "volume:spec.csi": undefined, "volume:spec.nfs": { server: "10.0.0.7", path: "/data" } } }],
    bad: [{ set: { "volume:spec.hostPath": { path: "/var/lib/kubelet" } } }, { set: { "volume:spec.hostPath": { path: "/", type: "Directory" }, "volume:spec.csi": undefined }, at: "volume:spec.hostPath" }],
  },
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

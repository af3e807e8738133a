/** The Pod Security Standard "restricted", which includes "baseline", and that the cluster enforces it too. */
import { type Rule, shown } from "../rule.ts";
import { rules as confinement } from "./podSecurityConfinement.ts";
import { rules as container } from "./podSecurityContainer.ts";
import { rules as host } from "./podSecurityHost.ts";

export const LABEL = "pod-security.kubernetes.io/";

/** The first version of the standard with every control of today; later ones only allow more. */
const COMPLETE_SINCE = 34;

/** Whether a version is at least that one. Not set is what the API server is configured with: `latest`, as on EKS. */
function complete(version: string | undefined): boolean {
  if (version === undefined || version === "latest") return true;
  return Number(/^v1\.(\d+)$/.exec(version)?.[1]) >= COMPLETE_SINCE;
}

export const rules: Rule[] = [
  ...host,
  ...container,
  ...confinement,
  {
    id: "pod-security/volume-host-path",
    title: "No volume of the cluster is a folder of its node",
    items: ["pod-security"],
    severity: "critical",
    frameworks: ["CIS Kubernetes 1.10: 5.2.12"],
    why: "A pod that claims such a volume mounts the node's folder without naming it: the standard looks at pods, finds a claim, and lets it pass.",
    mend: "Let the storage driver make volumes for claims, or name one by `csi`.",
    kinds: ["k8s:core:PersistentVolume"],
    check: (volume, report) => {
      const hostPath = volume.at("spec.hostPath");
      if (hostPath.exists) report(hostPath, `is ${shown(hostPath.key("path"))} of the node`);
    },
  },
  {
    id: "pod-security/namespace-enforces",
    title: "Every namespace has the API server refuse pods below the standard",
    items: ["pod-security"],
    severity: "high",
    frameworks: ["CIS Kubernetes 1.10: 5.2.1", "NSA Kubernetes 1.2: Kubernetes Pod security"],
    why: "These rules see what this program declares; what a chart, an operator or a person with kubectl starts is held back by the API server alone, and only where the namespace says so.",
    mend: `Label the namespace \`${LABEL}enforce: restricted\`, and \`${LABEL}enforce-version: latest\` or a version from v1.${COMPLETE_SINCE} on.`,
    kinds: ["k8s:core:Namespace"],
    check: (namespace, report) => {
      const labels = namespace.at("metadata.labels");
      namespace.try(() => {
        const level = labels.key(`${LABEL}enforce`);
        if (level.text !== "restricted") report(level, `is ${shown(level)}, must be restricted`);
      });
      namespace.try(() => {
        const version = labels.key(`${LABEL}enforce-version`);
        if (!complete(version.text)) report(version, `is ${shown(version)}, must be latest or at least v1.${COMPLETE_SINCE}: before it, controls are missing`);
      });
    },
  },
];

/** The EKS cluster: its endpoint, encryption, logs and version. */
import { isEverywhere } from "../addresses.ts";
import type { Resource } from "../resource.ts";
import { is, present, type Report, type Rule, shown, where } from "../rule.ts";
import { access } from "./clusterAccess.ts";
import { nodes } from "./clusterNodes.ts";

const CLUSTER = ["aws:eks:Cluster"];
export const LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/**
 * Last day of standard support on EKS, by minor version of Kubernetes 1 (EKS user guide, "Kubernetes release calendar",
 * read in November 2026). A version that is not here yet is newer, and supported longer; a test asks for it in time.
 */
export const SUPPORTED_UNTIL: ReadonlyMap<number, string> = new Map([
  [33, "2026-07-29"],
  [34, "2026-12-02"],
  [35, "2027-03-27"],
]);

/** The oldest minor version in standard support on a day. */
function oldest(today: string): number {
  const ended = [...SUPPORTED_UNTIL].filter(([, last]) => last < today).map(([minor]) => minor);
  return Math.max(...ended, Math.min(...SUPPORTED_UNTIL.keys()) - 1) + 1;
}

function publicEndpoint(cluster: Resource, report: Report): void {
  const config = cluster.at("vpcConfig");
  // Public, and open to everywhere, is what EKS does when nothing is said.
  if (config.at("endpointPublicAccess").flag === false) return;
  const ranges = config.at("publicAccessCidrs");
  if (ranges.texts.length === 0) report(config.at("endpointPublicAccess"), `is ${shown(config.at("endpointPublicAccess"))} and publicAccessCidrs names nobody, which opens the API to everywhere; must be false or limited`);
  for (const range of ranges.texts) {
    cluster.try(() => {
      if (isEverywhere(String(range.raw))) report(range, `is ${shown(range)}, which is everywhere; must be a range of known operators`);
    });
  }
}

function secretsEncryption(cluster: Resource, report: Report): void {
  const config = cluster.at("encryptionConfig");
  const wrong = present()(config.at("provider.keyArn"));
  if (wrong !== undefined) report(config.at("provider.keyArn"), `${wrong}; must be a customer key`);
  else if (!config.at("resources").texts.some((one) => one.text === "secrets")) report(config.at("resources"), "does not name secrets");
}

function logs(cluster: Resource, report: Report): void {
  const enabled = cluster.at("enabledClusterLogTypes");
  const given = enabled.texts.map((one) => one.text);
  const missing = LOGS.filter((type) => !given.includes(type));
  if (missing.length > 0) report(enabled, `leaves out ${missing.join(", ")}`);
}

function version(cluster: Resource, report: Report): void {
  const value = cluster.at("version");
  const minor = Number(/^1\.(\d+)$/.exec(String(value.text))?.[1]);
  const least = oldest(cluster.settings.today);
  if (!(minor >= least)) report(value, `is ${shown(value)}, must be 1.${least} or newer, which are in standard support on ${cluster.settings.today}`);
}

const controlPlane: Rule[] = [
  {
    id: "cluster/private-endpoint",
    title: "The API of the cluster has a private endpoint",
    items: ["cluster-endpoint"],
    severity: "high",
    frameworks: ["CIS EKS 1.7: 5.4.2"],
    why: "Without it nodes talk to the API by its public address and NAT: the public endpoint can then not be closed, and a broken NAT takes all nodes down.",
    mend: "Set `vpcConfig.endpointPrivateAccess: true`.",
    kinds: CLUSTER,
    check: where({ "vpcConfig.endpointPrivateAccess": is(true) }),
  },
  {
    id: "cluster/public-endpoint",
    title: "The public endpoint of the cluster is off, or open to known ranges only",
    items: ["cluster-endpoint", "network-exposure"],
    severity: "critical",
    closed: true,
    frameworks: ["CIS EKS 1.7: 5.4.1", "CIS EKS 1.7: 5.4.2", "FSBP: EKS.1"],
    why: "The API server is the key to everything that runs; in the open it is one leaked token or one hole in its authentication away from anybody.",
    mend: "Set `vpcConfig.endpointPublicAccess: false`, or list the operators' ranges in `publicAccessCidrs`.",
    kinds: CLUSTER,
    check: publicEndpoint,
  },
  {
    id: "cluster/secrets-encryption",
    title: "Secrets of the cluster are encrypted with a customer key",
    items: ["cluster-encryption", "encryption-at-rest"],
    severity: "high",
    frameworks: ["CIS EKS 1.7: 5.3.1", "FSBP: EKS.3"],
    why: "With AWS's key there is no key policy, no record of who decrypts, and nothing to switch off when a copy of the database of the cluster is lost.",
    mend: "Set `encryptionConfig` with `provider.keyArn` and `resources: [\"secrets\"]`.",
    kinds: CLUSTER,
    check: secretsEncryption,
  },
  {
    id: "cluster/control-plane-logs",
    title: "The control plane writes all five logs",
    items: ["cluster-logging", "audit-trail"],
    severity: "high",
    frameworks: ["CIS EKS 1.7: 2.1.1", "FSBP: EKS.8"],
    why: "Who deleted the deployment, which role read the secret, why the pod was not placed: each answer is in another of the five, and none can be had afterwards.",
    mend: `Set \`enabledClusterLogTypes\` to ${LOGS.join(", ")}.`,
    kinds: CLUSTER,
    check: logs,
  },
  {
    id: "cluster/version",
    title: "The cluster runs a version in standard support",
    items: ["cluster-endpoint"],
    severity: "high",
    frameworks: ["FSBP: EKS.2"],
    why: "In extended support the control plane costs six times as much, and add-ons and charts stop being tested with it; at its end EKS upgrades by itself.",
    mend: "Set `version` to one that the release calendar of EKS has in standard support, one minor version at a time.",
    kinds: CLUSTER,
    check: version,
  },
  {
    id: "cluster/standard-support",
    title: "The cluster does not slip into extended support",
    items: ["cluster-endpoint"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "EXTENDED is the default: a forgotten cluster costs six times as much for a year before EKS upgrades it all the same.",
    mend: "Set `upgradePolicy.supportType: \"STANDARD\"`, and upgrade before the date; a team that can not may decline.",
    kinds: CLUSTER,
    check: where({ "upgradePolicy.supportType": is("STANDARD") }),
  },
];

export const rules: Rule[] = [...controlPlane, ...access, ...nodes];

/** Network policy of one job. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Jobs } from "./index.ts";

/** Where a job may connect, beside names and the AWS APIs that every job needs for its metrics. */
export type Reach = "postgres" | "redis" | "web";

type Rule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** The credential endpoint of the Pod Identity agent (EKS user guide, "Pod Identity agent"). */
const POD_IDENTITY_AGENT = "169.254.170.23/32";
/** Node credentials, which no pod may fetch. */
const INSTANCE_METADATA = "169.254.169.254/32";

/** What a pod of the job may send; nothing is let in. */
export function jobPolicy(name: string, jobs: Jobs, reach: Reach[], parent: pulumi.Resource): k8s.networking.v1.NetworkPolicy {
  return new k8s.networking.v1.NetworkPolicy(`${name}-network`, {
    metadata: { name, namespace: jobs.namespace, labels: jobs.labels(name) },
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
      policyTypes: ["Egress"],
      egress: [
        credentials(jobs),
        https(),
        ...(reach.includes("postgres") ? [inside(jobs, 5432)] : []),
        ...(reach.includes("redis") ? [inside(jobs, 6379)] : []),
      ].flat(),
    },
  }, { parent });
}

function credentials(jobs: Jobs): Rule[] {
  return jobs.args.identity.kind === "podIdentity"
    ? [{ to: [{ ipBlock: { cidr: POD_IDENTITY_AGENT } }], ports: [{ protocol: "TCP", port: 80 }] }]
    : [];
}

/** AWS APIs have no fixed addresses: the gateway endpoint of S3 is reached by public ones. The port is the limit. */
function https(): Rule {
  return { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: [INSTANCE_METADATA] } }], ports: [{ protocol: "TCP", port: 443 }] };
}

function inside(jobs: Jobs, port: number): Rule {
  return { to: [{ ipBlock: { cidr: jobs.args.vpcCidr } }], ports: [{ protocol: "TCP", port }] };
}

/** Network policy of one job. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { httpsOut, POD_IDENTITY, storesOut } from "../networkRules.ts";
import type { Jobs } from "./index.ts";

/** Where a job may connect, beside names and the AWS APIs that every job needs for its metrics. */
export type Reach = "postgres" | "redis" | "web";

const POSTGRES = 5432;
const REDIS = 6379;

/** What a pod of the job may send; nothing is let in. */
export function jobPolicy(name: string, jobs: Jobs, reach: Reach[], parent: pulumi.Resource): k8s.networking.v1.NetworkPolicy {
  const { identity, vpcCidr } = jobs.args;
  return new k8s.networking.v1.NetworkPolicy(`${name}-network`, {
    metadata: { name, namespace: jobs.namespace, labels: jobs.labels(name) },
    spec: {
      podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
      policyTypes: ["Egress"],
      egress: [
        ...(identity.kind === "podIdentity" ? [POD_IDENTITY] : []),
        httpsOut(vpcCidr),
        ...(reach.includes("postgres") ? [storesOut(vpcCidr, POSTGRES)] : []),
        ...(reach.includes("redis") ? [storesOut(vpcCidr, REDIS)] : []),
      ],
    },
  }, { parent });
}

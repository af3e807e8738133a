/**
 * Scenes: small sets of resources that break no rule. A rule's samples (policies/rule.ts) are changes to one of them,
 * so that each shows exactly what the rule is about, and nothing that other rules would refuse anyway.
 */
import type { SampleResource } from "../../../policies/samples/sample.ts";
import { database } from "./database.ts";
import { cache } from "./cache.ts";
import { bucket } from "./bucket.ts";
import { keys } from "./keys.ts";
import { stores } from "./stores.ts";
import { transit } from "./transit.ts";
import { backup } from "./backup.ts";
import { records } from "./records.ts";
import { iam } from "./iam.ts";
import { secrets } from "./secrets.ts";
import { audit } from "./audit.ts";
import { network } from "./network.ts";
import { edge } from "./edge.ts";
import { cluster } from "./cluster.ts";
import { pod } from "./pod.ts";
import { workload } from "./workload.ts";
import { namespace } from "./namespace.ts";
import { ingress } from "./ingress.ts";
import { monitoring } from "./monitoring.ts";
import { registry } from "./registry.ts";
import { release } from "./release.ts";

export const SCENES: Readonly<Record<string, readonly SampleResource[]>> = { database, cache, bucket, keys, stores, transit, backup, records, iam, secrets, audit, network, edge, cluster, pod, workload, namespace, ingress, monitoring, registry, release };

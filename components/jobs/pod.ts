/** Pod of a job: pod security "restricted", read-only root, one scratch volume that is all it can write to. */
import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { ScheduledJobArgs } from "./scheduledJob.ts";

type PodSpec = k8s.types.input.core.v1.PodSpec;
type Container = k8s.types.input.core.v1.Container;

/** User and group of the jobs; any but 0, and none that the image need know. */
const USER = 10001;
/** Time to drop a scratch database or abort an upload after the stop signal. */
const GRACE_SECONDS = 90;

/** The pod; `scriptsName` is the ConfigMap with its scripts. */
export function podSpec(name: string, args: ScheduledJobArgs, scriptsName: pulumi.Input<string>): PodSpec {
  const first = args.first;
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: "Never",
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: {
      runAsNonRoot: true, runAsUser: USER, runAsGroup: USER, fsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(first === undefined ? {} : { initContainers: [container(name, "first", first.image, first.entry, args, first.requests, first.writable)] }),
    containers: [container(name, "job", args.jobs.args.image, args.entry, args, args.requests ?? { cpu: "100m", memory: "256Mi" }, [])],
    volumes: [
      { name: "scripts", configMap: { name: scriptsName, defaultMode: 0o555 } },
      { name: "scratch", emptyDir: { sizeLimit: `${args.scratchGib ?? 1}Gi` } },
    ],
  };
}

function container(jobName: string, containerName: string, image: string, entry: string, args: ScheduledJobArgs, requests: { cpu: string; memory: string }, writable: string[]): Container {
  const scratch = `${args.scratchGib ?? 1}Gi`;
  return {
    name: containerName,
    image,
    imagePullPolicy: "IfNotPresent",
    command: ["bash", `/scripts/${entry}`],
    env: environment(jobName, args),
    resources: {
      requests: { ...requests, "ephemeral-storage": scratch },
      limits: { cpu: "1", memory: requests.memory, "ephemeral-storage": scratch },
    },
    securityContext: {
      allowPrivilegeEscalation: false, privileged: false, readOnlyRootFilesystem: true, runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "scripts", mountPath: "/scripts", readOnly: true },
      { name: "scratch", mountPath: "/tmp" },
      ...writable.map((path) => ({ name: "scratch", mountPath: path, subPath: path.slice(1).replaceAll("/", "-") })),
    ],
  };
}

function environment(jobName: string, args: ScheduledJobArgs): k8s.types.input.core.v1.EnvVar[] {
  const { region } = args.jobs.args;
  const all: Record<string, pulumi.Input<string>> = {
    JOB_NAME: jobName,
    METRIC_NAMESPACE: args.jobs.metricNamespace,
    AWS_REGION: region,
    // Regional endpoints stay inside the VPC where it has them.
    AWS_STS_REGIONAL_ENDPOINTS: "regional",
    HOME: "/tmp",
    ...args.env,
  };
  return Object.entries(all).map(([name, value]) => ({ name, value }));
}

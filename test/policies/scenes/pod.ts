import type { SampleResource } from "../../../policies/samples/sample.ts";
import { container, labels, metadata, NAMESPACE, pod as podSpec } from "./objects.ts";

/** A container that leaves to its pod what it can inherit. */
function plain(name: string): Record<string, unknown> {
  return { ...container(name), securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ["ALL"] } } };
}

/** A namespace that holds pods to the standard, and a job whose pod keeps it. */
export const pod: readonly SampleResource[] = [
  ...NAMESPACE,
  {
    type: "kubernetes:core/v1:PersistentVolume",
    name: "volume",
    protect: true,
    props: { metadata: metadata("volume"), spec: { capacity: { storage: "10Gi" }, accessModes: ["ReadWriteOnce"], persistentVolumeReclaimPolicy: "Retain", csi: { driver: "ebs.csi.aws.com", volumeHandle: "vol-0123456789abcdef0" } } },
  },
  {
    type: "kubernetes:batch/v1:Job",
    name: "migrate",
    props: {
      metadata: metadata("migrate"),
      spec: {
        backoffLimit: 2,
        activeDeadlineSeconds: 600,
        ttlSecondsAfterFinished: 86_400,
        template: {
          metadata: { labels: labels("migrate") },
          spec: {
            ...podSpec([{ ...plain("migrate"), volumeMounts: [{ name: "tmp", mountPath: "/tmp" }] }]),
            restartPolicy: "Never",
            initContainers: [plain("wait")],
            volumes: [{ name: "tmp", emptyDir: { sizeLimit: "64Mi" } }],
          },
        },
      },
    },
  },
];

/**
 * Fields whose change replaces an object, as the official provider has them: pulumi-kubernetes,
 * provider/pkg/provider/diff.go, table `forceNew`. `[]` stands for every item of a list.
 */
import type { ProviderConfig } from "./config.ts";
import type { Gvk } from "./token.ts";

type Kinds = Readonly<Record<string, readonly string[]>>;

/** Ditto, `containerForceNewProperties`: a running pod's containers can not be changed. */
const CONTAINER = ["args", "command", "env", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "ports", "readinessProbe", "resources",
  "securityContext", "stdin", "stdinOnce", "terminationMessagePath", "terminationMessagePolicy", "tty", "volumeDevices", "volumeMounts", "workingDir"];

/** Ditto, kind `Pod` of the table `core`. */
const POD = ["affinity", "automountServiceAccountToken", "dnsConfig", "dnsPolicy", "enableServiceLinks", "hostAliases", "hostIPC", "hostNetwork",
  "hostPID", "hostname", "imagePullSecrets", "nodeName", "nodeSelector", "overhead", "preemptionPolicy", "priority", "priorityClassName",
  "readinessGates", "restartPolicy", "runtimeClassName", "schedulerName", "securityContext", "serviceAccount", "serviceAccountName",
  "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds", "volumes"].map((field) => `spec.${field}`);

/** Ditto, kind `PersistentVolume`. */
const VOLUME_SOURCES = ["awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker", "gcePersistentDisk",
  "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"].map((field) => `spec.${field}`);

/** By API group; "" is the core group. */
const FORCE_NEW: Readonly<Record<string, Kinds>> = {
  "": {
    // diff.go, `core`.
    PersistentVolume: VOLUME_SOURCES,
    PersistentVolumeClaim: ["spec.accessModes", "spec.selector", "spec.storageClassName", "spec.volumeName"],
    Pod: [...POD, ...CONTAINER.flatMap((field) => [`spec.containers[].${field}`, `spec.initContainers[].${field}`])],
    ResourceQuota: ["spec.scopes"],
    Secret: ["type"],
    Service: ["spec.clusterIP"],
  },
  apps: {
    // diff.go, `deployment`, `daemonset`, `statefulSet`.
    Deployment: ["spec.selector"],
    DaemonSet: ["spec.selector"],
    StatefulSet: ["spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName", "spec.volumeClaimTemplates"],
  },
  // diff.go, `job`.
  batch: { Job: ["spec.completions", "spec.parallelism", "spec.selector", "spec.template"] },
  // diff.go, `roleBinding`.
  "rbac.authorization.k8s.io": { RoleBinding: ["roleRef"], ClusterRoleBinding: ["roleRef"] },
  // diff.go, "storage.k8s.io".
  "storage.k8s.io": { StorageClass: ["parameters", "provisioner"] },
};

/** diff.go, `metadataForceNewProperties`. */
const IDENTITY = ["metadata.name", "metadata.namespace"];

/**
 * The paths that force a replacement of this object.
 *
 * Data of Secrets and ConfigMaps is replaced, not changed, unless the provider is told `enableSecretMutable` or
 * `enableConfigMapMutable`; an object that is `immutable` always is (diff.go, `forceNewProperties`).
 */
export function forceNew(gvk: Gvk, immutable: boolean, config: ProviderConfig): readonly string[] {
  if (gvk.patch) return IDENTITY;
  if (gvk.group === "" && gvk.kind === "Secret" && (!config.enableSecretMutable || immutable)) return [...IDENTITY, "type", "stringData", "data"];
  if (gvk.group === "" && gvk.kind === "ConfigMap") return !config.enableConfigMapMutable || immutable ? [...IDENTITY, "binaryData", "data"] : IDENTITY;
  return [...IDENTITY, ...(FORCE_NEW[gvk.group]?.[gvk.kind] ?? [])];
}

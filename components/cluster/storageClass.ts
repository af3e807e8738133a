/** The default storage class. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** Declares `gp3` as the default: encrypted with the volumes key, made in the pod's zone, growable. Returns its name. */
export function defaultStorageClass(name: string, keyArn: pulumi.Input<string>, opts: pulumi.CustomResourceOptions): string {
  const storageClass = "gp3";
  new k8s.storage.v1.StorageClass(name, {
    metadata: {
      name: storageClass,
      annotations: { "storageclass.kubernetes.io/is-default-class": "true" },
      labels: { "app.kubernetes.io/name": "storage-class", "app.kubernetes.io/managed-by": "pulumi", "app.kubernetes.io/part-of": "cluster", "app.kubernetes.io/component": "storage", "app.kubernetes.io/instance": storageClass },
    },
    provisioner: "ebs.csi.aws.com",
    parameters: { type: "gp3", encrypted: "true", kmsKeyId: keyArn },
    volumeBindingMode: "WaitForFirstConsumer",
    allowVolumeExpansion: true,
    reclaimPolicy: "Delete",
  }, opts);
  return storageClass;
}

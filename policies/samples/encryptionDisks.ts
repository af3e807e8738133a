/** Samples of areas/encryptionDisks.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "encryption/storage-classes": {
    scene: "stores",
    good: [{ set: { "class:provisioner": "efs.csi.aws.com", "class:parameters": undefined } }],
    bad: [
      { set: { "class:parameters.encrypted": "false" } },
      { set: { "class:parameters.encrypted": undefined } },
      { set: { "class:parameters.kmsKeyId": undefined } },
      { set: { "class:parameters.kmsKeyId": "alias/aws/ebs" } },
      { set: { "class:provisioner": "kubernetes.io/aws-ebs", "class:parameters": { encrypted: "true" } }, at: "class:parameters.kmsKeyId" },
    ],
  },
  "encryption/disks": {
    scene: "stores",
    bad: [
      { set: { "volume:encrypted": false } },
      { set: { "volume:encrypted": undefined } },
      { set: { "volume:kmsKeyId": undefined } },
      { set: { "volume:kmsKeyId": "" } },
      { set: { "volume:kmsKeyId": "alias/aws/ebs" } },
      { set: { "volume:kmsKeyId": "arn:aws:kms:us-east-1:123456789012:alias/aws/ebs" } },
      { set: { "snapshot:encrypted": undefined } },
      { set: { "snapshot:kmsKeyId": undefined } },
      { set: { "image:encrypted": false } },
      { set: { "image:kmsKeyId": undefined } },
    ],
  },
  "encryption/machine-disks": {
    scene: "stores",
    good: [
      { set: { "machine:rootBlockDevice": undefined, "machine:launchTemplate": { id: "lt-0123456789abcdef0", version: "3" } } },
      { set: { "machine:ebsBlockDevices": undefined } },
      { set: { "template:blockDeviceMappings[1]": { deviceName: "/dev/xvdc", noDevice: "true" } } },
    ],
    bad: [
      { set: { "template:blockDeviceMappings[0].ebs.encrypted": "false" } },
      { set: { "template:blockDeviceMappings[0].ebs.encrypted": undefined } },
      { set: { "template:blockDeviceMappings[0].ebs.kmsKeyId": undefined } },
      { set: { "template:blockDeviceMappings[1]": { deviceName: "/dev/xvdb", ebs: { volumeSize: 100 } } }, at: "template:blockDeviceMappings[1].ebs.encrypted" },
      { set: { "template:blockDeviceMappings": undefined } },
      { set: { "machine:rootBlockDevice": undefined } },
      { set: { "machine:rootBlockDevice.encrypted": undefined } },
      { set: { "machine:rootBlockDevice.kmsKeyId": undefined } },
      { set: { "machine:ebsBlockDevices[0].encrypted": false } },
      { set: { "machine:$type": "aws:ec2/spotInstanceRequest:SpotInstanceRequest", "machine:ebsBlockDevices[0].kmsKeyId": undefined }, at: "machine:ebsBlockDevices[0].kmsKeyId" },
    ],
  },
  "encryption/disks-by-default": {
    scene: "stores",
    good: [{ set: { "disks-by-default:enabled": undefined } }],
    bad: [{ set: { "disks-by-default:enabled": false } }],
  },
  "encryption/file-systems": {
    scene: "stores",
    bad: [
      { set: { "files:encrypted": false } },
      { set: { "files:encrypted": undefined } },
      { set: { "files:kmsKeyId": undefined } },
      { set: { "shares:kmsKeyId": undefined } },
      { set: { "shares:$type": "aws:fsx/lustreFileSystem:LustreFileSystem", "shares:kmsKeyId": undefined }, at: "shares:kmsKeyId" },
      { set: { "shares:$type": "aws:fsx/ontapFileSystem:OntapFileSystem", "shares:kmsKeyId": undefined }, at: "shares:kmsKeyId" },
      { set: { "shares:$type": "aws:fsx/openZfsFileSystem:OpenZfsFileSystem", "shares:kmsKeyId": undefined }, at: "shares:kmsKeyId" },
    ],
  },
};

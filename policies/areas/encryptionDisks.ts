/** Encryption of disks and file systems, with a key of our own. */
import type { Resource } from "../resource.ts";
import { is, type Report, type Rule } from "../rule.ts";
import { customerKey, demand, isNot, parts } from "./keysTests.ts";

const TEMPLATE = "aws:ec2:LaunchTemplate";
const MACHINES = ["aws:ec2:Instance", "aws:ec2:SpotInstanceRequest"];
const NO_DISK = "describes no disk, so the image decides whether it is encrypted and with which key";

const FLAG_AND_KEY = { encrypted: is(true), kmsKeyId: customerKey() };
const KEY = { kmsKeyId: customerKey() };

function checkTemplate(template: Resource, report: Report): void {
  const mappings = template.at("blockDeviceMappings");
  if (mappings.items.length === 0) report(mappings, NO_DISK);
  // Mappings without `ebs` are no disks: instance stores, and devices that the image has and the machine does not get.
  mappings.each((mapping) => parts(mapping.at("ebs").items, FLAG_AND_KEY, report));
}

function checkMachine(machine: Resource, report: Report): void {
  const root = machine.at("rootBlockDevice");
  machine.try(() => {
    if (!root.exists && !machine.at("launchTemplate").exists) report(root, NO_DISK);
    parts(root.items, FLAG_AND_KEY, report);
  });
  parts(machine.at("ebsBlockDevices").items, FLAG_AND_KEY, report);
}

export const rules: Rule[] = [
  {
    id: "encryption/disks",
    title: "Disks and copies of disks are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "high",
    frameworks: ["FSBP: EC2.3", "PCI DSS 4.0.1: 3.5.1"],
    why: "A disk or snapshot without encryption can be shared with any account by one call, and read there.",
    mend: "Set `encrypted: true` and `kmsKeyId` to a customer key.",
    ...demand({ "aws:ebs:Volume": FLAG_AND_KEY, "aws:ebs:SnapshotCopy": FLAG_AND_KEY, "aws:ec2:AmiCopy": FLAG_AND_KEY }),
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
  {
    id: "encryption/machine-disks",
    title: "Disks of machines are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "high",
    frameworks: ["FSBP: EC2.3", "PCI DSS 4.0.1: 3.5.1"],
    why: "Nodes keep images, logs and empty-dir volumes on these disks, secrets of pods among them.",
    mend: "Set `encrypted: true` and `kmsKeyId` on every disk: `blockDeviceMappings[].ebs` of launch templates, `rootBlockDevice` and `ebsBlockDevices` of instances.",
    kinds: [TEMPLATE, ...MACHINES],
    check: (machine, report) => (machine.is(TEMPLATE) ? checkTemplate : checkMachine)(machine, report),
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
  {
    id: "encryption/disks-by-default",
    title: "The account encrypts new disks that say nothing",
    items: ["encryption-at-rest"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 2.2.1", "FSBP: EC2.7"],
    why: "The default catches the disks that nobody declares: those of a volume claim, of a console click, of a restored image.",
    mend: "Leave `enabled` of the account's setting at `true`.",
    ...demand({ "aws:ebs:EncryptionByDefault": { enabled: isNot(false) } }),
    scene: "stores",
    good: [{ set: { "disks-by-default:enabled": undefined } }],
    bad: [{ set: { "disks-by-default:enabled": false } }],
  },
  {
    id: "encryption/file-systems",
    title: "File systems are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 2.4.1", "FSBP: EFS.1"],
    why: "EFS encrypts only when it is told so at creation; later it takes a new file system and a copy of everything.",
    mend: "Set `kmsKeyId` to a customer key, for EFS `encrypted: true` as well.",
    ...demand({
      "aws:efs:FileSystem": FLAG_AND_KEY,
      "aws:fsx:LustreFileSystem": KEY,
      "aws:fsx:OntapFileSystem": KEY,
      "aws:fsx:OpenZfsFileSystem": KEY,
      "aws:fsx:WindowsFileSystem": KEY,
    }),
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
];

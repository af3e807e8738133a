/** Encryption of disks and file systems, with a key of our own. */
import type { Resource } from "../resource.ts";
import { is, type Report, type Rule, where } from "../rule.ts";
import { customerKey, demand, isNot, parts } from "./keysTests.ts";

const TEMPLATE = "aws:ec2:LaunchTemplate";
const MACHINES = ["aws:ec2:Instance", "aws:ec2:SpotInstanceRequest"];
const CLASS = "k8s:storage:StorageClass";
/** Drivers that make disks of EBS; the second is the name from before there were drivers. */
const DISK_DRIVERS = ["ebs.csi.aws.com", "kubernetes.io/aws-ebs"];
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
    frameworks: ["FSBP: EC2.3"],
    why: "A disk or snapshot without encryption can be shared with any account by one call, and read there.",
    mend: "Set `encrypted: true` and `kmsKeyId` to a customer key.",
    ...demand({ "aws:ebs:Volume": FLAG_AND_KEY, "aws:ebs:SnapshotCopy": FLAG_AND_KEY, "aws:ec2:AmiCopy": FLAG_AND_KEY }),
  },
  {
    id: "encryption/machine-disks",
    title: "Disks of machines are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "high",
    frameworks: ["FSBP: EC2.3", "FSBP: EC2.181"],
    why: "Nodes keep images, logs and empty-dir volumes on these disks, secrets of pods among them.",
    mend: "Set `encrypted: true` and `kmsKeyId` on every disk: `blockDeviceMappings[].ebs` of launch templates, `rootBlockDevice` and `ebsBlockDevices` of instances.",
    kinds: [TEMPLATE, ...MACHINES],
    check: (machine, report) => (machine.is(TEMPLATE) ? checkTemplate : checkMachine)(machine, report),
  },
  {
    id: "encryption/storage-classes",
    title: "Disks of volume claims are encrypted with a customer key",
    items: ["encryption-at-rest"],
    severity: "high",
    frameworks: ["FSBP: EC2.3"],
    why: "The driver makes a disk for each claim as the class says, past everything that is declared here: one class without encryption, and every database in a pod lies on a readable disk.",
    mend: "Set `parameters.encrypted: \"true\"` and `parameters.kmsKeyId` to a customer key.",
    kinds: [CLASS],
    check: (storage, report) => {
      if (DISK_DRIVERS.includes(storage.at("provisioner").text ?? "")) where({ "parameters.encrypted": is("true"), "parameters.kmsKeyId": customerKey() })(storage, report);
    },
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
  },
];

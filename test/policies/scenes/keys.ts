import type { SampleResource } from "../../../policies/samples/sample.ts";
import { json } from "./json.ts";

const ADMINISTRATION = {
  Sid: "AdministrationByIam", Effect: "Allow", Principal: { AWS: "arn:aws:iam::123456789012:root" },
  Action: ["kms:DescribeKey", "kms:PutKeyPolicy", "kms:EnableKeyRotation", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion"], Resource: "*",
};

/** A key with its replica in a second region, and a key whose policy is declared beside it. */
export const keys: readonly SampleResource[] = [
  {
    type: "aws:kms/key:Key",
    name: "key",
    protect: true,
    props: {
      tags: { "data-class": "files" },
      description: "Files of the application",
      keyUsage: "ENCRYPT_DECRYPT",
      customerMasterKeySpec: "SYMMETRIC_DEFAULT",
      enableKeyRotation: true,
      rotationPeriodInDays: 90,
      deletionWindowInDays: 30,
      policy: json({ Version: "2012-10-17", Statement: [ADMINISTRATION] }),
    },
  },
  {
    type: "aws:kms/replicaKey:ReplicaKey",
    name: "key-replica",
    protect: true,
    props: {
      tags: { "data-class": "files" },
      description: "Files of the application, second region",
      primaryKeyArn: "arn:aws:kms:us-east-1:123456789012:key/mrk-0a1b2c3d4e5f60718293a4b5c6d7e8f9",
      deletionWindowInDays: 30,
      policy: json({ Version: "2012-10-17", Statement: [ADMINISTRATION] }),
    },
  },
  {
    type: "aws:kms/keyPolicy:KeyPolicy",
    name: "key-policy",
    props: { keyId: "0f3c2b1a-1111-4222-8333-444455556666", policy: json({ Version: "2012-10-17", Statement: [ADMINISTRATION] }) },
  },
];

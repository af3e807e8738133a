/** Samples of areas/keys.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "keys/rotation": {
    scene: "keys",
    good: [
      { set: { "key:keyUsage": "SIGN_VERIFY", "key:customerMasterKeySpec": "ECC_NIST_P256", "key:enableKeyRotation": false } },
      { set: { "key:customerMasterKeySpec": "RSA_4096", "key:enableKeyRotation": undefined, "key:rotationPeriodInDays": undefined } },
      { set: { "key:keyUsage": undefined, "key:customerMasterKeySpec": undefined } },
    ],
    bad: [
      { set: { "key:enableKeyRotation": false } },
      { set: { "key:enableKeyRotation": undefined } },
      { set: { "key:keyUsage": undefined, "key:enableKeyRotation": false }, at: "key:enableKeyRotation" },
      { set: { "key:customerMasterKeySpec": undefined, "key:enableKeyRotation": false }, at: "key:enableKeyRotation" },
      { set: { "key:customKeyStoreId": "cks-1234567890abcdef0" } },
      { set: { "key-replica:$type": "aws:kms/externalKey:ExternalKey" }, at: "key-replica:" },
      { set: { "key-replica:$type": "aws:kms/replicaExternalKey:ReplicaExternalKey" }, at: "key-replica:" },
    ],
  },
  "keys/rotation-period": {
    scene: "keys",
    bad: [{ set: { "key:rotationPeriodInDays": 91 } }, { set: { "key:rotationPeriodInDays": undefined } }],
  },
  "keys/deletion-window": {
    scene: "keys",
    good: [{ set: { "key:deletionWindowInDays": undefined } }],
    bad: [{ set: { "key:deletionWindowInDays": 29 } }, { set: { "key-replica:deletionWindowInDays": 7 } }],
  },
  "keys/policy-open": {
    scene: "keys",
    good: [
      { set: { "key:policy.Statement[0].Principal": "*", "key:policy.Statement[0].Condition": { StringEquals: { "kms:CallerAccount": "123456789012" } } } },
      { set: { "key:policy.Statement[0].Principal": { AWS: "*" }, "key:policy.Statement[0].Condition": { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": ["o-1a2b3c4d5e/*"] } } } },
      { set: { "key:policy.Statement[0].Effect": "Deny", "key:policy.Statement[0].Principal": "*" } },
      { set: { "key:policy": undefined } },
    ],
    bad: [
      { set: { "key:policy.Statement[0].Principal": "*" }, at: "key:policy" },
      { set: { "key:policy.Statement[0].Principal": { AWS: ["arn:aws:iam::123456789012:root", "*"] } }, at: "key:policy" },
      { set: { "key:policy.Statement[0].Principal": { "*": "*" } }, at: "key:policy" },
      { set: { "key:policy.Statement[0].Principal": undefined, "key:policy.Statement[0].NotPrincipal": { AWS: "arn:aws:iam::123456789012:root" } }, at: "key:policy" },
      { set: { "key:policy.Statement[0].Principal": "*", "key:policy.Statement[0].Condition": { StringEquals: { "kms:CallerAccount": "*" } } }, at: "key:policy" },
      { set: { "key:policy.Statement[0].Principal": "*", "key:policy.Statement[0].Condition": { StringNotEquals: { "kms:CallerAccount": "123456789012" } } }, at: "key:policy" },
      { set: { "key:policy.Statement[0].Principal": "*", "key:policy.Statement[0].Condition": { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } } }, at: "key:policy" },
      { set: { "key:policy.Statement[0].Principal": "*", "key:policy.Statement[0].Condition": { IpAddress: { "aws:SourceIp": ["192.0.2.0/24", "0.0.0.0/0"] } } }, at: "key:policy" },
      { set: { "key:policy.Statement[0].Principal": "*", "key:policy.Statement[0].Condition": { IpAddress: { "aws:SourceIp": "::/0" } } }, at: "key:policy" },
      { set: { "key:policy.Statement": { Effect: "Allow", Principal: "*", Action: "kms:Decrypt", Resource: "*" } }, at: "key:policy" },
      { set: { "key-policy:policy.Statement[0].Principal": "*" }, at: "key-policy:policy" },
      { set: { "key-replica:policy.Statement[0].Principal": "*" }, at: "key-replica:policy" },
    ],
  },
  "keys/lockout-check": {
    scene: "keys",
    good: [{ set: { "key:bypassPolicyLockoutSafetyCheck": false } }],
    bad: [{ set: { "key:bypassPolicyLockoutSafetyCheck": true } }, { set: { "key-policy:bypassPolicyLockoutSafetyCheck": true } }, { set: { "key-replica:bypassPolicyLockoutSafetyCheck": true } }],
  },
};

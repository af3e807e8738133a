/** Keys of KMS. */
import { atLeast, atMost, is, type Rule, shown, where } from "../rule.ts";
import type { Resource } from "../resource.ts";
import { eachAllowOf, isOpen } from "./iamDocuments.ts";
import { isNot } from "./keysTests.ts";

const KEY = "aws:kms:Key";
const KEY_POLICY = "aws:kms:KeyPolicy";
const IMPORTED = ["aws:kms:ExternalKey", "aws:kms:ReplicaExternalKey"];
const ALL_KEYS = [KEY, "aws:kms:ReplicaKey", ...IMPORTED];

/** KMS can rotate symmetric encryption keys whose material it keeps itself; both properties stand for that when absent. */
function rotates(key: Resource): boolean {
  return ["ENCRYPT_DECRYPT", undefined].includes(key.at("keyUsage").text) && ["SYMMETRIC_DEFAULT", undefined].includes(key.at("customerMasterKeySpec").text);
}

export const rules: Rule[] = [
  {
    id: "keys/rotation",
    title: "Keys rotate on their own",
    items: ["key-rotation"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 3.6", "PCI DSS 4.0.1: 3.7.4"],
    why: "One key that encrypts for years is worth more to a thief every day, and a leak of it opens all that was ever written.",
    mend: "Set `enableKeyRotation: true` and `rotationPeriodInDays: 90`; keep the material in KMS itself, neither imported nor in a key store of your own, where KMS can not rotate it.",
    kinds: [KEY, ...IMPORTED],
    // Asymmetric keys and those that sign can not be rotated by KMS.
    applies: (key) => !key.is(KEY) || rotates(key),
    check: (key, report) => {
      if (!key.is(KEY)) report(key, "holds imported material, which KMS never rotates");
      else where({ enableKeyRotation: is(true), customKeyStoreId: (store) => (store.exists ? "names a key store, where KMS never rotates" : undefined) })(key, report);
    },
  },
  {
    id: "keys/rotation-period",
    title: "Keys rotate every 90 days",
    items: ["key-rotation"],
    severity: "medium",
    frameworks: ["PCI DSS 4.0.1: 3.7.4"],
    why: "Without a period KMS rotates once a year, four times as seldom as the checklist promises to auditors.",
    mend: "Set `rotationPeriodInDays: 90`, the shortest that KMS takes.",
    kinds: [KEY],
    applies: (key) => rotates(key) && key.at("enableKeyRotation").flag === true,
    check: where({ rotationPeriodInDays: atMost(90, " days") }),
  },
  {
    id: "keys/deletion-window",
    title: "A deleted key can be brought back for 30 days",
    items: ["encryption-at-rest"],
    severity: "high",
    frameworks: [],
    why: "With the key goes everything it encrypted, backups included; a week is over before anybody misses the archive of last month.",
    mend: "Set `deletionWindowInDays: 30` or leave it out, which means 30 as well.",
    kinds: ALL_KEYS,
    check: where({ deletionWindowInDays: (days) => (days.exists ? atLeast(30, " days")(days) : undefined) }),
  },
  {
    id: "keys/policy-open",
    title: "No key policy lets everybody in",
    items: ["encryption-at-rest"],
    severity: "critical",
    closed: true,
    frameworks: ["FSBP: KMS.5"],
    why: "A star as principal is every account of AWS: whoever learns the key's ARN decrypts what a leaked snapshot or object holds, or uses the key at your cost.",
    mend: "Name accounts or roles in `Principal`, or narrow the statement with `kms:CallerAccount` or `aws:PrincipalOrgID`.",
    kinds: [...ALL_KEYS, KEY_POLICY],
    check: (key, report) => eachAllowOf(key.at("policy"), (statement) => {
      if (isOpen(statement)) report(key.at("policy"), `has a statement (Sid ${shown(statement.at("Sid"))}) that allows everybody`);
    }),
  },
  {
    id: "keys/lockout-check",
    title: "The lockout check of key policies is on",
    items: ["encryption-at-rest"],
    severity: "high",
    frameworks: [],
    why: "A key whose policy leaves nobody who may change it can neither be mended nor deleted; only support of AWS can open it, after days.",
    mend: "Leave out `bypassPolicyLockoutSafetyCheck`, and keep a statement for the account's administration in the policy.",
    kinds: [...ALL_KEYS, KEY_POLICY],
    check: where({ bypassPolicyLockoutSafetyCheck: isNot(true) }),
  },
];

/** Samples of areas/protection.ts. */
import type { Samples } from "./sample.ts";

/** Users who sign in to the application. */
const PEOPLE = { type: "aws:cognito/userPool:UserPool", name: "people", protect: true, props: { name: "people", mfaConfiguration: "ON", softwareTokenMfaConfiguration: { enabled: true }, deletionProtection: "ACTIVE" } };

export const samples: Samples = {
  "protection/protect": {
    scene: "secrets",
    bad: [
      { set: { "secret:$protect": false }, at: "secret:" },
      { set: { "claim:$protect": undefined }, at: "claim:" },
      { set: { "private-zone:vpcs": undefined }, at: "private-zone:", also: ["edge/certificate-authorities", "edge/dnssec", "edge/query-log"] },
      { add: [{ ...PEOPLE, protect: false }], at: "people:", also: ["edge/regional-waf"] },
    ],
  },
  "protection/no-forced-deletion": {
    scene: "secrets",
    good: [{ set: { "on-call:forceDestroy": false } }],
    bad: [{ set: { "on-call:forceDestroy": true } }, { set: { "on-call:forceDestroy": "true" } }],
  },
  "protection/deletion-switch": {
    scene: "secrets",
    bad: [
      { set: { "table:deletionProtectionEnabled": false } },
      { set: { "table:deletionProtectionEnabled": undefined } },
      { add: [{ ...PEOPLE, props: { ...PEOPLE.props, deletionProtection: "INACTIVE" } }], at: "people:deletionProtection", also: ["edge/regional-waf"] },
    ],
  },
  "protection/claims-kept": {
    scene: "workload",
    good: [{ set: { "store:spec.persistentVolumeClaimRetentionPolicy": { whenDeleted: "Retain", whenScaled: "Retain" } } }],
    bad: [
      { set: { "store:spec.persistentVolumeClaimRetentionPolicy": { whenDeleted: "Delete" } }, at: "store:spec.persistentVolumeClaimRetentionPolicy.whenDeleted" },
      { set: { "store:spec.persistentVolumeClaimRetentionPolicy": { whenScaled: "Delete" } }, at: "store:spec.persistentVolumeClaimRetentionPolicy.whenScaled" },
    ],
  },
};

/** Samples of areas/edgeNames.ts. */
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "edge/certificate-validation": {
    scene: "edge",
    good: [
      { set: { "certificate:validationMethod": undefined, "certificate:certificateBody": "-----BEGIN CERTIFICATE-----" } },
      { set: { "certificate:validationMethod": undefined, "certificate:certificateAuthorityArn": "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/own" } },
    ],
    bad: [{ set: { "certificate:validationMethod": "EMAIL" } }, { set: { "certificate:validationMethod": undefined } }],
  },
  "edge/certificate-transparency": {
    scene: "edge",
    good: [{ set: { "certificate:options": undefined } }],
    bad: [{ set: { "certificate:options.certificateTransparencyLoggingPreference": "DISABLED" } }],
  },
  "edge/certificate-key": {
    scene: "edge",
    good: [undefined, "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"].map((algorithm) => ({ set: { "certificate:keyAlgorithm": algorithm } })),
    bad: [{ set: { "certificate:keyAlgorithm": "RSA_1024" } }],
  },
  "edge/query-log": {
    scene: "edge",
    good: [{ set: { "zone:vpcs": [{ vpcId: "vpc-0a1b2c3d" }] }, remove: ["query-log"] }],
    bad: [{ remove: ["query-log"], at: "zone:" }, { set: { "query-log:zoneId": "Z04AS9B1DHIA1CFYWKB2T" }, at: "zone:" }],
  },
  "edge/dnssec": {
    scene: "edge",
    good: [{ set: { "dnssec:signingStatus": undefined } }, { set: { "zone:vpcs": [{ vpcId: "vpc-0a1b2c3d" }] }, remove: ["dnssec"] }],
    bad: [
      { remove: ["dnssec"], at: "zone:" },
      { set: { "dnssec:signingStatus": "NOT_SIGNING" }, at: "zone:" },
      { set: { "dnssec:hostedZoneId": "Z04AS9B1DHIA1CFYWKB2T" }, at: "zone:" },
    ],
  },
  "edge/certificate-authorities": {
    scene: "edge",
    good: [{ set: { "zone:vpcs": [{ vpcId: "vpc-0a1b2c3d" }] }, remove: ["caa"] }],
    bad: [{ remove: ["caa"], at: "zone:" }, { set: { "caa:type": "TXT" }, at: "zone:" }, { set: { "caa:zoneId": "Z04AS9B1DHIA1CFYWKB2T" }, at: "zone:" }],
  },
};

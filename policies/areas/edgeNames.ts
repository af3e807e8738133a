/** Names and certificates: Route 53 and ACM. */
import type { Resource } from "../resource.ts";
import { is, oneOf, type Rule, where } from "../rule.ts";

const ZONE = ["aws:route53:Zone"];
const CERTIFICATE = ["aws:acm:Certificate"];

/** ACM gives it the certificate; an imported one brings its own proof, key and log. */
function requested(certificate: Resource): boolean {
  return !certificate.at("certificateBody").exists && !certificate.at("certificateAuthorityArn").exists;
}

/** A zone with VPCs answers inside of them only. */
function isPublicZone(zone: Resource): boolean {
  return zone.at("vpcs").items.length === 0;
}

export const names: Rule[] = [
  {
    id: "edge/certificate-validation",
    title: "Certificates are validated by DNS",
    items: ["encryption-in-transit"],
    severity: "medium",
    frameworks: [],
    why: "A certificate validated by mail waits every year for somebody to press a link in a mailbox that may be gone; then the site is down.",
    mend: "Set `validationMethod: \"DNS\"` and keep the validation records.",
    kinds: CERTIFICATE,
    applies: requested,
    check: where({ validationMethod: is("DNS") }),
  },
  {
    id: "edge/certificate-transparency",
    title: "Certificates are in the public transparency logs",
    items: ["encryption-in-transit"],
    severity: "low",
    frameworks: [],
    why: "Browsers warn of a certificate that no log knows, and nobody would notice a second one issued to somebody else.",
    mend: "Leave `options.certificateTransparencyLoggingPreference` at `ENABLED`.",
    kinds: CERTIFICATE,
    applies: requested,
    check: where({ "options.certificateTransparencyLoggingPreference": (value) => (value.exists ? is("ENABLED")(value) : undefined) }),
  },
  {
    id: "edge/certificate-key",
    title: "Keys of certificates have 2,048 bits of RSA or a P-256 curve at least",
    items: ["encryption-in-transit"],
    severity: "high",
    frameworks: ["FSBP: ACM.2"],
    why: "Keys of 1,024 bits are within reach of anybody with money; recorded traffic is read later.",
    mend: "Leave `keyAlgorithm` out, or set RSA_2048 or more, or EC_prime256v1 or more.",
    kinds: CERTIFICATE,
    check: where({ keyAlgorithm: (value) => (value.exists ? oneOf("RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1")(value) : undefined) }),
  },
  {
    id: "edge/query-log",
    title: "Public zones log their queries",
    items: ["audit-trail"],
    severity: "medium",
    frameworks: ["FSBP: Route53.2"],
    why: "Without it nobody sees which names are probed, nor which client still asks for a name that a change is to remove.",
    mend: "Declare a `route53.QueryLog` with the zone and a log group `/aws/route53/…` in us-east-1.",
    kinds: ZONE,
    applies: isPublicZone,
    relate: (zone, stack, report) => {
      if (stack.pointing("aws:route53:QueryLog", "zoneId", zone).length === 0) report(zone, "has no query log");
    },
  },
  {
    id: "edge/dnssec",
    title: "Public zones are signed",
    items: ["network-exposure"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "An unsigned answer can be forged on its way, and leads visitors, or a certificate authority's check, somewhere else.",
    mend: "Declare `KeySigningKey` and `HostedZoneDnsSec`, then put the DS record into the parent zone; it is work to undo, so a team may decline.",
    kinds: ZONE,
    applies: isPublicZone,
    relate: (zone, stack, report) => {
      const signed = stack.pointing("aws:route53:HostedZoneDnsSec", "hostedZoneId", zone, (one) => (one.at("signingStatus").text ?? "SIGNING") === "SIGNING");
      if (signed.length === 0) report(zone, "is not signed");
    },
  },
  {
    id: "edge/certificate-authorities",
    title: "Public zones say who may issue certificates",
    items: ["encryption-in-transit"],
    severity: "low",
    enforcement: "advisory",
    frameworks: [],
    why: "Without a CAA record any of a hundred authorities may be talked into a certificate for the domain.",
    mend: "Declare a record of type CAA at the zone's name with `0 issue \"amazon.com\"`.",
    kinds: ZONE,
    applies: isPublicZone,
    relate: (zone, stack, report) => {
      const records = stack.pointing("aws:route53:Record", "zoneId", zone, (record) => record.at("type").text === "CAA");
      if (records.length === 0) report(zone, "has no CAA record");
    },
  },
];

/** Route 53 and ACM. */
import type { Draft } from "../draft.ts";
import { isObject, textOf } from "../values.ts";
import { always, arnOf, ownId, ownerId, type TypeTable } from "./define.ts";

const ZONE = "aws:route53/zone:Zone";

function bareName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

function fqdn(draft: Draft): string {
  const zone = textOf(draft.world.get(ZONE, draft.text("zoneId"))?.state.name ?? "");
  const name = bareName(draft.text("name"));
  if (zone === "" || name === zone || name.endsWith(`.${zone}`)) return name;
  return name === "" ? zone : `${name}.${zone}`;
}

function nameServers(draft: Draft): string[] {
  return ["com", "net", "org", "co.uk"].map((domain, index) => `ns-${Number.parseInt(draft.hex(3, domain), 16) % 512 + index * 512}.awsdns-${draft.digits(2, domain)}.${domain}`).sort();
}

/** Records that prove ownership: one a domain name, shared by a name and its wildcard. */
function validationOptions(draft: Draft): { domainName: string; resourceRecordName: string; resourceRecordType: string; resourceRecordValue: string }[] {
  const names = [...new Set([draft.text("domainName"), ...draft.texts("subjectAlternativeNames")])];
  return draft.text("validationMethod") !== "DNS" ? [] : names.map((domainName) => {
    const base = domainName.replace(/^\*\./, "");
    return {
      domainName,
      resourceRecordName: `_${draft.hex(32, `name ${base}`)}.${base}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: `_${draft.hex(32, `value ${base}`)}.${draft.lower(10, "validation")}.acm-validations.aws.`,
    };
  });
}

export const dns: TypeTable = {
  [ZONE]: {
    global: true,
    tags: true,
    holdsData: true,
    name: { property: "name" },
    defaults: { comment: "Managed by Pulumi", forceDestroy: false },
    id: (draft) => `Z0${draft.upper(19)}`,
    replaceOn: ["delegationSetId"],
    keeps: (known, world) => {
      const record = world.find("aws:route53/record:Record", (other) => other.state.zoneId === known.id);
      return record === undefined || known.state.forceDestroy === true ? undefined : `HostedZoneNotEmpty: The specified hosted zone contains non-required resource record sets and so cannot be deleted: ${textOf(record.state.fqdn)}`;
    },
    outputs: {
      arn: (draft) => `arn:aws:route53:::hostedzone/${draft.id}`,
      name: (draft) => bareName(draft.text("name")), nameServers, primaryNameServer: (draft) => nameServers(draft)[0] ?? "",
      zoneId: ownId, enableAcceleratedRecovery: always(false),
    },
  },
  "aws:route53/record:Record": {
    global: true,
    id: (draft) => [draft.text("zoneId"), bareName(draft.text("name")), draft.text("type"), draft.text("setIdentifier")].filter((text) => text !== "").join("_"),
    unique: {
      key: (draft) => (draft.flag("allowOverwrite") ? undefined : `${draft.text("zoneId")} ${fqdn(draft)} ${draft.text("type")} ${draft.text("setIdentifier")}`),
      error: (draft) => `InvalidChangeBatch: [Tried to create resource record set [name='${fqdn(draft)}.', type='${draft.text("type")}'] but it already exists]`,
    },
    replaceOn: ["zoneId", "name"],
    deleteFirst: true,
    outputs: { fqdn, allowOverwrite: always(false) },
  },
  "aws:route53/healthCheck:HealthCheck": {
    global: true,
    tags: true,
    defaults: { disabled: false, invertHealthcheck: false, measureLatency: false },
    id: (draft) => draft.uuid(),
    replaceOn: ["type", "requestInterval", "measureLatency", "referenceName"],
    outputs: {
      arn: (draft) => `arn:aws:route53:::healthcheck/${draft.id}`, enableSni: (draft) => draft.text("type").startsWith("HTTPS"),
      failureThreshold: always(3), regions: always([]), triggers: always({}),
    },
  },
  "aws:route53/queryLog:QueryLog": {
    global: true,
    id: (draft) => draft.uuid(),
    replaceOn: ["cloudwatchLogGroupArn", "zoneId"],
    outputs: { arn: (draft) => `arn:aws:route53:::queryloggingconfig/${draft.id}` },
  },
  "aws:route53/keySigningKey:KeySigningKey": {
    global: true,
    name: { property: "name", max: 128 },
    defaults: { status: "ACTIVE" },
    id: (draft) => `${draft.text("hostedZoneId")},${draft.name}`,
    replaceOn: ["hostedZoneId", "keyManagementServiceArn"],
    outputs: {
      digestAlgorithmMnemonic: always("SHA-256"), digestAlgorithmType: always(2), digestValue: (draft) => draft.hex(64, "digest").toUpperCase(),
      flag: always(257), keyTag: (draft) => Number.parseInt(draft.hex(4, "tag"), 16), publicKey: (draft) => Buffer.from(draft.hex(128, "key"), "hex").toString("base64"),
      signingAlgorithmMnemonic: always("ECDSAP256SHA256"), signingAlgorithmType: always(13),
      dnskeyRecord: (draft) => `257 3 13 ${draft.text("publicKey")}`, dsRecord: (draft) => `${draft.text("keyTag")} 13 2 ${draft.text("digestValue")}`,
    },
  },
  "aws:route53/hostedZoneDnsSec:HostedZoneDnsSec": {
    global: true,
    defaults: { signingStatus: "SIGNING" },
    id: (draft) => draft.text("hostedZoneId"),
    replaceOn: ["hostedZoneId"],
  },
  "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": {
    tags: true,
    name: { property: "name", max: 64 },
    id: (draft) => `rqlc-${draft.hex(16)}`,
    replaceOn: ["destinationArn"],
    outputs: { arn: arnOf("route53resolver", (draft) => `resolver-query-log-config/${draft.id}`), ownerId, shareStatus: always("NOT_SHARED") },
  },
  "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation": {
    id: (draft) => `rqlca-${draft.hex(17)}`,
    replaceOn: ["resolverQueryLogConfigId", "resourceId"],
  },
  "aws:acm/certificate:Certificate": {
    tags: true,
    id: (draft) => draft.arn("acm", `certificate/${draft.uuid()}`),
    replaceOn: ["domainName", "subjectAlternativeNames", "validationMethod", "keyAlgorithm", "certificateAuthorityArn"],
    outputs: {
      arn: ownId, keyAlgorithm: always("RSA_2048"), options: always({ certificateTransparencyLoggingPreference: "ENABLED", export: "DISABLED" }),
      subjectAlternativeNames: (draft) => [draft.text("domainName")],
      validationMethod: always("NONE"), domainValidationOptions: validationOptions,
      notAfter: always(""), notBefore: always(""), pendingRenewal: always(false), renewalEligibility: always("INELIGIBLE"), renewalSummaries: always([]),
      status: (draft) => (draft.text("privateKey") === "" ? "PENDING_VALIDATION" : "ISSUED"), type: (draft) => (draft.text("privateKey") === "" ? "AMAZON_ISSUED" : "IMPORTED"), validationEmails: always([]),
    },
    secrets: ["privateKey"],
    keeps: (known, world) => {
      const user = [...world.all("aws:cloudfront/distribution:Distribution"), ...world.all("aws:lb/listener:Listener")].find((other) => uses(other.state, known.id));
      return user === undefined ? undefined : `ResourceInUseException: Certificate ${known.id} in use by ${user.id}`;
    },
  },
  "aws:acm/certificateValidation:CertificateValidation": {
    id: (draft) => `${draft.now().replace("T", " ").replace("Z", " +0000 UTC")}`,
    replaceOn: ["certificateArn", "validationRecordFqdns"],
  },
};

function uses(value: unknown, text: string): boolean {
  if (value === text) return true;
  if (Array.isArray(value)) return value.some((item) => uses(item, text));
  return isObject(value) && Object.values(value).some((item) => uses(item, text));
}

/** ACM certificates of the public host and of the load balancer, validated by DNS. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EdgeArgs } from "./index.ts";
import type { Zone } from "./zone.ts";
import { originHost } from "./zone.ts";

export interface Certificates {
  /** In us-east-1, for CloudFront. */
  global: pulumi.Output<string>;
  /** In the stack's region, for the load balancer; the same one when that is us-east-1. */
  regional: pulumi.Output<string>;
}

/**
 * One certificate for both names, and a second one when the load balancer is not in us-east-1.
 *
 * ACM asks an account for the same validation record for a name in every region, so the records are made once. The
 * ARNs come from the validations: nothing uses a certificate that is not issued yet.
 */
export function certificates(name: string, args: EdgeArgs, zone: Zone, parent: pulumi.Resource): Certificates {
  const inUsEast1 = { parent, provider: args.usEast1Provider };
  const global = certificate(`${name}-certificate`, args, inUsEast1);
  const records = [args.domain, originHost(args.domain)].map((host) => validationRecord(name, host, global, zone, parent));
  const issued = validation(`${name}-certificate-validation`, global, records, inUsEast1);
  if (args.region === "us-east-1") return { global: issued, regional: issued };

  const regional = certificate(`${name}-regional-certificate`, args, { parent });
  return { global: issued, regional: validation(`${name}-regional-certificate-validation`, regional, records, { parent }) };
}

function certificate(name: string, args: EdgeArgs, opts: pulumi.CustomResourceOptions): aws.acm.Certificate {
  return new aws.acm.Certificate(name, {
    domainName: args.domain,
    subjectAlternativeNames: [originHost(args.domain)],
    validationMethod: "DNS",
    keyAlgorithm: "RSA_2048",
    options: { certificateTransparencyLoggingPreference: "ENABLED" },
    tags: { Name: `${args.prefix}-edge` },
  }, opts);
}

function validationRecord(name: string, host: string, from: aws.acm.Certificate, zone: Zone, parent: pulumi.Resource): aws.route53.Record {
  const option = from.domainValidationOptions.apply((options) => {
    const found = options.find((o) => o.domainName === host);
    if (found === undefined) {
      throw new Error(`Edge ${name}: ACM offers no validation record for ${host}; look at the certificate's status in the console of us-east-1.`);
    }
    return found;
  });
  return new aws.route53.Record(`${name}-validation-${host}`, {
    zoneId: zone.zoneId,
    name: option.resourceRecordName,
    type: option.resourceRecordType,
    records: [option.resourceRecordValue],
    ttl: 300,
    allowOverwrite: true,
  }, { parent });
}

function validation(name: string, of: aws.acm.Certificate, records: aws.route53.Record[], opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return new aws.acm.CertificateValidation(name, { certificateArn: of.arn, validationRecordFqdns: records.map((r) => r.fqdn) }, opts).certificateArn;
}

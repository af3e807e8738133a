/** Shield Advanced on what faces the internet; Shield Standard is there without a word. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { EdgeArgs } from "./index.ts";

/**
 * Protects the distribution, tied to the health check so that Shield notices an attack by its effect, and lets it
 * answer floods of requests by rules of its own in our web ACL. The subscription (a year, about 3,000 USD a month)
 * is the account owner's to buy; without it these resources are refused by the service.
 */
export function shield(name: string, args: EdgeArgs, distribution: aws.cloudfront.Distribution, probe: aws.route53.HealthCheck, parent: pulumi.Resource): void {
  if (!args.shieldAdvanced) return;
  const inUsEast1 = { parent, provider: args.usEast1Provider };
  const protection = new aws.shield.Protection(`${name}-shield`, { name: `${args.prefix}-edge`, resourceArn: distribution.arn }, inUsEast1);
  new aws.shield.ProtectionHealthCheckAssociation(`${name}-shield-health`, {
    shieldProtectionId: protection.id,
    healthCheckArn: probe.arn,
  }, inUsEast1);
  new aws.shield.ApplicationLayerAutomaticResponse(`${name}-shield-response`, {
    resourceArn: distribution.arn,
    action: "BLOCK",
  }, { ...inUsEast1, dependsOn: [protection] });
}

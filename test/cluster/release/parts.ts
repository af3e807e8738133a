/** The parts of the environment that a release is about, from the same configuration and components as the whole program; the stores are left out. */
import type * as pulumi from "@pulumi/pulumi";
import { Application } from "../../../components/application/index.ts";
import { otherColor } from "../../../components/application/labels.ts";
import { ApplicationNamespace } from "../../../components/application/namespace.ts";
import { issuerOf } from "../../../components/cluster/identity.ts";
import { Release } from "../../../components/release/index.ts";
import { type Context, shared } from "../../../stacks/environment/context.ts";

/** Declares namespace, application and both colors. */
export function declareRelease(context: Context, kubeconfig: pulumi.Output<string>, opts: pulumi.ComponentResourceOptions): { namespace: ApplicationNamespace; application: Application } {
  const { config } = context;
  const providerArn = config.cluster.existing?.oidcProviderArn ?? "";
  const key = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000";

  const namespace = new ApplicationNamespace("namespace", { ...shared(context), ...config.app, namespace: config.app.name }, opts);
  const application = new Application("application", {
    ...shared(context),
    ...config.app,
    namespace,
    ingressNamespace: "ingress",
    monitoringNamespace: "monitoring",
    vpcCidr: config.network.cidr,
    postgres: { port: 5432, connectArns: [`arn:aws:rds-db:us-east-1:123456789012:dbuser:db-1/${config.postgres.applicationUser}`] },
    redis: { port: 6379 },
    filesBucket: { arn: "arn:aws:s3:::shop-sandbox-files", keyArn: key },
    identity: { kind: "webIdentity", providerArn, issuer: issuerOf(providerArn) },
  }, opts);
  const live = config.images[config.activeColor] ?? "";
  const idle = otherColor(config.activeColor);
  new Release("release", {
    ...shared(context),
    ...config.app,
    ...config.release,
    canaryWeight: config.release.canary.weight,
    canaryBy: config.release.canary.by,
    environment: config.environment,
    host: config.edge.domain,
    application,
    activeColor: config.activeColor,
    colors: { blue: { image: config.images.blue ?? live }, green: { image: config.images.green ?? config.images[idle] ?? live } },
    kubeconfig,
    postgres: { writerHost: "db.shop.internal", readerHost: "db-read.shop.internal", port: 5432, databaseName: "shop", user: config.postgres.applicationUser, endpoint: "db-1.example.com", readerEndpoints: ["db-2.example.com"] },
    redis: { host: "cache.shop.internal", sessionsHost: "cache.shop.internal", port: 6379 },
    filesBucket: { name: "shop-sandbox-files" },
    secretName: "app-secrets",
    traceSamplingRate: 0,
  }, opts);
  return { namespace, application };
}

/** Cluster services by one table: as EKS add-on, as rendered chart, or there already. */
import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { policyDocument } from "../access/policyDocument.ts";
import type { ApiServerAddresses } from "../networkRules.ts";
import type { ClusterIdentity } from "./identity.ts";
import { workloadTrust } from "./identity.ts";
import { serviceNamespace } from "./serviceNamespace.ts";
import type { ServiceDefinition, ServiceScope, ServiceStage } from "./serviceTable.ts";
import { SERVICES } from "./serviceTable.ts";

export type { ServiceStage } from "./serviceTable.ts";

export interface ServiceSettings {
  /** `eksAddon`, `chart` or `present`. */
  source: string;
  /** Version of the add-on or chart. */
  version: string;
}

export interface ServicesArgs {
  stage: ServiceStage;
  prefix: string;
  accountId: string;
  region: string;
  clusterName: string;
  vpcCidr: string;
  apiServer: ApiServerAddresses;
  services: Record<string, ServiceSettings>;
  identity: ClusterIdentity;
  volumesKeyArn: pulumi.Input<string>;
  prometheus: { url: string; port: number };
  /** What must be there first: the cluster, or its nodes. */
  after: pulumi.Resource[];
  /** Kubernetes provider, for charts. */
  provider?: k8s.Provider;
}

/** The services of one stage; see Cluster. Throws on a service that the table does not know or a source it does not have. */
export class Services extends pulumi.ComponentResource {
  /** Add-on or chart by service; without those that are there already. */
  readonly installed = new Map<string, pulumi.Resource>();

  constructor(name: string, args: ServicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cluster:Services", name, {}, opts);
    for (const [service, settings] of Object.entries(args.services)) {
      const definition = definitionOf(service);
      if (definition.stage !== args.stage || settings.source === "present") continue;
      const part = `${name}-${service}`;
      const resource = settings.source === "eksAddon"
        ? this.addon(part, service, settings.version, definition, args)
        : this.chart(part, service, settings, definition, args);
      this.installed.set(service, resource);
    }
    this.registerOutputs({});
  }

  private addon(name: string, service: string, version: string, definition: ServiceDefinition, args: ServicesArgs): aws.eks.Addon {
    const role = this.role(name, service, definition, args);
    const configuration = definition.addon?.(scopeOf(args));
    return new aws.eks.Addon(name, {
      clusterName: args.clusterName,
      addonName: service,
      addonVersion: version,
      configurationValues: configuration === undefined ? undefined : JSON.stringify(configuration),
      podIdentityAssociations: role === undefined ? undefined : [{ serviceAccount: definition.serviceAccount, roleArn: role.role.arn }],
      // What people changed by hand is put back: the table is the truth.
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
    }, { parent: this, dependsOn: [...args.after, ...(role?.permissions ?? [])] });
  }

  private chart(name: string, service: string, settings: ServiceSettings, definition: ServiceDefinition, args: ServicesArgs): k8s.helm.v4.Chart {
    if (settings.source !== "chart" || definition.chart === undefined) {
      throw new Error(`Cluster: service ${service} can not come from ${settings.source}; ${definition.chart === undefined ? "it has no chart" : "choose eksAddon, chart or present"}.`);
    }
    const provider = args.provider;
    if (provider === undefined) throw new Error(`Cluster: service ${service} comes from a chart, which needs the Kubernetes provider of a running cluster.`);
    const role = this.role(name, service, definition, args);
    const association = role === undefined ? undefined : this.association(name, role.role, definition, args);
    const values = withRoleAnnotation(service, definition.chart.values(scopeOf(args)), role?.role.arn, args.identity);
    const namespace = definition.ownNamespace
      ? serviceNamespace(name, { namespace: definition.namespace, service, vpcCidr: args.vpcCidr, apiServer: args.apiServer, identity: args.identity }, { parent: this, provider })
      : [];
    return new k8s.helm.v4.Chart(name, {
      name: service,
      namespace: definition.namespace,
      chart: definition.chart.chart,
      version: settings.version,
      repositoryOpts: definition.chart.repository === undefined ? undefined : { repo: definition.chart.repository },
      values,
    }, { parent: this, provider, dependsOn: [...args.after, ...namespace, ...(role?.permissions ?? []), ...(association === undefined ? [] : [association])] });
  }

  private role(name: string, service: string, definition: ServiceDefinition, args: ServicesArgs): { role: aws.iam.Role; permissions: pulumi.Resource[] } | undefined {
    if (definition.managedPolicy === undefined && definition.statements === undefined) return undefined;
    const role = new aws.iam.Role(`${name}-role`, {
      name: `${args.prefix}-${service}`,
      description: `Cluster service ${service}.`,
      assumeRolePolicy: workloadTrust({ identity: args.identity, accountId: args.accountId, namespace: definition.namespace, serviceAccount: definition.serviceAccount }),
    }, { parent: this });
    const permissions: pulumi.Resource[] = [];
    if (definition.managedPolicy !== undefined) {
      permissions.push(new aws.iam.RolePolicyAttachment(`${name}-managed`, { role: role.name, policyArn: `arn:aws:iam::aws:policy/${definition.managedPolicy}` }, { parent: this }));
    }
    if (definition.statements !== undefined) {
      permissions.push(new aws.iam.RolePolicy(`${name}-policy`, { name: "service", role: role.name, policy: policyDocument(definition.statements(scopeOf(args))) }, { parent: this }));
    }
    return { role, permissions };
  }

  private association(name: string, role: aws.iam.Role, definition: ServiceDefinition, args: ServicesArgs): aws.eks.PodIdentityAssociation | undefined {
    if (args.identity.kind !== "podIdentity") return undefined;
    return new aws.eks.PodIdentityAssociation(`${name}-association`, {
      clusterName: args.identity.clusterName,
      namespace: definition.namespace,
      serviceAccount: definition.serviceAccount,
      roleArn: role.arn,
    }, { parent: this, dependsOn: args.identity.dependsOn });
  }
}

function definitionOf(service: string): ServiceDefinition {
  const definition = SERVICES[service];
  if (definition === undefined) throw new Error(`Cluster: there is no service ${service}; known are ${Object.keys(SERVICES).join(", ")}.`);
  return definition;
}

function scopeOf(args: ServicesArgs): ServiceScope {
  return {
    prefix: args.prefix, accountId: args.accountId, region: args.region, clusterName: args.clusterName, volumesKeyArn: args.volumesKeyArn, prometheus: args.prometheus,
  };
}

/** With web identity the role is named on the service account; the autoscaler's chart is the only one here with a role. */
function withRoleAnnotation(service: string, values: Record<string, unknown>, roleArn: pulumi.Output<string> | undefined, identity: ClusterIdentity): Record<string, unknown> {
  if (roleArn === undefined || identity.kind !== "webIdentity") return values;
  const serviceAccount = { create: true, name: service, annotations: { "eks.amazonaws.com/role-arn": roleArn } };
  return { ...values, rbac: { serviceAccount } };
}

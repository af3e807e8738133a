/** Access: the roles of people and pipelines. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "../component.ts";
import { transformed } from "../component.ts";
import { Boundary } from "./boundary.ts";
import { deployPolicies } from "./deployPolicies.ts";
import { operatorStatements, readonlyStatements } from "./peoplePolicies.ts";
import type { Statement } from "./policyDocument.ts";
import { policyDocument } from "./policyDocument.ts";
import type { StateScope } from "./statePolicies.ts";
import { readState } from "./statePolicies.ts";
import { oidcProviderArn, peopleTrust, pipelineTrust } from "./trust.ts";

export interface AccessArgs {
  /** `<app>-<stack>`; roles are `<prefix>-operator`, `-readonly`, `-deploy`, `-preview` and `-break-glass`. */
  prefix: string;
  accountId: string;
  region: string;
  /** Second region that backups are copied to; the deploy role may act there too. */
  copyRegion?: string;
  /** Longest session of any role and oldest second factor, in hours; 1 to 8. */
  sessionHours: number;
  ci: {
    /** OIDC issuer of the CI service, without https://. */
    issuer: string;
    /** owner/repository */
    repository: string;
    /** Protected environment in which the gated pipeline runs. */
    environment: string;
    /** Whether the account's OIDC provider of that issuer is made here or there already. */
    provider: "create" | "adopt";
  };
  /** Principals that people come from: roles or users of identity accounts, or SAML providers. */
  peopleTrust: string[];
  /** Principals that may take the break-glass role. */
  breakGlassTrust: string[];
  /** Connection to the repository that the runner uses; without it there is no runner. */
  connectionArn?: string | undefined;
  /** Where the stack's state is: the deploy role keeps it, the preview role reads it. */
  state: StateScope;
  /** Name of the EKS cluster that operators may reach; without it, no cluster. */
  clusterName?: string;
  alarmTopicArn: pulumi.Input<string>;
  pageTopicArn: pulumi.Input<string>;
  /** Boundary of all roles, when the program has made it already. */
  boundary?: Boundary;
  transform?: { role?: Transform<aws.iam.RoleArgs> };
}

/** Break-glass sessions are as short as IAM takes, and need a second factor of the last 15 minutes. */
const BREAK_GLASS_SECONDS = 3600;
const BREAK_GLASS_MFA_SECONDS = 900;

/**
 * Roles for people (operator, read-only, break-glass; second factor required) and pipelines (deploy, preview; OIDC, no
 * static keys). Only the protected environment of one repository can take the deploy role, which may create roles only
 * inside the boundary. Every use of break-glass pages. Throws when sessionHours is not 1 to 8. Free of charge.
 */
export class Access extends pulumi.ComponentResource {
  readonly operatorRoleArn: string;
  readonly readonlyRoleArn: string;
  readonly deployRoleArn: string;
  readonly previewRoleArn: string;
  readonly breakGlassRoleArn: string;
  readonly boundaryArn: string;
  /** The deploy role once it is created, for what must wait for it (an access entry refuses a role that is not there). */
  readonly ready: pulumi.Resource[];

  constructor(name: string, args: AccessArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:access:Access", name, {}, opts);
    if (!Number.isInteger(args.sessionHours) || args.sessionHours < 1 || args.sessionHours > 8) {
      throw new Error(`Access: sessionHours is ${args.sessionHours}; sessions last 1 to 8 hours.`);
    }
    const arn = (role: string) => `arn:aws:iam::${args.accountId}:role/${args.prefix}-${role}`;
    this.operatorRoleArn = arn("operator");
    this.readonlyRoleArn = arn("readonly");
    this.deployRoleArn = arn("deploy");
    this.previewRoleArn = arn("preview");
    this.breakGlassRoleArn = arn("break-glass");

    const boundary = args.boundary ?? new Boundary(`${name}-boundary`, args, { parent: this });
    this.boundaryArn = boundary.arn;
    const provider = this.oidcProvider(name, args);
    this.ready = [
      this.operator(name, args, boundary),
      this.readonlyRole(name, args, boundary),
      this.deploy(name, args, boundary, provider),
      this.preview(name, args, boundary, provider),
      this.breakGlass(name, args, boundary),
    ];
    this.breakGlassAlarm(name, args);

    this.registerOutputs({
      operatorRoleArn: this.operatorRoleArn,
      readonlyRoleArn: this.readonlyRoleArn,
      deployRoleArn: this.deployRoleArn,
      previewRoleArn: this.previewRoleArn,
      breakGlassRoleArn: this.breakGlassRoleArn,
      boundaryArn: this.boundaryArn,
    });
  }

  private oidcProvider(name: string, args: AccessArgs): pulumi.Resource[] {
    if (args.ci.provider === "adopt") return [];
    return [new aws.iam.OpenIdConnectProvider(`${name}-ci`, { url: `https://${args.ci.issuer}`, clientIdLists: ["sts.amazonaws.com"] }, { parent: this })];
  }

  private operator(name: string, args: AccessArgs, boundary: Boundary): aws.iam.Role {
    const role = this.role(name, "operator", args, boundary, {
      description: "Operators: look at everything but data and secrets, restart pods, open the shell. No changes past the pipeline.",
      assumeRolePolicy: peopleTrust(args.peopleTrust, args.sessionHours * 3600),
    });
    this.managed(name, "operator", "job-function/ViewOnlyAccess", role);
    this.inline(name, "operator", operatorStatements(args), role);
    return role;
  }

  private readonlyRole(name: string, args: AccessArgs, boundary: Boundary): aws.iam.Role {
    const role = this.role(name, "readonly", args, boundary, {
      description: "People who look: configuration, metrics and logs, no data.",
      assumeRolePolicy: peopleTrust(args.peopleTrust, args.sessionHours * 3600),
    });
    this.managed(name, "readonly", "job-function/ViewOnlyAccess", role);
    this.inline(name, "readonly", readonlyStatements(args), role);
    return role;
  }

  private deploy(name: string, args: AccessArgs, boundary: Boundary, provider: pulumi.Resource[]): aws.iam.Role {
    const role = this.role(name, "deploy", args, boundary, {
      description: `The gated pipeline of ${args.ci.repository}, environment ${args.ci.environment}.`,
      assumeRolePolicy: pipelineTrust(args.ci.issuer, args.accountId, [`repo:${args.ci.repository}:environment:${args.ci.environment}`]),
    }, provider);
    // The engine reads back whatever it manages; contents of buckets are denied again, those of secrets encrypted with keys it may not use.
    this.managed(name, "deploy", "ReadOnlyAccess", role);
    for (const [area, statements] of Object.entries(deployPolicies(args))) {
      const policy = new aws.iam.Policy(`${name}-deploy-${area}`, {
        name: `${args.prefix}-deploy-${area}`,
        description: `What the pipeline may change: ${area}.`,
        policy: policyDocument(statements),
      }, { parent: this });
      new aws.iam.RolePolicyAttachment(`${name}-deploy-${area}`, { role: role.name, policyArn: policy.arn }, { parent: this });
    }
    return role;
  }

  private preview(name: string, args: AccessArgs, boundary: Boundary, provider: pulumi.Resource[]): aws.iam.Role {
    const role = this.role(name, "preview", args, boundary, {
      description: `Pull requests of ${args.ci.repository}: reads configuration and state, no secrets, changes nothing.`,
      assumeRolePolicy: pipelineTrust(args.ci.issuer, args.accountId, [`repo:${args.ci.repository}:pull_request`]),
    }, provider);
    this.managed(name, "preview", "job-function/ViewOnlyAccess", role);
    this.inline(name, "preview", readState(args), role);
    return role;
  }

  private breakGlass(name: string, args: AccessArgs, boundary: Boundary): aws.iam.Role {
    const role = this.role(name, "break-glass", args, boundary, {
      description: "Emergencies, when nothing else works. Every use pages.",
      assumeRolePolicy: peopleTrust(args.breakGlassTrust, BREAK_GLASS_MFA_SECONDS),
      maxSessionDuration: BREAK_GLASS_SECONDS,
    });
    this.managed(name, "break-glass", "AdministratorAccess", role);
    return role;
  }

  private role(name: string, part: string, args: AccessArgs, boundary: Boundary, own: Pick<aws.iam.RoleArgs, "description" | "assumeRolePolicy" | "maxSessionDuration">, dependsOn: pulumi.Resource[] = []): aws.iam.Role {
    return new aws.iam.Role(`${name}-${part}`, ...transformed(args.transform?.role, {
      name: `${args.prefix}-${part}`,
      maxSessionDuration: args.sessionHours * 3600,
      permissionsBoundary: boundary.arn,
      ...own,
    }, { parent: this, dependsOn: [boundary, ...dependsOn] }));
  }

  private managed(name: string, part: string, policy: string, role: aws.iam.Role): void {
    new aws.iam.RolePolicyAttachment(`${name}-${part}-managed`, { role: role.name, policyArn: `arn:aws:iam::aws:policy/${policy}` }, { parent: this });
  }

  private inline(name: string, part: string, statements: Statement[], role: aws.iam.Role): void {
    new aws.iam.RolePolicy(`${name}-${part}-policy`, { name: part, role: role.name, policy: policyDocument(statements) }, { parent: this });
  }

  /** AssumeRole only reads, in CloudTrail's words, and such events reach only rules in this state (EventBridge user guide). */
  private breakGlassAlarm(name: string, args: AccessArgs): void {
    const rule = new aws.cloudwatch.EventRule(`${name}-break-glass-used`, {
      name: `${args.prefix}-break-glass-used`,
      description: "Somebody takes the break-glass role, or tries to.",
      state: "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS",
      eventPattern: JSON.stringify({
        source: ["aws.sts"],
        "detail-type": ["AWS API Call via CloudTrail"],
        detail: { eventName: ["AssumeRole", "AssumeRoleWithSAML"], requestParameters: { roleArn: [this.breakGlassRoleArn] } },
      }),
    }, { parent: this });
    const targets = { page: args.pageTopicArn, alarm: args.alarmTopicArn };
    for (const [part, arn] of Object.entries(targets)) {
      new aws.cloudwatch.EventTarget(`${name}-break-glass-${part}`, {
        rule: rule.name,
        arn,
        inputTransformer: {
          inputPaths: { who: "$.detail.userIdentity.arn", when: "$.time", from: "$.detail.sourceIPAddress", error: "$.detail.errorCode" },
          inputTemplate: `"${args.prefix}: break-glass role taken at <when> by <who> from <from> (error: <error>). If nobody announced it, treat it as an intrusion."`,
        },
      }, { parent: this });
    }
  }
}

export { Boundary } from "./boundary.ts";
export { oidcProviderArn };

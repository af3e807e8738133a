/** Money: a budget for the stack and a watch for what is out of the ordinary. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Transform } from "./component.ts";
import { transformed } from "./component.ts";

export interface CostArgs {
  /** `<app>-<stack>`. */
  prefix: string;
  accountId: string;
  /** Budget of the stack, in USD a month. */
  monthlyBudgetUsd: number;
  /** Impact in USD from which an anomaly is reported. */
  anomalyUsd: number;
  /** Mailboxes; a budget takes at most 10. */
  emails: string[];
  /** Topic that budgets and anomalies are published to. */
  alarmTopicArn: pulumi.Input<string>;
  /** Tag by which the stack's resources are told from others in the account. Nothing is found by it until it is an active cost allocation tag. */
  tag: { key: string; value: string };
  /** Activates that tag for the bills of the whole organization: in its management account (or one that stands alone), by one stack, a day after the tag is first used. */
  activateTag: boolean;
  /**
   * What anomalies are looked for in: `services` of the whole account (an account has one such monitor), what carries the
   * `tag` (only in the organization's management account, or one that stands alone), or `off`.
   */
  anomalyMonitor: "services" | "tag" | "off";
  transform?: { budget?: Transform<aws.budgets.BudgetArgs>; anomalySubscription?: Transform<aws.costexplorer.AnomalySubscriptionArgs> };
}

/** Share of the budget, in percent, at which people are told. */
const THRESHOLDS = [
  { notificationType: "ACTUAL", threshold: 80 },
  { notificationType: "ACTUAL", threshold: 100 },
  { notificationType: "FORECASTED", threshold: 100 },
] as const;

/** AWS Budgets takes at most ten mailboxes a notification (API reference, Subscriber). */
const MAX_MAILBOXES = 10;

/**
 * A monthly budget limited to the stack's own tag (told at 80 % and 100 % spent and at 100 % forecast), and detection
 * of anomalies. Both are free of charge. Throws with more than ten mailboxes.
 */
export class Cost extends pulumi.ComponentResource {
  constructor(name: string, args: CostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:cost:Cost", name, {}, opts);
    if (args.emails.length > MAX_MAILBOXES) {
      throw new Error(`Cost: emails has ${args.emails.length} mailboxes; AWS Budgets takes ${MAX_MAILBOXES}. Use a distribution list.`);
    }
    if (args.activateTag) this.allocationTag(name, args);
    this.budget(name, args);
    if (args.anomalyMonitor !== "off") this.anomalies(name, monitored(args.anomalyMonitor, args.tag), args);
    this.registerOutputs({});
  }

  /** Nothing waits for it: AWS refuses it for a tag that bills do not have yet, and a budget is taken before its tag counts. */
  private allocationTag(name: string, args: CostArgs): void {
    new aws.costexplorer.CostAllocationTag(`${name}-tag`, { tagKey: args.tag.key, status: "Active" }, { parent: this });
  }

  private budget(name: string, args: CostArgs): void {
    new aws.budgets.Budget(`${name}-budget`, ...transformed(args.transform?.budget, {
      name: `${args.prefix}-monthly`,
      accountId: args.accountId,
      budgetType: "COST",
      timeUnit: "MONTHLY",
      limitAmount: args.monthlyBudgetUsd.toFixed(2),
      limitUnit: "USD",
      // The format `user:<key>$<value>` is that of the API (Budgets, CostFilters).
      costFilters: [{ name: "TagKeyValue", values: [`user:${args.tag.key}$${args.tag.value}`] }],
      costTypes: { includeCredit: false, includeRefund: false, includeTax: true, includeSupport: true, useAmortized: true },
      notifications: THRESHOLDS.map((threshold) => ({
        ...threshold,
        comparisonOperator: "GREATER_THAN",
        thresholdType: "PERCENTAGE",
        subscriberEmailAddresses: args.emails,
        subscriberSnsTopicArns: [args.alarmTopicArn],
      })),
    }, { parent: this }));
  }

  private anomalies(name: string, scope: Monitored, args: CostArgs): void {
    const monitor = new aws.costexplorer.AnomalyMonitor(`${name}-anomalies`, {
      name: `${args.prefix}-anomalies`,
      ...scope,
    }, { parent: this });
    new aws.costexplorer.AnomalySubscription(`${name}-anomalies-subscription`, ...transformed(args.transform?.anomalySubscription, {
      name: `${args.prefix}-anomalies`,
      accountId: args.accountId,
      monitorArnLists: [monitor.arn],
      // A topic is told at once; mail would come once a day.
      frequency: "IMMEDIATE",
      subscribers: [{ type: "SNS", address: args.alarmTopicArn }],
      thresholdExpression: {
        dimension: { key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE", matchOptions: ["GREATER_THAN_OR_EQUAL"], values: [String(args.anomalyUsd)] },
      },
    }, { parent: this }));
  }
}

type Monitored = Pick<aws.costexplorer.AnomalyMonitorArgs, "monitorType" | "monitorDimension" | "monitorSpecification">;

/** Monitors of tags can be made in the management account only (Cost Management user guide, "Getting started with AWS Cost Anomaly Detection"). */
function monitored(scope: "services" | "tag", tag: CostArgs["tag"]): Monitored {
  if (scope === "services") return { monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" };
  return { monitorType: "CUSTOM", monitorSpecification: JSON.stringify({ Tags: { Key: tag.key, Values: [tag.value], MatchOptions: ["EQUALS"] } }) };
}

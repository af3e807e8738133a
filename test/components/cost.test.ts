import { describe, expect, it } from "vitest";
import type { CostArgs } from "../../components/cost.ts";
import { Cost } from "../../components/cost.ts";
import { declared, ofType, only } from "./mocks.ts";

const base: CostArgs = {
  prefix: "shop-production", accountId: "123456789012", monthlyBudgetUsd: 2500, anomalyUsd: 100, emails: ["oncall@example.com"],
  alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:shop-production-alarms", tag: { key: "stack", value: "shop-production" }, activateTag: false, anomalyMonitor: "services",
};
const TAG = "aws:costexplorer/costAllocationTag:CostAllocationTag";
const MONITOR = "aws:costexplorer/anomalyMonitor:AnomalyMonitor";
const cost = (over: Partial<CostArgs> = {}) => declared(() => { new Cost("cost", { ...base, ...over }); });

describe("Cost", () => {
  it("limits the budget to the stack's tag and tells at 80 % and 100 % spent and 100 % forecast", async () => {
    const { inputs } = only(await cost(), "aws:budgets/budget:Budget");
    expect(inputs).toMatchObject({
      name: "shop-production-monthly", budgetType: "COST", timeUnit: "MONTHLY", limitAmount: "2500.00", limitUnit: "USD",
      costFilters: [{ name: "TagKeyValue", values: ["user:stack$shop-production"] }],
    });
    const told = inputs["notifications"] as { notificationType: string; threshold: number; subscriberEmailAddresses: string[]; subscriberSnsTopicArns: string[] }[];
    expect(told.map((one) => [one.notificationType, one.threshold])).toEqual([["ACTUAL", 80], ["ACTUAL", 100], ["FORECASTED", 100]]);
    expect(told.every((one) => one.subscriberSnsTopicArns[0] === base.alarmTopicArn && one.subscriberEmailAddresses[0] === "oncall@example.com")).toBe(true);
  });

  it("leaves the tag to the organization's management account unless asked", async () => {
    expect(ofType(await cost(), TAG)).toEqual([]);
  });

  it("activates the tag when asked, and lets nothing wait for what AWS may refuse", async () => {
    const resources = await cost({ activateTag: true });
    const tag = only(resources, TAG);
    expect(tag.inputs).toEqual({ tagKey: "stack", status: "Active" });
    expect(resources.filter((resource) => resource.dependencies.includes(tag.urn))).toEqual([]);
  });

  it.each([
    ["services", { name: "shop-production-anomalies", monitorType: "DIMENSIONAL", monitorDimension: "SERVICE" }],
    ["tag", { name: "shop-production-anomalies", monitorType: "CUSTOM", monitorSpecification: '{"Tags":{"Key":"stack","Values":["shop-production"],"MatchOptions":["EQUALS"]}}' }],
  ] as const)("looks for anomalies in %s", async (anomalyMonitor, expected) => {
    expect(only(await cost({ anomalyMonitor }), MONITOR).inputs).toEqual(expected);
  });

  it("has a budget alone where anomalies are looked for already", async () => {
    const resources = await cost({ anomalyMonitor: "off" });
    expect(resources.map((resource) => resource.type).sort()).toEqual(["aws:budgets/budget:Budget", "golive:cost:Cost"]);
  });

  it("reports anomalies from the limit on at once", async () => {
    const resources = await cost();
    expect(only(resources, "aws:costexplorer/anomalySubscription:AnomalySubscription").inputs).toMatchObject({
      frequency: "IMMEDIATE",
      subscribers: [{ type: "SNS", address: base.alarmTopicArn }],
      thresholdExpression: { dimension: { key: "ANOMALY_TOTAL_IMPACT_ABSOLUTE", matchOptions: ["GREATER_THAN_OR_EQUAL"], values: ["100"] } },
    });
  });

  it("refuses more mailboxes than a budget takes", async () => {
    await expect(cost({ emails: Array.from({ length: 11 }, (_, index) => `p${index}@example.com`) })).rejects.toThrow(/emails has 11 mailboxes; AWS Budgets takes 10/);
  });
});

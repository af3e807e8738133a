import { describe, expect, it } from "vitest";
import type { CostArgs } from "../../components/cost.ts";
import { Cost } from "../../components/cost.ts";
import { declared, only } from "./mocks.ts";

const base: CostArgs = {
  prefix: "shop-production", accountId: "123456789012", monthlyBudgetUsd: 2500, anomalyUsd: 100, emails: ["oncall@example.com"],
  alarmTopicArn: "arn:aws:sns:us-east-1:123456789012:shop-production-alarms", tag: { key: "stack", value: "shop-production" },
};
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

  it("activates the tag before budget and monitor filter by it", async () => {
    const resources = await cost();
    const tag = only(resources, "aws:costexplorer/costAllocationTag:CostAllocationTag");
    expect(tag.inputs).toMatchObject({ tagKey: "stack", status: "Active" });
    for (const type of ["aws:budgets/budget:Budget", "aws:costexplorer/anomalyMonitor:AnomalyMonitor"]) expect(only(resources, type).dependencies).toContain(tag.urn);
  });

  it("reports anomalies from the limit on at once", async () => {
    const resources = await cost();
    expect(JSON.parse(String(only(resources, "aws:costexplorer/anomalyMonitor:AnomalyMonitor").inputs["monitorSpecification"]))).toEqual({
      Tags: { Key: "stack", Values: ["shop-production"], MatchOptions: ["EQUALS"] },
    });
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

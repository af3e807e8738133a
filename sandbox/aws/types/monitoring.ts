/** CloudWatch, EventBridge, Synthetics and RUM. */
import { CloudError } from "../failures.ts";
import { always, arnOf, createdAt, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

/** Retention that CloudWatch Logs takes, in days (API reference, PutRetentionPolicy); 0 keeps for ever. */
const RETENTION = [0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

export const monitoring: TypeTable = {
  "aws:cloudwatch/logGroup:LogGroup": {
    tags: true,
    name: { property: "name", max: 512, prefixProperty: "namePrefix" },
    defaults: { retentionInDays: 0, skipDestroy: false },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ResourceAlreadyExistsException: The specified log group already exists: ${name}`),
    admit: (draft) => {
      const days = draft.number("retentionInDays");
      if (!RETENTION.includes(days)) throw new CloudError(`InvalidParameterException: retentionInDays is ${days}; CloudWatch Logs takes ${RETENTION.slice(1).join(", ")}`);
    },
    keeps: (known) => (known.state.deletionProtectionEnabled === true ? `ValidationException: log group ${known.id} has deletion protection enabled` : undefined),
    outputs: { arn: arnOf("logs", (draft) => `log-group:${draft.name}`), deletionProtectionEnabled: always(false), logGroupClass: always("STANDARD"), namePrefix: always("") },
  },
  "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": {
    id: (draft) => draft.text("policyName") || draft.text("resourceArn"),
    replaceOn: ["policyName", "resourceArn"],
    outputs: { policyScope: (draft) => (draft.text("resourceArn") === "" ? "ACCOUNT" : "RESOURCE"), revisionId: (draft) => draft.digits(13, `revision ${textOf(draft.previous?.revisionId ?? "")}`) },
  },
  "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": {
    name: { property: "name", max: 512 },
    defaults: { distribution: "ByLogStream" },
    id: (draft) => `cwlsf-${Number.parseInt(draft.hex(8), 16)}`,
    replaceOn: ["logGroup", "destinationArn"],
    outputs: { applyOnTransformedLogs: always(false), roleArn: always("") },
  },
  "aws:cloudwatch/logMetricFilter:LogMetricFilter": {
    name: { property: "name", max: 512 },
    id: (draft) => draft.name,
    replaceOn: ["logGroupName"],
    outputs: { applyOnTransformedLogs: always(false) },
  },
  "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy": {
    id: (draft) => draft.text("logGroupName"),
    replaceOn: ["logGroupName"],
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": {
    tags: true,
    name: { property: "name" },
    defaults: { actionsEnabled: true, treatMissingData: "missing" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ResourceConflict: the alarm ${name} already exists and would be overwritten`),
    outputs: { arn: arnOf("cloudwatch", (draft) => `alarm:${draft.name}`), evaluateLowSampleCountPercentiles: always("") },
  },
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": {
    tags: true,
    name: { property: "alarmName", given: true },
    defaults: { actionsEnabled: true },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ResourceConflict: the alarm ${name} already exists and would be overwritten`),
    outputs: { arn: arnOf("cloudwatch", (draft) => `alarm:${draft.name}`) },
  },
  "aws:cloudwatch/dashboard:Dashboard": {
    name: { property: "dashboardName", given: true },
    id: (draft) => draft.name,
    outputs: { dashboardArn: (draft) => draft.arn("cloudwatch", `dashboard/${draft.name}`, { region: "" }) },
  },
  "aws:cloudwatch/eventRule:EventRule": {
    tags: true,
    name: { property: "name", max: 64, prefixProperty: "namePrefix" },
    defaults: { eventBusName: "default", forceDestroy: false },
    id: (draft) => (draft.text("eventBusName", "default") === "default" ? draft.name : `${draft.text("eventBusName")}/${draft.name}`),
    unique: { key: (draft) => `${draft.text("eventBusName", "default")}/${draft.name}`, error: (draft) => `ResourceAlreadyExistsException: Rule ${draft.name} already exists` },
    replaceOn: ["eventBusName"],
    outputs: { arn: arnOf("events", (draft) => `rule/${draft.id}`), namePrefix: always("") },
  },
  "aws:cloudwatch/eventTarget:EventTarget": {
    name: { property: "targetId", max: 64 },
    defaults: { eventBusName: "default", forceDestroy: false },
    id: (draft) => `${draft.text("rule")}-${draft.name}`,
    replaceOn: ["rule", "eventBusName"],
  },
  "aws:cloudwatch/eventBus:EventBus": {
    tags: true,
    name: { property: "name" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ResourceAlreadyExistsException: Event bus ${name} already exists.`),
    outputs: { arn: arnOf("events", (draft) => `event-bus/${draft.name}`) },
  },
  "aws:synthetics/canary:Canary": {
    tags: true,
    name: { property: "name", max: 255, lowerCase: true },
    defaults: { deleteLambda: false, failureRetentionPeriod: 31, startCanary: false, successRetentionPeriod: 31 },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ConflictException: Canary with name ${name} already exists`),
    outputs: {
      arn: arnOf("synthetics", (draft) => `canary:${draft.name}`),
      engineArn: (draft) => draft.arn("lambda", `function:cwsyn-${draft.name}-${draft.uuid()}:1`),
      sourceLocationArn: (draft) => draft.arn("lambda", `layer:cwsyn-${draft.name}-${draft.uuid()}:1`),
      runConfig: always({ activeTracing: false, memoryInMb: 1000, timeoutInSeconds: 840, ephemeralStorage: 1024 }),
      status: (draft) => (draft.flag("startCanary") ? "RUNNING" : "READY"),
      timelines: (draft) => [{ created: draft.now(), lastModified: draft.now(), lastStarted: "", lastStopped: "" }],
    },
  },
  "aws:rum/appMonitor:AppMonitor": {
    tags: true,
    name: { property: "name" },
    defaults: { cwLogEnabled: false },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ConflictException: App monitor ${name} already exists`),
    outputs: {
      appMonitorId: (draft) => draft.uuid(), arn: arnOf("rum", (draft) => `appmonitor/${draft.name}`),
      cwLogGroup: (draft) => (draft.flag("cwLogEnabled") ? `/aws/vendedlogs/RUMService_${draft.name}${draft.uuid().slice(0, 8)}` : ""),
      appMonitorConfiguration: always({ allowCookies: false, enableXray: false, sessionSampleRate: 0.1, excludedPages: [], favoritePages: [], includedPages: [], telemetries: [], guestRoleArn: "", identityPoolId: "" }),
      customEvents: always({ status: "DISABLED" }),
    },
  },
  "aws:rum/metricsDestination:MetricsDestination": {
    id: (draft) => draft.text("appMonitorName"),
    replaceOn: ["appMonitorName"],
  },
  "aws:budgets/budget:Budget": {
    global: true,
    tags: true,
    name: { property: "name", max: 100, prefixProperty: "namePrefix" },
    defaults: { timePeriodEnd: "2087-06-15_00:00" },
    id: (draft) => `${draft.account}:${draft.name}`,
    unique: uniqueName((name) => `DuplicateRecordException: Error creating budget: ${name} - the budget already exists.`),
    outputs: {
      arn: (draft) => draft.arn("budgets", `budget/${draft.name}`, { region: "" }), accountId: (draft) => draft.account, namePrefix: always(""),
      costFilters: always([]), limitAmount: always("0.0"), limitUnit: always("USD"),
      costTypes: always({ includeCredit: true, includeDiscount: true, includeOtherSubscription: true, includeRecurring: true, includeRefund: true, includeSubscription: true, includeSupport: true, includeTax: true, includeUpfront: true, useAmortized: false, useBlended: false }),
      timePeriodStart: createdAt("timePeriodStart"),
    },
  },
  "aws:costexplorer/costAllocationTag:CostAllocationTag": {
    global: true,
    id: (draft) => draft.text("tagKey"),
    replaceOn: ["tagKey"],
    outputs: { type: always("UserDefined") },
  },
  "aws:costexplorer/anomalyMonitor:AnomalyMonitor": {
    global: true,
    tags: true,
    name: { property: "name", renames: true },
    id: (draft) => draft.arn("ce", `anomalymonitor/${draft.uuid()}`, { region: "" }),
    replaceOn: ["monitorType", "monitorDimension", "monitorSpecification"],
    outputs: { arn: (draft) => draft.id },
  },
  "aws:costexplorer/anomalySubscription:AnomalySubscription": {
    global: true,
    tags: true,
    name: { property: "name" },
    id: (draft) => draft.arn("ce", `anomalysubscription/${draft.uuid()}`, { region: "" }),
    outputs: { accountId: (draft) => draft.account, arn: (draft) => draft.id },
  },
};

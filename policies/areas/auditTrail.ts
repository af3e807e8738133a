/** CloudTrail: that there is a trail, what it records, where it goes, and which of its events wake somebody. */
import type { Resource, Stack } from "../resource.ts";
import { is, present, type Report, type Rule, where } from "../rule.ts";
import { matching } from "../search.ts";
import { any, type Value } from "../value.ts";
import { alarmsOf } from "./alarms.ts";
import { isEnvironment, routesOf } from "./auditRoutes.ts";

const TRAIL = ["aws:cloudtrail:Trail"];

/** A trail of ours, or one that is adopted: then changes to it are reported here. */
function needTrail(environment: Resource, stack: Stack, report: Report): void {
  const there = any([() => stack.of(...TRAIL).length > 0, () => routesOf(stack, "aws.cloudtrail", "AWS API Call via CloudTrail").length > 0]);
  if (!there) report(environment, "has neither a trail nor a route for changes to one that is adopted");
}

/** Names of the values that a selector of advanced event selectors demands of a field. */
function equals(selector: Value, field: string): string[] {
  return selector.at("fieldSelectors").items.filter((one) => one.at("field").text === field).flatMap((one) => one.at("equals").texts.map((value) => value.text ?? ""));
}

/** Selectors that leave out reads, writes or single calls record half of what happened. */
function isWhole(selector: Value): boolean {
  return !selector.at("fieldSelectors").items.some((one) => ["readOnly", "eventName"].includes(one.at("field").text ?? ""));
}

const bothWays = (selector: Value): boolean => ["All", undefined].includes(selector.at("readWriteType").text);

function recordManagement(trail: Resource, report: Report): void {
  const [simple, advanced] = [trail.at("eventSelectors"), trail.at("advancedEventSelectors")];
  // A trail without selectors records all management events.
  const selectors = [...simple.items, ...advanced.items];
  const recorded = simple.items.some((one) => bothWays(one) && one.at("includeManagementEvents").flag !== false)
    || advanced.items.some((one) => equals(one, "eventCategory").includes("Management") && isWhole(one));
  if (selectors.length > 0 && !recorded) report(simple.items.length > 0 ? simple : advanced, "leaves out management events, must record all of them, reads and writes");
}

export const OBJECTS = "AWS::S3::Object";

function recordObjects(trail: Resource, report: Report): void {
  const [simple, advanced] = [trail.at("eventSelectors"), trail.at("advancedEventSelectors")];
  const recorded = simple.items.some((one) => bothWays(one) && one.at("dataResources").items.some((data) => data.at("type").text === OBJECTS))
    || advanced.items.some((one) => equals(one, "resources.type").includes(OBJECTS) && isWhole(one));
  if (!recorded) report(advanced, "records no reads and writes of objects, must have a selector of AWS::S3::Object");
}

/** What somebody must be told of, by what the filter's pattern must mention. */
const WATCHED: readonly { what: string; mentions: readonly RegExp[] }[] = [
  { what: "use of the root user", mentions: [/userIdentity\.type\s*=\s*"?Root/] },
  { what: "refused calls", mentions: [/UnauthorizedOperation/, /AccessDenied/] },
  { what: "sign-ins without a second factor", mentions: [/ConsoleLogin/, /MFAUsed/] },
  { what: "changes of rights", mentions: [/PutRolePolicy/, /AttachRolePolicy/] },
  { what: "changes of the trail", mentions: [/StopLogging/, /DeleteTrail/] },
  { what: "deletion of keys", mentions: [/ScheduleKeyDeletion/, /DisableKey/] },
];

/** Whether an alarm on the metric of a filter tells somebody. */
function isAlarmed(filter: Resource, stack: Stack): boolean {
  const metric = filter.at("metricTransformation");
  return matching(alarmsOf(stack, [metric.at("name").text ?? ""]), (alarm) => alarm.at("metricName").text === metric.at("name").text
    && alarm.at("namespace").text === metric.at("namespace").text
    && alarm.at("actionsEnabled").flag !== false
    && alarm.at("alarmActions").texts.length > 0).length > 0;
}

function watch(trail: Resource, stack: Stack, report: Report): void {
  const group = trail.at("cloudWatchLogsGroupArn");
  for (const { what, mentions } of WATCHED) {
    trail.try(() => {
      const filters = stack.which(["aws:cloudwatch:LogMetricFilter"], (filter) => mentions.every((mention) => mention.test(filter.at("pattern").text ?? ""))
        && `${group.text ?? ""}:`.includes(`:log-group:${filter.at("logGroupName").text ?? ""}:`)
        && isAlarmed(filter, stack));
      if (filters.length === 0) report(group, `is not watched for ${what}, must have a LogMetricFilter and a MetricAlarm with actions`);
    });
  }
}

export const trailRules: Rule[] = [
  {
    id: "audit/trail",
    title: "Every call to AWS is recorded",
    items: ["audit-trail"],
    severity: "critical",
    frameworks: ["CIS AWS 3.0: 3.1", "FSBP: CloudTrail.1", "PCI DSS 4.0.1: 10.2.1"],
    why: "Without a trail nobody can tell who deleted the database, or whether the stolen key was used.",
    mend: "Declare aws.cloudtrail.Trail; where the account has one already, route changes to it (source aws.cloudtrail) here by an EventRule.",
    closed: true,
    kinds: ["pulumi:pulumi:Stack"],
    applies: isEnvironment,
    relate: needTrail,
  },
  {
    id: "audit/trail-everywhere",
    title: "The trail covers all regions and global services",
    items: ["audit-trail"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 3.1", "FSBP: CloudTrail.1"],
    why: "Intruders start their miners in the region that nobody looks at, and make their users in IAM, which is global.",
    mend: "Set `isMultiRegionTrail: true`; leave `includeGlobalServiceEvents` and `enableLogging` at true.",
    kinds: TRAIL,
    check: where({
      isMultiRegionTrail: is(true),
      includeGlobalServiceEvents: (value) => (value.flag === false ? "is false, must be true" : undefined),
      enableLogging: (value) => (value.flag === false ? "is false, must be true" : undefined),
    }),
  },
  {
    id: "audit/trail-validated",
    title: "The trail can prove that nobody changed it",
    items: ["audit-trail"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 3.2", "FSBP: CloudTrail.4", "PCI DSS 4.0.1: 10.3.2"],
    why: "A log that could have been edited is no evidence, neither against an intruder nor for you.",
    mend: "Set `enableLogFileValidation: true`.",
    kinds: TRAIL,
    check: where({ enableLogFileValidation: is(true) }),
  },
  {
    id: "audit/trail-encrypted",
    title: "The trail is encrypted with a customer key",
    items: ["audit-trail", "encryption-at-rest"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 3.5", "FSBP: CloudTrail.2"],
    why: "The trail is a map of the account: who may do what, and what everything is called. With a key of its own, reading it needs a second right.",
    mend: "Set `kmsKeyId` to the ARN of the audit key.",
    kinds: [...TRAIL, "aws:cloudtrail:EventDataStore"],
    check: where({ kmsKeyId: present() }),
  },
  {
    id: "audit/trail-to-logs",
    title: "The trail goes to logs, where alarms can see it",
    items: ["audit-trail"],
    severity: "medium",
    frameworks: ["FSBP: CloudTrail.5"],
    why: "Files in a bucket arrive after a quarter of an hour and wake nobody.",
    mend: "Set `cloudWatchLogsGroupArn` (with `:*` at the end) and `cloudWatchLogsRoleArn`.",
    kinds: TRAIL,
    check: where({ cloudWatchLogsGroupArn: present(), cloudWatchLogsRoleArn: present() }),
  },
  {
    id: "audit/trail-management-events",
    title: "The trail records all management events",
    items: ["audit-trail"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 3.1", "FSBP: CloudTrail.1"],
    why: "Selectors replace the default: a trail that was told of objects only forgets who changed the roles.",
    mend: "Keep a selector of management events: `{fieldSelectors: [{field: \"eventCategory\", equals: [\"Management\"]}]}`, without readOnly.",
    kinds: TRAIL,
    check: recordManagement,
  },
  {
    id: "audit/trail-object-events",
    title: "Reads and writes of files are recorded",
    items: ["audit-trail", "buckets"],
    severity: "medium",
    frameworks: ["CIS AWS 3.0: 3.8", "CIS AWS 3.0: 3.9"],
    why: "After a leak the law asks whose files were read. Management events know only that there is a bucket.",
    mend: "Add a selector of eventCategory Data and resources.type AWS::S3::Object, limited to the buckets that hold people's data, without readOnly.",
    kinds: TRAIL,
    check: recordObjects,
  },
  {
    id: "audit/trail-watched",
    title: "Events of the trail that can not wait raise an alarm",
    items: ["audit-trail"],
    severity: "high",
    frameworks: ["CIS AWS 3.0: 4.1", "CIS AWS 3.0: 4.2", "CIS AWS 3.0: 4.3", "CIS AWS 3.0: 4.4", "CIS AWS 3.0: 4.5", "CIS AWS 3.0: 4.7"],
    why: "Somebody signs in as root, stops the trail and schedules the deletion of a key. All of it is recorded, and read after the funeral.",
    mend: "For each, declare a LogMetricFilter on the trail's log group and a MetricAlarm on its metric with `alarmActions`.",
    kinds: TRAIL,
    applies: (trail) => trail.at("cloudWatchLogsGroupArn").exists,
    relate: watch,
  },
];

/** Where logs are kept: one log group a class, encrypted, each with its own end. */
import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Statement } from "../../access/policyDocument.ts";
import { type DataStore, dataTags } from "../../component.ts";
import { CLASSES, logGroupName, type LogClass } from "./fluentBit.ts";
import type { LogCollectionArgs } from "./index.ts";

const CONTENT: Record<LogClass, string> = {
  application: "Lines of the application, redacted; ids of users and addresses where it writes them.",
  ingress: "Requests to NGINX, redacted: address of the viewer, path, status.",
  system: "Lines of cluster services, jobs and monitoring, redacted.",
  audit: "What users did, by the application's own trail (lines with \"audit\": true), redacted.",
};

export function logGroups(name: string, args: LogCollectionArgs, parent: pulumi.Resource): pulumi.Resource[] {
  return CLASSES.map((logClass) => new aws.cloudwatch.LogGroup(`${name}-${logClass}`, {
    name: logGroupName(args.prefix, logClass),
    retentionInDays: args.retentionDays[logClass],
    kmsKeyId: args.logsKeyArn,
    tags: { ...dataTags("logs"), "log-class": logClass },
  }, { parent }));
}

/** Streams and events of these groups; no groups are made, and nothing is read. */
export function writeLogs(args: Pick<LogCollectionArgs, "prefix" | "accountId" | "region">): Statement[] {
  const streams = CLASSES.map((logClass) => `arn:aws:logs:${args.region}:${args.accountId}:log-group:${logGroupName(args.prefix, logClass)}:log-stream:*`);
  return [{ Sid: "WriteLogs", Effect: "Allow", Action: ["logs:CreateLogStream", "logs:PutLogEvents"], Resource: streams }];
}

/** Lines of the processing register. */
export function logStores(args: LogCollectionArgs): DataStore[] {
  return CLASSES.map((logClass) => ({
    name: logGroupName(args.prefix, logClass), dataClass: "logs", content: CONTENT[logClass], retention: `${args.retentionDays[logClass]} days.`,
    erasure: logClass === "audit" ? "None before its end: the trail must stay whole." : "By its end; a line can not be taken out of a stream.",
  }));
}

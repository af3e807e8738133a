/** Functions, tables, builds, workflows and schedules. */
import { CloudError } from "../failures.ts";
import { Asset, textOf } from "../values.ts";
import { always, arnOf, createdAt, ownId, uniqueName, type TypeTable } from "./define.ts";

export const application: TypeTable = {
  "aws:lambda/function:Function": {
    tags: true,
    name: { property: "name", max: 64 },
    defaults: { memorySize: 128, packageType: "Zip", publish: false, reservedConcurrentExecutions: -1, skipDestroy: false, timeout: 3 },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ResourceConflictException: Function already exist: ${name}`),
    replaceOn: ["packageType"],
    admit: (draft) => {
      const sources = ["code", "imageUri", "s3Bucket"].filter((property) => draft.value(property) !== undefined);
      if (sources.length !== 1) throw new CloudError(`InvalidParameterValueException: ${draft.name} takes exactly one of code, imageUri and s3Bucket, not ${sources.length === 0 ? "none" : sources.join(" and ")}`);
    },
    outputs: {
      arn: arnOf("lambda", (draft) => `function:${draft.name}`),
      invokeArn: (draft) => `arn:aws:apigateway:${draft.region}:lambda:path/2015-03-31/functions/${draft.text("arn")}/invocations`,
      responseStreamingInvokeArn: (draft) => `arn:aws:apigateway:${draft.region}:lambda:path/2021-11-15/functions/${draft.text("arn")}/response-streaming-invocations`,
      version: (draft) => (draft.flag("publish") ? textOf(Number(draft.previous?.version ?? 0) + 1) : "$LATEST"),
      qualifiedArn: (draft) => `${draft.text("arn")}:${draft.text("version")}`,
      qualifiedInvokeArn: (draft) => `arn:aws:apigateway:${draft.region}:lambda:path/2015-03-31/functions/${draft.text("qualifiedArn")}/invocations`,
      architectures: always(["x86_64"]), ephemeralStorage: always({ size: 512 }), tracingConfig: always({ mode: "PassThrough" }),
      codeSha256: (draft) => (draft.inputs.code instanceof Asset ? draft.inputs.code.hash : draft.hex(44, "code")),
      sourceCodeHash: (draft) => draft.text("codeSha256"), sourceCodeSize: always(4096),
      lastModified: (draft) => draft.now(), signingJobArn: always(""), signingProfileVersionArn: always(""),
      loggingConfig: (draft) => ({ logFormat: "Text", logGroup: `/aws/lambda/${draft.name}`, applicationLogLevel: "", systemLogLevel: "" }),
    },
  },
  "aws:lambda/permission:Permission": {
    name: { property: "statementId", max: 100, prefixProperty: "statementIdPrefix" },
    id: (draft) => draft.name,
    unique: {
      key: (draft) => `${draft.text("function")} ${draft.text("qualifier")} ${draft.name}`,
      error: (draft) => `ResourceConflictException: The statement id (${draft.name}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
    },
    replaceOn: ["action", "function", "principal", "sourceArn", "sourceAccount", "qualifier", "eventSourceToken", "principalOrgId", "functionUrlAuthType"],
    outputs: { statementIdPrefix: always("") },
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": {
    tags: true,
    defaults: { enabled: true },
    id: (draft) => draft.uuid(),
    replaceOn: ["eventSourceArn", "startingPosition"],
    outputs: {
      arn: arnOf("lambda", (draft) => `event-source-mapping:${draft.id}`), uuid: ownId,
      functionArn: (draft) => (draft.text("functionName").startsWith("arn:") ? draft.text("functionName") : draft.arn("lambda", `function:${draft.text("functionName")}`)),
      lastModified: (draft) => draft.now(), lastProcessingResult: always("No records processed"), state: always("Enabled"), stateTransitionReason: always("USER_INITIATED"),
      maximumRecordAgeInSeconds: always(0), maximumRetryAttempts: always(0), parallelizationFactor: always(0),
    },
  },
  "aws:serverlessrepository/cloudFormationStack:CloudFormationStack": {
    tags: true,
    name: { property: "name", max: 128 },
    id: (draft) => draft.arn("cloudformation", `stack/serverlessrepo-${draft.name}/${draft.uuid()}`),
    unique: uniqueName((name) => `AlreadyExistsException: Stack [serverlessrepo-${name}] already exists`),
    replaceOn: ["applicationId"],
    outputs: {
      capabilities: always([]), semanticVersion: always("1.1.650"), parameters: always({}),
      outputs: (draft) => ({ RotationLambdaARN: draft.arn("lambda", `function:${draft.text("parameters.functionName", draft.name)}`) }),
    },
  },
  "aws:sfn/stateMachine:StateMachine": {
    tags: true,
    name: { property: "name", max: 80, prefixProperty: "namePrefix" },
    defaults: { publish: false, type: "STANDARD" },
    id: (draft) => draft.arn("states", `stateMachine:${draft.name}`),
    unique: uniqueName((name) => `StateMachineAlreadyExists: State Machine Already Exists: ${name}`),
    replaceOn: ["type"],
    outputs: {
      arn: ownId, creationDate: createdAt("creationDate"), description: always(""), namePrefix: always(""), status: always("ACTIVE"),
      revisionId: (draft) => draft.uuid(`revision ${textOf(draft.previous?.revisionId ?? "")}`),
      encryptionConfiguration: always({ type: "AWS_OWNED_KEY" }), loggingConfiguration: always({ includeExecutionData: false, level: "OFF" }), tracingConfiguration: always({ enabled: false }),
      stateMachineVersionArn: (draft) => (draft.flag("publish") ? `${draft.id}:1` : ""), versionDescription: always(""),
    },
  },
  "aws:scheduler/scheduleGroup:ScheduleGroup": {
    tags: true,
    name: { property: "name", max: 64, prefixProperty: "namePrefix" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ConflictException: Schedule group ${name} already exists.`),
    outputs: { arn: arnOf("scheduler", (draft) => `schedule-group/${draft.name}`), creationDate: createdAt("creationDate"), lastModificationDate: createdAt("lastModificationDate"), namePrefix: always(""), state: always("ACTIVE") },
  },
  "aws:scheduler/schedule:Schedule": {
    name: { property: "name", max: 64, prefixProperty: "namePrefix" },
    defaults: { scheduleExpressionTimezone: "UTC", state: "ENABLED" },
    id: (draft) => `${draft.text("groupName", "default")}/${draft.name}`,
    unique: { key: (draft) => `${draft.text("groupName", "default")}/${draft.name}`, error: (draft) => `ConflictException: Schedule ${draft.name} already exists.` },
    replaceOn: ["groupName"],
    outputs: { arn: arnOf("scheduler", (draft) => `schedule/${draft.id}`), groupName: always("default"), actionAfterCompletion: always("NONE"), namePrefix: always("") },
  },
  "aws:codebuild/project:Project": {
    tags: true,
    name: { property: "name" },
    defaults: { badgeEnabled: false, buildTimeout: 60, projectVisibility: "PRIVATE", queuedTimeout: 480 },
    id: (draft) => draft.arn("codebuild", `project/${draft.name}`),
    unique: uniqueName((name) => `ResourceAlreadyExistsException: Project already exists: ${name}`),
    outputs: {
      arn: ownId, badgeUrl: always(""), publicProjectAlias: always(""), autoRetryLimit: always(0), description: always(""),
      encryptionKey: (draft) => draft.arn("kms", "alias/aws/s3"),
    },
  },
  "aws:dynamodb/table:Table": {
    tags: true,
    holdsData: true,
    name: { property: "name" },
    defaults: { billingMode: "PROVISIONED", deletionProtectionEnabled: false, tableClass: "STANDARD" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ResourceInUseException: Table already exists: ${name}`),
    keeps: (known) => (known.state.deletionProtectionEnabled === true
      ? `ValidationException: Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first: table ${known.id}`
      : undefined),
    replaceOn: ["hashKey", "rangeKey", "localSecondaryIndexes"],
    outputs: {
      arn: arnOf("dynamodb", (draft) => `table/${draft.name}`),
      attributes: always([]), globalSecondaryIndexes: always([]), pointInTimeRecovery: always({ enabled: false, recoveryPeriodInDays: 0 }), serverSideEncryption: always({ enabled: false, kmsKeyArn: "" }), ttl: always({ enabled: false, attributeName: "" }),
      readCapacity: always(0), writeCapacity: always(0), streamViewType: always(""),
      streamLabel: (draft) => (draft.flag("streamEnabled") ? textOf(draft.previous?.streamLabel || "2026-01-01T00:00:00.000") : ""),
      streamArn: (draft) => (draft.flag("streamEnabled") ? `${draft.text("arn")}/stream/${draft.text("streamLabel")}` : ""),
    },
  },
  "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream": {
    tags: true,
    name: { property: "name", max: 64 },
    id: (draft) => draft.arn("firehose", `deliverystream/${draft.name}`),
    unique: uniqueName((name) => `ResourceInUseException: Firehose ${name} already exists`),
    replaceOn: ["destination", "kinesisSourceConfiguration"],
    outputs: { arn: ownId, destinationId: always("destinationId-000000000001"), versionId: (draft) => textOf(Number(draft.previous?.versionId ?? 0) + 1) },
  },
  "aws:signer/signingProfile:SigningProfile": {
    tags: true,
    name: { property: "name", max: 64, prefixProperty: "namePrefix" },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `ConflictException: Signing profile ${name} already exists`),
    replaceOn: ["platformId", "signatureValidityPeriod", "signingMaterial"],
    outputs: {
      arn: arnOf("signer", (draft) => `/signing-profiles/${draft.name}`), namePrefix: always(""), platformDisplayName: always("AWS Lambda"), revocationRecords: always([]), status: always("Active"),
      signatureValidityPeriod: always({ type: "MONTHS", value: 135 }),
      version: (draft) => draft.mixed(10, "version"), versionArn: (draft) => `${draft.text("arn")}/${draft.text("version")}`,
    },
  },
};

/** The stack's own state: what the pipeline writes there, what previews see of it, and nothing else of any bucket. */
import type { Statement } from "./policyDocument.ts";

/** Where Pulumi keeps the stack. */
export interface StateScope {
  /** Bucket of `pulumi login s3://…`. */
  bucket: string;
  /** KMS key of that bucket and of the stack's secrets; without it, both are no concern of IAM here. */
  keyArn?: string | undefined;
  /** Name of the Pulumi project. */
  project: string;
  /** Name of the stack in that project. */
  stack: string;
}

export interface StateArgs {
  accountId: string;
  region: string;
  state: StateScope;
}

/** Objects of one stack: checkpoint and its copies, history, locks (layout of Pulumi's object storage backend, package backend/diy). */
function ownObjects({ bucket, project, stack }: StateScope): string[] {
  const at = (path: string) => `arn:aws:s3:::${bucket}/.pulumi/${path}`;
  return [at(`stacks/${project}/${stack}.*`), at(`history/${project}/${stack}/*`), at(`backups/${project}/${stack}/*`), at(`locks/organization/${project}/${stack}/*`)];
}

/** The file that tells the layout's version; an administrator's first login writes it. */
function layout({ bucket }: StateScope): string {
  return `arn:aws:s3:::${bucket}/.pulumi/meta.yaml`;
}

/** `pulumi up`: reads and writes state, takes and releases the lock, encrypts and decrypts with the stack's key. */
export function writeState({ accountId, state }: StateArgs): Statement[] {
  return [
    { Sid: "FindState", Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: `arn:aws:s3:::${state.bucket}` },
    { Sid: "ReadStateLayout", Effect: "Allow", Action: "s3:GetObject", Resource: layout(state) },
    { Sid: "KeepState", Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], Resource: ownObjects(state) },
    ...(state.keyArn === undefined ? [] : [useKey(state.keyArn)]),
    noOtherObjects(accountId, state),
  ];
}

function useKey(keyArn: string): Statement {
  return { Sid: "UseStateKey", Effect: "Allow", Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"], Resource: keyArn };
}

/**
 * Pull requests see the stack's state, but the key opens no secret in it or in the configuration for them: the code of a
 * pull request could print what it can decrypt. They plan in the sandbox; with the real state the gated pipeline plans.
 */
export function readState({ accountId, region, state }: StateArgs): Statement[] {
  return [
    { Sid: "FindState", Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: `arn:aws:s3:::${state.bucket}` },
    { Sid: "ReadState", Effect: "Allow", Action: "s3:GetObject", Resource: [layout(state), ...ownObjects(state)] },
    ...(state.keyArn === undefined ? [] : [{
      Sid: "OpenStateObjects", Effect: "Allow", Action: "kms:Decrypt", Resource: state.keyArn, Condition: { StringEquals: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
    } as const]),
    noOtherObjects(accountId, state),
  ];
}

/**
 * ReadOnlyAccess lets its bearer read every object, and log buckets that services of AWS deliver to are encrypted with
 * keys that stop nobody. Buckets of other accounts are left out: the rotation function's code is fetched from one of AWS.
 */
function noOtherObjects(accountId: string, state: StateScope): Statement {
  return {
    Sid: "NoObjectsButState",
    Effect: "Deny",
    Action: ["s3:GetObject", "s3:GetObjectVersion"],
    NotResource: [layout(state), ...ownObjects(state)],
    Condition: { StringEquals: { "s3:ResourceAccount": accountId } },
  };
}

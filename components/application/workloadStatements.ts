/** What the application's pods may do in AWS. */
import type { Statement } from "../access/policyDocument.ts";
import type { ApplicationArgs } from "./index.ts";

/** Log in to the database as one user, read and write objects of the files bucket with its key. */
export function workloadStatements(args: Pick<ApplicationArgs, "filesBucket" | "postgres" | "region" | "accountId">): Statement[] {
  const { filesBucket, postgres } = args;
  return [
    { Sid: "ListFiles", Effect: "Allow", Action: "s3:ListBucket", Resource: filesBucket.arn },
    { Sid: "ReadAndWriteFiles", Effect: "Allow", Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"], Resource: `${filesBucket.arn}/*` },
    {
      Sid: "UseFilesKeyThroughS3", Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: filesBucket.keyArn,
      Condition: { StringEquals: { "kms:ViaService": `s3.${args.region}.amazonaws.com` } },
    },
    { Sid: "LogInToDatabase", Effect: "Allow", Action: "rds-db:connect", Resource: postgres.connectArns },
  ];
}

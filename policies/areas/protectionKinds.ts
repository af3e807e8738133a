/** Kinds that hold data. */

/** Data that is gone with the resource. */
export const HOLDERS: readonly string[] = [
  "aws:s3:Bucket", "aws:s3:DirectoryBucket", "aws:s3tables:TableBucket",
  "aws:rds:Instance", "aws:rds:Cluster", "aws:docdb:Cluster", "aws:neptune:Cluster", "aws:redshift:Cluster", "aws:dynamodb:Table", "aws:keyspaces:Table", "aws:timestreamwrite:Database", "aws:timestreaminfluxdb:DbInstance",
  "aws:elasticache:ReplicationGroup", "aws:elasticache:ServerlessCache", "aws:memorydb:Cluster", "aws:opensearch:Domain", "aws:elasticsearch:Domain",
  "aws:efs:FileSystem", "aws:fsx:LustreFileSystem", "aws:fsx:OntapFileSystem", "aws:fsx:OpenZfsFileSystem", "aws:fsx:WindowsFileSystem", "aws:ebs:Volume",
  "aws:kms:Key", "aws:kms:ReplicaKey", "aws:secretsmanager:Secret", "aws:backup:Vault",
];

/** What nobody can make again as it was: people's accounts, names that others have delegated, a cluster with all that runs in it. */
export const IRREPLACEABLE: readonly string[] = ["aws:cognito:UserPool", "aws:eks:Cluster", "aws:ecr:Repository", "aws:msk:Cluster", "aws:kinesis:Stream"];

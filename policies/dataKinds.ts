/**
 * Kinds of which a deleted or replaced one takes something with it that nothing else in the stack can make again. The
 * gate refuses to lose any of them (plan.ts); a program must protect all but those that have a reason not to be.
 */

/** Data that is gone with the resource. */
export const HOLDERS: readonly string[] = [
  "aws:s3:Bucket", "aws:s3:DirectoryBucket", "aws:s3:VectorsVectorBucket", "aws:s3tables:TableBucket", "aws:s3tables:Table",
  "aws:rds:Instance", "aws:rds:Cluster", "aws:dsql:Cluster", "aws:docdb:Cluster", "aws:docdb:ElasticCluster", "aws:neptune:Cluster",
  "aws:redshift:Cluster", "aws:redshiftserverless:Namespace", "aws:dynamodb:Table", "aws:dynamodb:GlobalTable", "aws:keyspaces:Table", "aws:qldb:Ledger",
  "aws:timestreamwrite:Database", "aws:timestreaminfluxdb:DbInstance", "aws:timestreaminfluxdb:DbCluster",
  "aws:elasticache:ReplicationGroup", "aws:elasticache:ServerlessCache", "aws:memorydb:Cluster",
  "aws:opensearch:Domain", "aws:opensearch:ServerlessCollection", "aws:elasticsearch:Domain",
  "aws:efs:FileSystem", "aws:fsx:LustreFileSystem", "aws:fsx:OntapFileSystem", "aws:fsx:OntapVolume", "aws:fsx:OpenZfsFileSystem", "aws:fsx:OpenZfsVolume", "aws:fsx:WindowsFileSystem", "aws:ebs:Volume",
  "aws:kms:Key", "aws:kms:ReplicaKey", "aws:kms:ExternalKey", "aws:kms:ReplicaExternalKey", "aws:secretsmanager:Secret", "aws:backup:Vault",
];

/** What nobody can make again as it was: people's accounts, names that others have delegated, a cluster with all that runs in it. */
export const IRREPLACEABLE: readonly string[] = [
  "aws:cognito:UserPool", "aws:eks:Cluster", "aws:ecr:Repository", "aws:ecrpublic:Repository", "aws:codecommit:Repository", "aws:msk:Cluster", "aws:mq:Broker", "aws:kinesis:Stream",
  "aws:rds:GlobalCluster", "aws:acmpca:CertificateAuthority", "aws:route53:Zone", "k8s:core:PersistentVolumeClaim",
];

/** What the program need not protect, and why; the gate asks before it is lost all the same. */
export const UNPROTECTED: Readonly<Record<string, string>> = {
  "aws:cloudwatch:LogGroup": "its lines expire by themselves; what must last lies in the locked bucket of the audit trail or of the exports",
  "aws:dynamodb:TableReplica": "it is a copy: the table keeps the data, and is protected",
  "aws:elasticache:Cluster": "it is Memcached, which forgets everything at each restart, or a member of a protected group",
  "aws:s3:BucketObject": "its content is in the program, and its bucket, which is protected, keeps older versions",
  "aws:s3:BucketObjectv2": "its content is in the program, and its bucket, which is protected, keeps older versions",
  "aws:s3:ObjectCopy": "it is a copy, and its bucket, which is protected, keeps older versions",
  "aws:sqs:Queue": "messages pass through it, and are gone after 14 days at most in any case",
  "k8s:core:Namespace": "most hold nothing that lasts; claims in it are protected themselves, and stop the update that would take it",
  "k8s:core:PersistentVolume": "the disk behind it is protected, and stays when its reclaim policy is Retain",
};

/** Must be protected. */
export const PROTECTED: readonly string[] = [...HOLDERS, ...IRREPLACEABLE];

/** Must not be lost. */
export const DATA_KINDS: ReadonlySet<string> = new Set([...PROTECTED, ...Object.keys(UNPROTECTED)]);

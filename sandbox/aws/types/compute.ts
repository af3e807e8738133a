/** Instances, launch templates, scaling groups, and the account's disk defaults. */
import { always, arnOf, revision, uniqueName, type TypeTable } from "./define.ts";
import { textOf } from "../values.ts";

export const compute: TypeTable = {
  "aws:ec2/launchTemplate:LaunchTemplate": {
    tags: true,
    name: { property: "name", max: 128, prefixProperty: "namePrefix" },
    id: (draft) => draft.ec2Id("lt"),
    unique: uniqueName((name) => `InvalidLaunchTemplateName.AlreadyExistsException: Launch template name already in use: ${name}`),
    outputs: {
      arn: arnOf("ec2", (draft) => `launch-template/${draft.id}`),
      latestVersion: revision("latestVersion"),
      defaultVersion: (draft) => (draft.flag("updateDefaultVersion") ? draft.number("latestVersion", 1) : Number(draft.previous?.defaultVersion ?? 1)),
      metadataOptions: always({ httpEndpoint: "", httpProtocolIpv6: "", httpPutResponseHopLimit: 0, httpTokens: "", instanceMetadataTags: "" }),
      namePrefix: always(""),
    },
  },
  "aws:ec2/instance:Instance": {
    tags: true,
    defaults: { getPasswordData: false, sourceDestCheck: true },
    id: (draft) => draft.ec2Id("i"),
    replaceOn: ["ami", "subnetId", "availabilityZone", "keyName"],
    keeps: (known) => (known.state.disableApiTermination === true
      ? `OperationNotPermitted: The instance '${known.id}' may not be terminated. Modify its 'disableApiTermination' instance attribute and try again.`
      : undefined),
    outputs: {
      arn: arnOf("ec2", (draft) => `instance/${draft.id}`),
      associatePublicIpAddress: always(false),
      availabilityZone: (draft) => textOf(draft.world.get("aws:ec2/subnet:Subnet", draft.text("subnetId"))?.state.availabilityZone ?? draft.zones()[0]),
      disableApiStop: always(false), disableApiTermination: always(false), ebsOptimized: always(false),
      instanceInitiatedShutdownBehavior: always("stop"), instanceLifecycle: always(""), instanceState: always("running"),
      monitoring: always(false), outpostArn: always(""), passwordData: always(""), placementPartitionNumber: always(0),
      primaryNetworkInterfaceId: (draft) => draft.ec2Id("eni"),
      privateIp: (draft) => draft.privateAddress(),
      privateDns: (draft) => `ip-${draft.text("privateIp").replaceAll(".", "-")}.ec2.internal`,
      ebsBlockDevices: always([]), ephemeralBlockDevices: always([]), secondaryPrivateIps: always([]), vpcSecurityGroupIds: always([]), ipv6AddressCount: always(0), ipv6Addresses: always([]),
      iamInstanceProfile: always(""), keyName: always(""), placementGroup: always(""), hostId: always(""),
      metadataOptions: always({ httpEndpoint: "enabled", httpProtocolIpv6: "disabled", httpPutResponseHopLimit: 2, httpTokens: "required", instanceMetadataTags: "disabled" }),
      rootBlockDevice: (draft) => ({ deleteOnTermination: true, deviceName: "/dev/xvda", encrypted: false, iops: 3000, kmsKeyId: "", throughput: 125, volumeId: draft.ec2Id("vol"), volumeSize: 8, volumeType: "gp3" }),
      publicDns: always(""), publicIp: always(""), spotInstanceRequestId: always(""), tenancy: always("default"),
    },
  },
  "aws:autoscaling/group:Group": {
    name: { property: "name", prefixProperty: "namePrefix" },
    defaults: {
      forceDelete: false, forceDeleteWarmPool: false, healthCheckGracePeriod: 300, ignoreFailedScalingActivities: false,
      metricsGranularity: "1Minute", protectFromScaleIn: false, waitForCapacityTimeout: "10m",
    },
    id: (draft) => draft.name,
    unique: uniqueName((name) => `AlreadyExists: AutoScalingGroup by this name already exists - A group with the name ${name} already exists`),
    outputs: {
      arn: (draft) => draft.arn("autoscaling", `autoScalingGroup:${draft.uuid()}:autoScalingGroupName/${draft.name}`),
      availabilityZones: (draft) => draft.zones(),
      defaultCooldown: always(300), desiredCapacity: (draft) => draft.number("minSize"), healthCheckType: always("EC2"),
      loadBalancers: always([]), targetGroupArns: always([]), vpcZoneIdentifiers: always([]), namePrefix: always(""),
      trafficSources: always([]),
      predictedCapacity: always(0), warmPoolSize: always(0),
      serviceLinkedRoleArn: (draft) => draft.arn("iam", "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling", { region: "" }),
    },
  },
  "aws:autoscaling/attachment:Attachment": {
    id: (draft) => `${draft.text("autoscalingGroupName")}-${draft.hex(26)}`,
    replaceOn: ["autoscalingGroupName", "lbTargetGroupArn", "elb"],
  },
  "aws:autoscaling/tag:Tag": {
    id: (draft) => `${draft.text("autoscalingGroupName")},${draft.text("tag.key")}`,
    replaceOn: ["autoscalingGroupName", "tag.key"],
  },
  "aws:ebs/encryptionByDefault:EncryptionByDefault": {
    defaults: { enabled: true },
    id: (draft) => `terraform-${draft.digits(26)}`,
  },
  "aws:ebs/defaultKmsKey:DefaultKmsKey": {
    id: (draft) => draft.text("keyArn"),
    replaceOn: ["keyArn"],
  },
  "aws:dlm/lifecyclePolicy:LifecyclePolicy": {
    tags: true,
    defaults: { state: "ENABLED" },
    id: (draft) => draft.ec2Id("policy"),
    outputs: { arn: arnOf("dlm", (draft) => `policy/${draft.id}`) },
  },
};

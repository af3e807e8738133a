/** Defaults that turn a whole part on: changed together, in a rendering of their own, as the part's other defaults are not seen without it. */
import type { DefaultEffect } from "../requirement.ts";
import { addon, exists } from "./read.ts";

const CHART = "kubernetes:helm.sh/v4:Chart";

const isAddon = (service: string): DefaultEffect => ({ key: `cluster.services.${service}.source`, changed: "present", becomes: false, read: (p) => addon(service)(p) !== undefined, expected: true });
const isChart = (service: string): DefaultEffect => ({ key: `cluster.services.${service}.source`, changed: "present", becomes: false, read: exists(CHART, `cluster-services-${service}`), expected: true });
const made = (key: string, type: string): DefaultEffect => ({ key, changed: "adopt", becomes: false, read: exists(type), expected: true });

export const switches: DefaultEffect[] = [
  isAddon("vpc-cni"), isAddon("coredns"), isAddon("kube-proxy"), isAddon("aws-ebs-csi-driver"), isAddon("eks-pod-identity-agent"), isAddon("metrics-server"), isAddon("cert-manager"),
  isChart("cluster-autoscaler"), isChart("external-secrets"), isChart("prometheus-adapter"),
  made("access.ci.provider", "aws:iam/openIdConnectProvider:OpenIdConnectProvider"),
  made("audit.cloudTrail", "aws:cloudtrail/trail:Trail"),
  made("audit.guardDuty", "aws:guardduty/detector:Detector"),
  made("audit.securityHub", "aws:securityhub/account:Account"),
  made("audit.config", "aws:cfg/recorder:Recorder"),
  made("audit.inspector", "aws:inspector2/enabler:Enabler"),
  made("audit.accessAnalyzer", "aws:accessanalyzer/analyzer:Analyzer"),
  made("audit.accountDefaults", "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock"),
  { key: "notifications.pager", changed: false, with: { pagerUrl: undefined }, read: exists("aws:sns/topicSubscription:TopicSubscription", "notifications-pages-pager"), expected: true },
  { key: "retainOnDelete", changed: false, read: (p) => p.one("aws:kms/key:Key", "keys-database").retainOnDelete, expected: true },
  // Seen only beside an answer that production or the choices give: what they show is still the default.
  {
    key: "network.vpn.clientCidr", rendering: "choices", changed: "10.98.0.0/22", expected: ["10.99.0.0/22"],
    becomes: ["10.98.0.0/22"], read: (p) => p.all("aws:ec2clientvpn/endpoint:Endpoint").map((r) => r.props["clientCidrBlock"]),
    with: {
      "network.vpn.enabled": true, "network.vpn.serverCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
      "network.vpn.samlProviderArn": "arn:aws:iam::123456789012:saml-provider/idp", "network.vpn.allowedGroup": "operators",
    },
  },
  {
    key: "maintenance.partitionSchedule", rendering: "production", changed: "0 4 1 * *", expected: ["0 3 1 * *"], with: { "postgres.partitionedTables": ["app.events"] },
    becomes: ["0 4 1 * *"], read: (p) => p.all("CronJob", "partitions").map((r) => (r.props["spec"] as { schedule: string }).schedule),
  },
];

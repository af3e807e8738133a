import type { SampleResource } from "../../../policies/samples/sample.ts";

/** Where connections end: listeners of both kinds of load balancers, targets, deliveries. */
export const transit: readonly SampleResource[] = [
  {
    type: "aws:lb/listener:Listener", name: "listener",
    props: {
      loadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/other/0123456789abcdef",
      port: 443, protocol: "HTTPS", sslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
      certificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0f3c2b1a-1111-4222-8333-444455556666",
      defaultActions: [{ type: "forward", targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/targets/0123456789abcdef" }],
    },
  },
  {
    type: "aws:lb/listener:Listener", name: "redirect",
    props: {
      loadBalancerArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/other/0123456789abcdef",
      port: 80, protocol: "HTTP",
      defaultActions: [{ type: "redirect", redirect: { protocol: "HTTPS", port: "443", statusCode: "HTTP_301" } }],
    },
  },
  {
    type: "aws:lb/listenerRule:ListenerRule", name: "path",
    props: {
      listenerArn: "listener", priority: 10, conditions: [{ pathPattern: { values: ["/api/*"] } }],
      actions: [{ type: "forward", targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/targets/0123456789abcdef" }],
    },
  },
  { type: "aws:apigateway/domainName:DomainName", name: "api-name", props: { domainName: "api.example.com", securityPolicy: "TLS_1_2", regionalCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/0f3c2b1a-1111-4222-8333-444455556666" } },
  { type: "aws:lb/targetGroup:TargetGroup", name: "targets", props: { name: "targets", port: 8443, protocol: "HTTPS", targetType: "ip", vpcId: "vpc-0123456789abcdef0" } },
  {
    type: "aws:elb/loadBalancer:LoadBalancer", name: "classic",
    props: {
      name: "classic", internal: true, subnets: ["subnet-0123456789abcdef0"],
      accessLogs: { bucket: "shop-logs-123456789012", enabled: true },
      listeners: [
        { lbPort: 443, lbProtocol: "https", instancePort: 8443, instanceProtocol: "https", sslCertificateId: "arn:aws:acm:us-east-1:123456789012:certificate/0f3c2b1a-1111-4222-8333-444455556666" },
        { lbPort: 5432, lbProtocol: "tcp", instancePort: 5432, instanceProtocol: "tcp" },
      ],
    },
  },
  {
    type: "aws:elb/sslNegotiationPolicy:SslNegotiationPolicy", name: "classic-policy",
    props: { loadBalancer: "classic", lbPort: 443, attributes: [{ name: "Reference-Security-Policy", value: "ELBSecurityPolicy-TLS-1-2-2017-01" }] },
  },
  { type: "aws:sns/topicSubscription:TopicSubscription", name: "subscription", props: { topic: "arn:aws:sns:us-east-1:123456789012:other", protocol: "https", endpoint: "https://pager.example.com/events" } },
];

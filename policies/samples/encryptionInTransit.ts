/** Samples of areas/encryptionInTransit.ts. */
import { CLASSIC_MODERN } from "../areas/encryptionInTransit.ts";
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "encryption/listeners": {
    scene: "transit",
    good: [
      { set: { "listener:protocol": "TLS" } },
      { set: { "listener:protocol": "TCP", "listener:sslPolicy": undefined } },
      { set: { "listener:protocol": undefined, "listener:port": undefined, "listener:sslPolicy": undefined } },
      { set: { "classic:listeners[0].lbProtocol": "tcp" } },
    ],
    bad: [
      { set: { "redirect:defaultActions[0].redirect.protocol": "HTTP" }, at: "redirect:defaultActions[0]" },
      { set: { "redirect:defaultActions[0].redirect.protocol": "#{protocol}" }, at: "redirect:defaultActions[0]" },
      { set: { "redirect:defaultActions[0].redirect.protocol": undefined }, at: "redirect:defaultActions[0]" },
      { set: { "redirect:defaultActions[1]": { type: "forward", targetGroupArn: "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/1" } } },
      { set: { "listener:protocol": "HTTP", "listener:sslPolicy": undefined }, remove: ["path"], at: "listener:defaultActions[0]" },
      { set: { "listener:protocol": undefined, "listener:sslPolicy": undefined }, remove: ["path"], at: "listener:defaultActions[0]" },
      { set: { "classic:listeners[0].lbProtocol": "http" } },
      { set: { "classic:listeners[1].lbProtocol": "HTTP" } },
    ],
  },
  "encryption/listener-rules": {
    scene: "transit",
    good: [{ set: { "path:listenerArn": "redirect", "path:actions": [{ type: "redirect", redirect: { protocol: "HTTPS", statusCode: "HTTP_301" } }] } }, { remove: ["listener"] }],
    bad: [{ set: { "path:listenerArn": "redirect" }, at: "path:actions[0]" }, { set: { "listener:protocol": "HTTP", "listener:sslPolicy": undefined, "listener:defaultActions": [{ type: "redirect", redirect: { protocol: "HTTPS", statusCode: "HTTP_301" } }] }, at: "path:actions[0]" }],
  },
  "encryption/tls-policy": {
    scene: "transit",
    good: [
      { set: { "listener:sslPolicy": "ELBSecurityPolicy-TLS13-1-3-2021-06" } },
      { set: { "listener:sslPolicy": "ELBSecurityPolicy-TLS-1-2-2017-01" } },
      { set: { "listener:sslPolicy": "ELBSecurityPolicy-FS-1-2-Res-2020-10" } },
      { set: { "api-name:securityPolicy": "SecurityPolicy_TLS13_1_3_2025_09" } },
    ],
    bad: [
      { set: { "listener:sslPolicy": undefined } },
      { set: { "listener:sslPolicy": "ELBSecurityPolicy-2016-08" } },
      { set: { "api-name:securityPolicy": "TLS_1_0" } },
      { set: { "listener:sslPolicy": "ELBSecurityPolicy-TLS13-1-1-2021-06" } },
      { set: { "listener:sslPolicy": "ELBSecurityPolicy-FS-1-1-2019-08" } },
      { set: { "listener:protocol": "TLS", "listener:sslPolicy": "ELBSecurityPolicy-TLS-1-0-2015-04" }, at: "listener:sslPolicy" },
    ],
  },
  "encryption/classic-tls-policy": {
    scene: "transit",
    good: [
      { set: { "classic:listeners[0].lbProtocol": "tcp" }, remove: ["classic-policy"] },
      { set: { "classic-policy:$type": "aws:elb/loadBalancerPolicy:LoadBalancerPolicy", "classic-policy:loadBalancer": undefined, "classic-policy:attributes": undefined, "classic-policy:loadBalancerName": "classic", "classic-policy:policyAttributes": [{ name: "Reference-Security-Policy", value: CLASSIC_MODERN }] } },
    ],
    bad: [
      { remove: ["classic-policy"], at: "classic:" },
      { set: { "classic:listeners[0].lbProtocol": "SSL" }, remove: ["classic-policy"], at: "classic:" },
      { set: { "classic-policy:loadBalancer": "other" }, at: "classic:" },
      { set: { "classic-policy:attributes[0].value": "ELBSecurityPolicy-2016-08" }, at: "classic:" },
      { set: { "classic-policy:attributes[0].name": "Other" }, at: "classic:" },
    ],
  },
  "encryption/targets": {
    scene: "transit",
    good: [{ set: { "targets:protocol": "TCP" } }, { set: { "targets:protocol": undefined, "targets:targetType": "lambda" } }],
    bad: [{ set: { "targets:protocol": "HTTP" } }],
  },
  "encryption/refuses-plain": {
    scene: "stores",
    good: [
      { set: { "queue-policy:policy.Statement[0].Action": "sqs:*" } },
      { set: { "queue-policy:policy.Statement[0].Principal": { AWS: "*" } } },
      { set: { "queue-policy:policy.Statement[0].Condition": { Bool: { "AWS:SecureTransport": [false] } } } },
      { set: { "topic:policy": JSON.stringify({ Statement: { Effect: "Deny", Principal: "*", Action: "sns:Pub*", Resource: "*", Condition: { Bool: { "aws:SecureTransport": "false" } } } }) }, remove: ["topic-policy"] },
    ],
    bad: [
      { remove: ["queue-policy"], at: "queue:" },
      { remove: ["topic-policy"], at: "topic:" },
      { remove: ["files-policy"], at: "files:" },
      { set: { "queue-policy:queueUrl": "https://sqs.us-east-1.amazonaws.com/123456789012/other" }, at: "queue:" },
      { set: { "queue-policy:policy.Statement[0].Effect": "Allow", "queue-policy:policy.Statement[0].Principal": { AWS: "arn:aws:iam::123456789012:root" } }, at: "queue:" },
      { set: { "queue-policy:policy.Statement[0].Principal": { AWS: "arn:aws:iam::123456789012:root" } }, at: "queue:" },
      { set: { "queue-policy:policy.Statement[0].Action": ["sqs:SendMessage"] }, at: "queue:" },
      { set: { "queue-policy:policy.Statement[0].Condition": undefined }, at: "queue:" },
      { set: { "queue-policy:policy.Statement[0].Condition": { Bool: { "aws:SecureTransport": "true" } } }, at: "queue:" },
      { set: { "queue-policy:policy.Statement[0].Condition": { Bool: { "aws:ViaAWSService": "false" } } }, at: "queue:" },
      { set: { "queue-policy:policy.Statement[0].Condition": { Null: { "aws:SecureTransport": "false" } } }, at: "queue:" },
      { set: { "queue-policy:policy.Statement[0].Condition": { Bool: { "aws:SecureTransport": "false", "aws:ViaAWSService": "false" } } }, at: "queue:" },
      { set: { "queue-policy:policy.Statement[0].Condition": { Bool: { "aws:SecureTransport": "false" }, StringEquals: { "aws:PrincipalAccount": "123456789012" } } }, at: "queue:" },
      { set: { "topic-policy:policy.Statement[0].Action": "sns:Subscribe" }, at: "topic:" },
      { set: { "files-policy:policy.Statement[0].Action": "elasticfilesystem:ClientMount" }, at: "files:" },
      { set: { "files-policy:policy.Statement[0].Action": "elasticfilesystem:Client" }, at: "files:" },
    ],
  },
  "encryption/subscriptions": {
    scene: "transit",
    good: [{ set: { "subscription:protocol": "sqs" } }],
    bad: [{ set: { "subscription:protocol": "http" } }],
  },
  "encryption/search-in-transit": {
    scene: "stores",
    good: [{ set: { "search:domainEndpointOptions.tlsSecurityPolicy": "Policy-Min-TLS-1-2-2019-07" } }],
    bad: [
      { set: { "search:domainEndpointOptions.enforceHttps": false } },
      { set: { "search:domainEndpointOptions.tlsSecurityPolicy": "Policy-Min-TLS-1-0-2019-07" } },
      { set: { "search:domainEndpointOptions.tlsSecurityPolicy": undefined } },
      { set: { "search:nodeToNodeEncryption.enabled": undefined } },
      { set: { "search:$type": "aws:elasticsearch/domain:Domain", "search:domainEndpointOptions.enforceHttps": false }, at: "search:domainEndpointOptions.enforceHttps" },
    ],
  },
  "encryption/kafka-in-transit": {
    scene: "stores",
    good: [{ set: { "kafka:encryptionInfo.encryptionInTransit": undefined } }],
    bad: [{ set: { "kafka:encryptionInfo.encryptionInTransit.clientBroker": "TLS_PLAINTEXT" } }, { set: { "kafka:encryptionInfo.encryptionInTransit.inCluster": false } }],
  },
};

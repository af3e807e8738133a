/** The stacks that requirements are asserted on. */
import type { RenderRequest } from "./renderOnce.ts";

export const RENDERINGS = {
  production: { stack: "production" },
  staging: { stack: "staging" },
  /** Production with the other answer wherever the requirements leave a choice. */
  choices: {
    stack: "production",
    variant: "choices",
    configOverrides: {
      "golive:cluster.access.via": "vpn",
      "golive:network.vpn": {
        enabled: true,
        serverCertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
        samlProviderArn: "arn:aws:iam::123456789012:saml-provider/idp",
        allowedGroup: "operators",
      },
      "golive:cluster.services": {
        "metrics-server": { source: "chart", version: "3.13.0" },
        "cert-manager": { source: "present", version: "1.19.0" },
      },
      "golive:redis.sessions": "separate",
    },
  },
} as const satisfies Record<string, RenderRequest>;

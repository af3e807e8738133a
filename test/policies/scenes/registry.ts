import type { SampleResource } from "../../../policies/samples/sample.ts";
import { json } from "./json.ts";

/** Where images and charts come from. */
export const registry: readonly SampleResource[] = [
  {
    type: "aws:ecr/repository:Repository",
    name: "repository",
    protect: true,
    props: {
      name: "my-shop/app",
      imageTagMutability: "IMMUTABLE",
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: "arn:aws:kms:us-east-1:123456789012:key/fa912903-309c-40ed-ae7d-80d16d39c754" }],
    },
  },
  {
    type: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    name: "lifecycle",
    props: {
      repository: "my-shop/app",
      policy: json({ rules: [{ rulePriority: 1, selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 14 }, action: { type: "expire" } }] }),
    },
  },
  {
    type: "kubernetes:helm.sh/v4:Chart",
    name: "chart",
    props: { chart: "oci://ghcr.io/nginx/charts/nginx-ingress", version: "2.3.1", name: "nginx-ingress", namespace: "ingress" },
  },
];

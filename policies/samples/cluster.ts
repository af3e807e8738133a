/** Samples of areas/cluster.ts. */
import { LOGS } from "../areas/cluster.ts";
import type { Samples } from "./sample.ts";

export const samples: Samples = {
  "cluster/private-endpoint": {
    scene: "cluster",
    bad: [{ set: { "cluster:vpcConfig.endpointPrivateAccess": false } }, { set: { "cluster:vpcConfig.endpointPrivateAccess": undefined } }],
  },
  "cluster/public-endpoint": {
    scene: "cluster",
    good: [{ set: { "cluster:vpcConfig.endpointPublicAccess": true, "cluster:vpcConfig.publicAccessCidrs": ["203.0.113.0/24"] } }],
    bad: [
      { set: { "cluster:vpcConfig.endpointPublicAccess": true } },
      { set: { "cluster:vpcConfig.endpointPublicAccess": undefined } },
      { set: { "cluster:vpcConfig.publicAccessCidrs": ["203.0.113.0/24", "0.0.0.0/0"], "cluster:vpcConfig.endpointPublicAccess": true }, at: "cluster:vpcConfig.publicAccessCidrs[1]" },
      { set: { "cluster:vpcConfig.publicAccessCidrs": ["0.0.0.0/1", "203.0.113.0/24"], "cluster:vpcConfig.endpointPublicAccess": undefined }, at: "cluster:vpcConfig.publicAccessCidrs[0]" },
    ],
  },
  "cluster/secrets-encryption": {
    scene: "cluster",
    bad: [
      { set: { "cluster:encryptionConfig": undefined }, at: "cluster:encryptionConfig.provider.keyArn" },
      { set: { "cluster:encryptionConfig.provider.keyArn": "" } },
      { set: { "cluster:encryptionConfig.resources": [] } },
      { set: { "cluster:encryptionConfig.resources": ["configmaps"] } },
    ],
  },
  "cluster/control-plane-logs": {
    scene: "cluster",
    bad: [
      { set: { "cluster:enabledClusterLogTypes": undefined } },
      ...LOGS.map((type) => ({ set: { "cluster:enabledClusterLogTypes": LOGS.filter((one) => one !== type) } })),
    ],
  },
  "cluster/version": {
    scene: "cluster",
    good: [{ set: { "cluster:version": "1.34" } }, { set: { "cluster:version": "1.36" } }],
    bad: [{ set: { "cluster:version": "1.33" } }, { set: { "cluster:version": undefined } }, { set: { "cluster:version": "latest" } }, { set: { "cluster:version": "11.35" } }, { set: { "cluster:version": "1.35.1" } }],
  },
  "cluster/standard-support": {
    scene: "cluster",
    bad: [{ set: { "cluster:upgradePolicy.supportType": "EXTENDED" } }, { set: { "cluster:upgradePolicy": undefined }, at: "cluster:upgradePolicy.supportType" }],
  },
};

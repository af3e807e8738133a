/** What a server-side apply must repeat, out of what the server has noted of an earlier one. */
import { expect, it } from "vitest";
import type { KubeObject } from "../../../operations/cluster/api.ts";
import { ownedBy } from "../../../operations/cluster/owned.ts";

const service: KubeObject = {
  metadata: {
    name: "app", namespace: "shop", labels: { ours: "1", theirs: "2" }, annotations: {},
    managedFields: [
      { manager: "us", operation: "Update", fieldsV1: { "f:spec": { "f:type": {} } } },
      { manager: "us", operation: "Apply", subresource: "status", fieldsV1: { "f:status": {} } },
      { manager: "us", operation: "Apply", fieldsV1: {
        "f:metadata": { "f:labels": { "f:ours": {} }, "f:annotations": { ".": {} }, "f:gone": {} },
        "f:spec": {
          "f:selector": {}, "f:finalizers": { ".": {}, "v:\"a\"": {} },
          "f:ports": { "k:{\"port\":80,\"protocol\":\"TCP\"}": { ".": {}, "f:name": {}, "f:port": {} } },
        },
      } },
    ],
  },
  spec: { type: "ClusterIP", selector: { color: "blue", name: "shop" }, clusterIP: "10.0.0.1", finalizers: ["a", "b"], ports: [{ name: "http", port: 80, protocol: "TCP", nodePort: 30000 }, { name: "other", port: 81, protocol: "TCP" }] },
};

it("repeats what was applied, as a whole where it is owned as a whole, and nothing of others", () => {
  expect(ownedBy(service, "us")).toEqual({
    metadata: { labels: { ours: "1" }, annotations: {} },
    spec: { selector: { color: "blue", name: "shop" }, finalizers: ["a"], ports: [{ name: "http", port: 80, protocol: "TCP" }] },
  });
});

it("knows who has applied nothing", () => {
  expect(ownedBy(service, "others")).toBeUndefined();
  expect(ownedBy({ metadata: { name: "bare" } }, "us")).toBeUndefined();
});

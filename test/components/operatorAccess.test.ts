import { expect, it } from "vitest";
import { OperatorAccess, operatorsGroup } from "../../components/cluster/operatorAccess.ts";
import { declared, ofType, only } from "./mocks.ts";

const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
interface Rule { apiGroups: string[]; resources: string[]; verbs: string[] }

const access = () => declared(() => { new OperatorAccess("operators", { prefix: "shop-production", namespaces: { app: "shop", jobs: "shop-jobs" } }); });

it("gives the operators' group a role in the named namespaces and none in the cluster", async () => {
  const resources = await access();
  expect(ofType(resources, ROLE).map((role) => (role.inputs["metadata"] as { namespace: string }).namespace)).toEqual(["shop", "shop-jobs"]);
  expect(only(resources, BINDING, "operators-app-binding").inputs).toMatchObject({
    metadata: { namespace: "shop" }, roleRef: { kind: "Role", name: "operators" }, subjects: [{ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "shop-production-operators" }],
  });
  expect(resources.filter((r) => /ClusterRole/.test(r.type))).toEqual([]);
});

it("lets them read pods and their logs, and restart them, but write nothing that starts containers", async () => {
  const rules = ofType(await access(), ROLE).flatMap((role) => role.inputs["rules"] as Rule[]);
  const rights = new Set(rules.flatMap((rule) => rule.resources.flatMap((resource) => rule.verbs.map((verb) => `${verb} ${resource}`))));
  expect([...rights].sort()).toEqual(["delete jobs", "delete pods", "get jobs", "get pods", "get pods/log", "list jobs", "list pods", "watch jobs", "watch pods"]);
});

it("names a group that EKS takes", () => {
  expect(operatorsGroup("shop-production")).toMatch(/^(?!system:|eks:|aws:|amazon:|iam:)[a-z0-9-]+$/);
});

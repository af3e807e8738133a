import { expect, it } from "vitest";
import { OperatorAccess, operatorsGroup } from "../../components/cluster/operatorAccess.ts";
import { declared, ofType, only } from "./mocks.ts";

const ROLE = "kubernetes:rbac.authorization.k8s.io/v1:Role";
const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
interface Rule { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }

const access = () => declared(() => { new OperatorAccess("operators", { prefix: "shop-production", namespaces: { app: "shop", jobs: "shop-jobs" }, releases: "shop" }); });

it("gives the operators' group a role in the named namespaces, and one of the cluster that looks and does nothing else", async () => {
  const resources = await access();
  expect(ofType(resources, ROLE).map((role) => (role.inputs["metadata"] as { namespace: string }).namespace).sort()).toEqual(["shop", "shop", "shop", "shop-jobs"]);
  for (const [binding, name] of [["operators-releases-binding", "operators-releases"], ["operators-gates-binding", "operators-gates"]] as const) {
    expect(only(resources, BINDING, binding).inputs).toMatchObject({ metadata: { namespace: "shop" }, roleRef: { kind: "Role", name }, subjects: [{ name: "shop-production-operators" }] });
  }
  expect(only(resources, BINDING, "operators-app-binding").inputs).toMatchObject({
    metadata: { namespace: "shop" }, roleRef: { kind: "Role", name: "operators" }, subjects: [{ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name: "shop-production-operators" }],
  });
  const view = only(resources, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole");
  const rules = view.inputs["rules"] as Rule[];
  for (const { verbs } of rules) expect(verbs).toEqual(["get", "list", "watch"]);
  // Neither by name nor by a way around: whoever asks a kubelet by its proxy enters containers.
  for (const resource of rules.flatMap((rule) => rule.resources)) expect(resource).not.toMatch(/^secrets$|\*|\/|^configmaps$/);
  expect(only(resources, "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding").inputs).toMatchObject({ roleRef: { kind: "ClusterRole", name: "shop-production-operators-view" }, subjects: [{ kind: "Group", name: "shop-production-operators" }] });
});

/** `verb resource`, with the names that it is limited to. */
async function rights(role: string): Promise<string[]> {
  const rules = only(await access(), ROLE, role).inputs["rules"] as Rule[];
  return rules.flatMap((rule) => rule.resources.flatMap((resource) => rule.verbs.map((verb) => [verb, resource, ...(rule.resourceNames ?? [])].join(" ")))).sort();
}

it("lets them read pods and their logs, and restart them, but write nothing that starts containers", async () => {
  for (const role of ["operators-app", "operators-jobs"]) {
    expect(await rights(role)).toEqual(["delete jobs", "delete pods", "get jobs", "get pods", "get pods/log", "list jobs", "list pods", "watch jobs", "watch pods"]);
  }
});

it("lets them move traffic and write down that they did, by name; what a color runs is not theirs", async () => {
  expect(await rights("operators-releases")).toEqual([
    "create configmaps", "get configmaps app-releases", "get deployments app-blue app-green", "get deployments/scale app-blue app-green",
    "get horizontalpodautoscalers app-blue app-green", "get services app", "get services app-blue app-green", "get virtualservers app", "list endpointslices",
    "patch deployments/scale app-blue app-green", "patch horizontalpodautoscalers app-blue app-green", "patch services app", "patch virtualservers app", "update configmaps app-releases",
  ]);
});

it("lets gates look at pods by a role that does nothing else", async () => {
  expect(await rights("operators-gates")).toEqual(["create pods/portforward", "get pods/portforward"]);
});

it("lets them read the stack's own Prometheus and silence at its own Alertmanager, by name and in monitoring's namespace alone", async () => {
  const signals = (servers: { prometheus: boolean; alertmanager: boolean }) => declared(() => { new OperatorAccess("operators", { prefix: "shop-production", namespaces: { app: "shop" }, releases: "shop", signals: { namespace: "monitoring", ...servers } }); });
  const read = { apiGroups: [""], resources: ["services/proxy"], resourceNames: ["prometheus:web"], verbs: ["get"] };
  const silence = { apiGroups: [""], resources: ["services/proxy"], resourceNames: ["alertmanager-operated:web"], verbs: ["create", "delete"] };
  for (const [servers, rules] of [[{ prometheus: true, alertmanager: true }, [read, silence]], [{ prometheus: true, alertmanager: false }, [read]], [{ prometheus: false, alertmanager: true }, [silence]]] as const) {
    const resources = await signals(servers);
    expect(only(resources, ROLE, "operators-signals").inputs).toMatchObject({ metadata: { namespace: "monitoring" }, rules });
    expect(only(resources, BINDING, "operators-signals-binding").inputs).toMatchObject({ metadata: { namespace: "monitoring" }, roleRef: { kind: "Role", name: "operators-signals" }, subjects: [{ kind: "Group", name: "shop-production-operators" }] });
  }
  for (const resources of [await signals({ prometheus: false, alertmanager: false }), await access()]) expect(ofType(resources, ROLE).filter(({ name }) => name === "operators-signals")).toEqual([]);
});

it("names a group that EKS takes", () => {
  expect(operatorsGroup("shop-production")).toMatch(/^(?!system:|eks:|aws:|amazon:|iam:)[a-z0-9-]+$/);
});

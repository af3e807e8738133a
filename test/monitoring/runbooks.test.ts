/** Every alert leads to a runbook, every runbook to an alert; its commands can be run as they stand. */
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { alertGroups, alertNames } from "../../components/monitoring/alerts/index.ts";
import { VIEWED } from "../../components/cluster/operatorView.ts";
import { SCOPE } from "./stack.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../docs/runbooks");
const HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Escalation"];
const names = [...alertNames(alertGroups(SCOPE))].sort();
const files = readdirSync(FOLDER).sort();
const read = (name: string) => readFileSync(path.join(FOLDER, `${name}.md`), "utf8");
const blocksOf = (text: string) => Array.from(text.matchAll(/^```sh\n(.*?)^```$/gms), ([, block]) => block ?? "");

/** Kinds that AmazonEKSViewPolicy lets people see (EKS user guide, "Review access policy permissions"), of those that runbooks name. */
const EKS_VIEW = ["pods", "services", "endpoints", "events", "persistentvolumeclaims", "resourcequotas", "namespaces", "deployments", "daemonsets", "statefulsets", "jobs", "cronjobs", "horizontalpodautoscalers", "endpointslices", "networkpolicies", "poddisruptionbudgets"];
const SHORT: Readonly<Record<string, string[]>> = { horizontalpodautoscalers: ["hpa"], persistentvolumeclaims: ["pvc"], poddisruptionbudgets: ["pdb"], storageclasses: ["storageclass"] };
/** As commands write them: in the plural, the singular, short, and with their group. */
const SEEN = new Set([
  ...EKS_VIEW.flatMap((kind) => [kind, kind.replace(/s$/, ""), ...(SHORT[kind] ?? [])]),
  ...VIEWED.flatMap(({ apiGroups: [group = ""], resources }) => resources.flatMap((kind) => (group === "metrics.k8s.io" ? [`${kind}.${group}`] : [kind, kind.replace(/s$/, ""), `${kind}.${group}`, ...(SHORT[kind] ?? [])]))),
]);

test("every alert has a runbook, and every runbook an alert", () => {
  expect(files).toEqual(names.map((name) => `${name}.md`).sort());
});

describe.each(names)("%s", (name) => {
  test("has its five sections in order, each with something in it, and no more", () => {
    const text = read(name);
    const [title = "", ...sections] = text.split(/^## /m);
    expect(title.split("\n")[0]).toBe(`# ${name}`);
    expect(sections.map((section) => section.split("\n")[0])).toEqual(HEADINGS);
    for (const section of sections) expect(section.split("\n").slice(1).join(" ").trim().length, section).toBeGreaterThan(30);
  });

  test("has commands for the diagnosis that a shell can read", () => {
    const [, , , diagnosis = ""] = read(name).split(/^## /m);
    expect(blocksOf(diagnosis).length).toBeGreaterThan(0);
    for (const block of blocksOf(read(name))) {
      const { status, stderr } = spawnSync("bash", ["-n"], { input: block, encoding: "utf8" });
      expect([status, stderr], block).toEqual([0, ""]);
    }
  });

  test("takes no variable that it has not named, and says which rights a change needs", () => {
    const [head = ""] = read(name).split(/^## /m);
    const commands = blocksOf(read(name)).join("");
    const taken = Array.from(commands.matchAll(/\$\{?([A-Z]\w*)/g), ([, variable]) => variable ?? "");
    expect(taken.filter((variable) => !head.includes(`\`${variable}\``) && !new RegExp(`(^|\\s)${variable}=`, "m").test(commands))).toEqual([]);
    // Operators may delete pods, move traffic and look (components/cluster/operatorAccess.ts).
    const changes = commands.split("\n").filter((line) => /^psql|^redis-cli|kubectl .*\b(create job|patch|annotate|cordon|drain|delete secret)\b/.test(line));
    expect(changes.filter((line) => !line.endsWith("# break-glass"))).toEqual([]);
    if (changes.length > 0) expect(head).toContain("break-glass");
  });

  test("looks at nothing that operators may not see", () => {
    const commands = blocksOf(read(name)).join("").split("\n").filter((line) => !line.endsWith("# break-glass")).join("\n");
    const looks = Array.from(commands.matchAll(/kubectl(?: -n "?[$\w-]+"?| --namespace \S+)? (get|describe|top) ([^\s|)]+)/g), ([, verb, what = ""]) => what.split(",").map((one) => (verb === "top" ? `${one}.metrics.k8s.io` : one)));
    expect(looks.flat().filter((kind) => !SEEN.has(kind))).toEqual([]);
  });

  test("names no command of golive that there is not", () => {
    const commands = Array.from(read(name).matchAll(/\.\/golive (\w+)/g), ([, command]) => command);
    expect(commands.filter((command) => !["status", "deploy", "flip", "rollback", "drain", "preview", "gate", "check", "config", "policies", "render"].includes(command ?? ""))).toEqual([]);
  });
});

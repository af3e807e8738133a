/** The rules of pod security against the admission of Kubernetes itself: the library, and a server that has it built in. */
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { createInterface } from "node:readline";
import path from "node:path";
import type { Readable, Writable } from "node:stream";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rules } from "../../policies/areas/podSecurity.ts";
import { Rules } from "../../policies/evaluate.ts";
import { startApiServer, type ApiServer } from "../../sandbox/cluster/apiServer.ts";
import { dryRun } from "../../sandbox/cluster/dryRun.ts";
import { ensureGoTool, type GoToolSpec } from "../../sandbox/engine/goTool.ts";
import { SETTINGS } from "./scene.ts";
import { type Pod, pods } from "./podSpecs.ts";

/** About 20 s on two shared cores, 13 MB. */
const ADMISSION_TOOL: GoToolSpec = {
  name: "admission",
  version: "v0.36.3",
  module: "golive.local/admission",
  package: "golive.local/admission",
  source: path.join(import.meta.dirname, "admission"),
};

/** The library's checks, the reason that each gives for a refusal, and the rules that together are one. */
const CHECKS: Readonly<Record<string, { reason: RegExp; rules: readonly string[] }>> = {
  privileged: { reason: /privileged/, rules: ["privileged"] },
  hostNamespaces: { reason: /host namespaces/, rules: ["host-namespaces"] },
  windowsHostProcess: { reason: /hostProcess/, rules: ["host-process"] },
  restrictedVolumes: { reason: /restricted volume types/, rules: ["host-path", "volume-types"] },
  hostPorts: { reason: /hostPort/, rules: ["host-ports"] },
  hostProbesAndHostLifecycle: { reason: /probe or lifecycle host/, rules: ["probe-hosts"] },
  sysctls: { reason: /forbidden sysctls/, rules: ["sysctls"] },
  allowPrivilegeEscalation: { reason: /allowPrivilegeEscalation != false/, rules: ["privilege-escalation"] },
  capabilities_restricted: { reason: /unrestricted capabilities/, rules: ["dropped-capabilities", "added-capabilities"] },
  runAsNonRoot: { reason: /runAsNonRoot != true/, rules: ["run-as-non-root"] },
  runAsUser: { reason: /runAsUser=0/, rules: ["run-as-user"] },
  seccompProfile_restricted: { reason: /seccompProfile/, rules: ["seccomp"] },
  appArmorProfile: { reason: /forbidden AppArmor profiles?/, rules: ["app-armor"] },
  seLinuxOptions: { reason: /seLinuxOptions/, rules: ["se-linux"] },
  procMount_restricted: { reason: /procMount/, rules: ["proc-mount"] },
};

const CHECK_OF = new Map<string, string>(Object.entries(CHECKS).flatMap(([check, one]) => one.rules.map((rule) => [`pod-security/${rule}`, check] as const)));

/** Rules that the standard does not have. */
const BEYOND = ["pod-security/read-only-root", "pod-security/volume-host-path", "pod-security/namespace-enforces"];

const OWN = new Rules(rules.filter((rule) => !BEYOND.includes(rule.id)));

/** The checks that a pod fails by our rules, and the rules. */
function ownFailures(pod: Pod): { checks: string[]; rules: string[] } {
  const verdicts = OWN.judgeAlone({ urn: "urn:pulumi:test::test::kubernetes:core/v1:Pod::a", type: "kubernetes:core/v1:Pod", name: "a", props: { ...pod } }, SETTINGS);
  expect(verdicts.filter((verdict) => verdict.outcome === "undecided")).toEqual([]);
  const failed = verdicts.filter((verdict) => verdict.outcome === "violated").map((verdict) => verdict.rule.id);
  return { checks: sorted(failed.map((rule) => CHECK_OF.get(rule) ?? rule)), rules: failed };
}

function sorted(list: readonly string[]): string[] {
  return [...new Set(list)].sort();
}

it("every rule is one of the standard, or said to be beyond it", () => {
  expect(sorted(rules.map((rule) => rule.id))).toEqual(sorted([...CHECK_OF.keys(), ...BEYOND]));
});

describe("the admission library", () => {
  let child: ChildProcessByStdio<Writable, Readable, null>;
  let lines: AsyncIterator<string, undefined>;

  const answer = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done === true) throw new Error("the admission program ended");
    return JSON.parse(line.value) as unknown;
  };

  beforeAll(async () => {
    child = spawn(await ensureGoTool(ADMISSION_TOOL), { stdio: ["pipe", "pipe", "inherit"] });
    lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }, 900_000);

  afterAll(() => child.kill());

  it("has exactly the checks that the rules answer, and agrees on 2,000 random pods", async () => {
    const { checks } = (await answer()) as { checks: string[] };
    expect(sorted(checks)).toEqual(sorted(Object.keys(CHECKS)));
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(pods({ valid: false }), async (pod) => {
        child.stdin.write(`${JSON.stringify(pod)}\n`);
        const said = (await answer()) as { allowed: boolean; failed: string[] };
        const own = ownFailures(pod);
        expect(own.checks).toEqual(sorted(said.failed));
        expect(own.checks.length === 0).toBe(said.allowed);
        for (const key of said.allowed ? ["allowed"] : own.rules) seen.set(key, (seen.get(key) ?? 0) + 1);
      }),
      { numRuns: 2_000 },
    );
    // A corpus without both sides of every rule would prove nothing.
    const rare = ["allowed", ...CHECK_OF.keys()].filter((key) => (seen.get(key) ?? 0) < 20);
    expect(rare, JSON.stringify(Object.fromEntries(seen))).toEqual([]);
  }, 120_000);
});

describe("the API server", () => {
  const NAMESPACE = { apiVersion: "v1", kind: "Namespace", metadata: { name: "restricted", labels: { "pod-security.kubernetes.io/enforce": "restricted", "pod-security.kubernetes.io/enforce-version": "latest" } } };
  let server: ApiServer;

  beforeAll(async () => {
    server = await startApiServer();
  }, 1_800_000);
  afterAll(() => server.stop(), 30_000);

  it("agrees on 500 random pods, but for those that it refuses as invalid", async () => {
    const seed = Date.now();
    const corpus = fc.sample(pods({ valid: true }), { numRuns: 500, seed });
    const objects = corpus.map((pod, index) => ({ apiVersion: "v1", kind: "Pod", ...pod, metadata: { ...pod.metadata, name: `pod-${index}`, namespace: "restricted" } }));
    const [, ...answers] = await dryRun(server, [NAMESPACE, ...objects]);
    const judged = answers.flatMap(({ ok, message }, index) => {
      const reasons = /violates PodSecurity "restricted:latest": (.*)/s.exec(message)?.[1];
      const pod = corpus[index];
      return pod !== undefined && (ok || reasons !== undefined) ? [{ pod, reasons: reasons ?? "", message }] : [];
    });
    const disagreements = judged.flatMap(({ pod, reasons }) => {
      const own = ownFailures(pod).checks;
      const told = failuresTold(reasons, pod);
      return own.join() === told.join() ? [] : [{ seed, pod, own, told }];
    });
    expect(disagreements).toEqual([]);
    expect({ judged: judged.length >= 250, allowed: judged.filter(({ reasons }) => reasons === "").length >= 50, refused: judged.filter(({ reasons }) => reasons !== "").length >= 50 })
      .toEqual({ judged: true, allowed: true, refused: true });
  }, 120_000);

  /** The checks that a refusal names: reasons, each with details in parentheses. */
  function failuresTold(reasons: string, pod: Pod): string[] {
    const told = Object.entries(CHECKS).filter(([, { reason }]) => new RegExp(`(^|\\), )(${reason.source}) \\(`).test(reasons)).map(([check]) => check);
    // The server gives every port of a pod in the node's network the same port there, before it looks.
    return sorted(pod.spec["hostNetwork"] === true && !ownFailures(pod).checks.includes("hostPorts") ? told.filter((check) => check !== "hostPorts") : told);
  }
});

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureOfficialKubernetes } from "../../../sandbox/engine/officialKubernetes.ts";
import { simulatedProviders } from "../../../sandbox/plugin/providers.ts";

let folder: string;
beforeEach(() => { folder = mkdtempSync(path.join(tmpdir(), "golive-official-")); });
afterEach(() => { rmSync(folder, { recursive: true }); });

/** What the CLI does when it is asked for a plugin, and what it was asked. */
function cli(script: string): string {
  const file = path.join(folder, "pulumi");
  writeFileSync(file, `#!/bin/sh\necho "$PULUMI_HOME $*" >>${folder}/asked\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const asked = (): string[] => readFileSync(path.join(folder, "asked"), "utf8").trim().split("\n");

it("simulates both providers, unless the official one of Kubernetes is asked for", () => {
  expect(simulatedProviders({})).toEqual(["aws", "kubernetes"]);
  expect(simulatedProviders({ GOLIVE_KUBERNETES_PROVIDER: "simulated" })).toEqual(["aws", "kubernetes"]);
  expect(simulatedProviders({ GOLIVE_KUBERNETES_PROVIDER: "official" })).toEqual(["aws"]);
  expect(() => simulatedProviders({ GOLIVE_KUBERNETES_PROVIDER: "oficial" })).toThrow("GOLIVE_KUBERNETES_PROVIDER=oficial names no provider");
});

it("has the CLI install the official provider, once, in the version of its npm package", async () => {
  const plugin = path.join(folder, "plugins", "resource-kubernetes-v4.34.2");
  const pulumi = cli(`mkdir -p ${plugin} && touch ${plugin}/pulumi-resource-kubernetes`);
  for (const _ of [1, 2]) await ensureOfficialKubernetes(pulumi, folder, "4.34.2", process.env);
  expect(asked()).toEqual([`${folder} plugin install resource kubernetes v4.34.2`]);
  expect(existsSync(path.join(plugin, "pulumi-resource-kubernetes"))).toBe(true);
});

it("says why it can not be had", async () => {
  await expect(ensureOfficialKubernetes(cli("echo 'error: no route to host' >&2; exit 255"), folder, "4.34.2", process.env)).rejects.toMatchObject({ message: "The official Kubernetes provider 4.34.2 could not be installed.", hint: expect.stringContaining("no route to host") as string });
});

/**
 * The pack on the real engine: an update that breaks a rule is refused and changes nothing; with an exception it
 * passes; with an expired one it is refused again.
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CATALOG } from "../../policies/catalog.ts";
import { isRelation, type Rule, type Sample } from "../../policies/rule.ts";
import { CHECKOUT, LOCAL_STATE } from "../../sandbox/engine/checkout.ts";
import { OperationError } from "../../sandbox/workspace/operation.ts";
import { openSandbox, type Sandbox } from "../../sandbox/workspace/sandbox.ts";
import { staged } from "../policies/scene.ts";

const POLICIES = path.join(CHECKOUT, "policies");

/** Declares what resources.json holds, with the tags that every stack has. */
const PROGRAM = `
import { readFileSync } from "node:fs";
import * as aws from "@pulumi/aws";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const tags = { environment: "production", owner: "platform@example.com", "cost-center": "shop" };
const providers = {
  aws: new aws.Provider("aws", { region: "us-east-1", defaultTags: { tags } }),
  kubernetes: new kubernetes.Provider("kubernetes", { kubeconfig: "{}", renderYamlToDirectory: "" }),
};
for (const { type, name, props, protect } of JSON.parse(readFileSync(new URL("resources.json", import.meta.url), "utf8"))) {
  const provider = providers[type.split(":")[0]];
  if (provider !== undefined) new pulumi.CustomResource(type, name, props, { provider, protect });
}
`;

/** A program whose resources are data, and packs with exceptions of their own. */
class Fixture implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async make(): Promise<Fixture> {
    await mkdir(LOCAL_STATE, { recursive: true });
    // Inside of the checkout, so that program and pack find its packages.
    const fixture = new Fixture(await mkdtemp(path.join(LOCAL_STATE, "policies-test-")));
    await mkdir(path.join(fixture.folder, "program"));
    await fixture.#write("program/Pulumi.yaml", "name: golive\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.js\n");
    await fixture.#write("program/Pulumi.production.yaml", 'config:\n  golive:accountId: "123456789012"\n');
    await fixture.#write("program/package.json", '{"type": "module"}\n');
    await fixture.#write("program/index.js", PROGRAM);
    return fixture;
  }

  async declare(scene: string, sample?: Sample): Promise<void> {
    const resources = staged(scene, sample).map(({ type, name, props, protect }) => ({ type, name, props, protect }));
    await this.#write("program/resources.json", JSON.stringify(resources));
  }

  /** A copy of the pack, with these exceptions. */
  async pack(exceptions: object): Promise<string> {
    const folder = path.join(this.folder, "pack");
    await cp(POLICIES, folder, { recursive: true });
    await writeFile(path.join(folder, "exceptions.yaml"), JSON.stringify(exceptions));
    return folder;
  }

  async #write(file: string, text: string): Promise<void> {
    await writeFile(path.join(this.folder, file), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

function day(ahead: number): string {
  return new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
}

/** What the pack says when it refuses; fails the test when it does not. */
async function refusal(sandbox: Sandbox, pack: string): Promise<string> {
  const messages: string[] = [];
  await expect(sandbox.up({ policyPacks: [pack], onEvent: ({ policyEvent }) => { if (policyEvent?.enforcementLevel === "mandatory") messages.push(policyEvent.message); } })).rejects.toThrow(OperationError);
  return messages.join("\n");
}

async function stateOf(sandbox: Sandbox): Promise<unknown> {
  const { deployment } = await sandbox.exportState();
  return (deployment as { resources?: unknown }).resources;
}

function violation(id: string): { rule: Rule; sample: Sample; resource: string } {
  const rule = CATALOG.all.find((one) => one.id === id);
  if (rule === undefined) throw new Error(`there is no rule ${id}`);
  const sample = rule.bad[0];
  const name = (sample.at ?? Object.keys(sample.set ?? {})[0] ?? "").split(":")[0] ?? "";
  const type = staged(rule.scene, sample).find((one) => one.name === name)?.type ?? "";
  return { rule, sample, resource: `${type}::${name}` };
}

describe.each([
  "storage/public-access-flags",
  "database/deletion-protection",
  "keys/rotation",
  "iam/session-length",
  "network/public-ingress",
  "audit/trail-validated",
  "cluster/control-plane-logs",
  "retention/log-groups",
  "images/digest",
  "pod-security/privileged",
  "rbac/wildcards",
  "ingress/no-snippets",
])("%s", (id) => {
  let fixture: Fixture;
  let sandbox: Sandbox;
  const { rule, sample, resource } = violation(id);
  const exceptions = (expires: string): object => ({ waivers: [{ rule: id, resource, stacks: ["production"], reason: "a test", owner: "the test", expires }] });

  beforeAll(async () => {
    fixture = await Fixture.make();
    await fixture.declare(rule.scene);
    sandbox = await openSandbox({ stack: "production", programDir: path.join(fixture.folder, "program") });
    await sandbox.up({ policyPacks: [POLICIES] });
    await fixture.declare(rule.scene, sample);
  });
  afterAll(async () => {
    await sandbox.close();
    await fixture[Symbol.asyncDispose]();
  });

  it("refuses the update, and leaves the state as it was", async () => {
    const before = await stateOf(sandbox);
    expect(await refusal(sandbox, POLICIES)).toContain(`[${id}]`);
    if (!isRelation(rule)) expect(await stateOf(sandbox)).toEqual(before);
  });

  it("is refused with an exception that has expired", async () => {
    const before = await stateOf(sandbox);
    // Said before anything else, and of the first resource: nothing is applied with exceptions that can not be relied on.
    expect(await refusal(sandbox, await fixture.pack(exceptions(day(-1))))).toContain("the waiver expired");
    if (!isRelation(rule)) expect(await stateOf(sandbox)).toEqual(before);
  });

  it("passes with an exception in place", async () => {
    await sandbox.up({ policyPacks: [await fixture.pack(exceptions(day(30)))] });
  });
});

/** What the pack hears of the engine, through the SDK's own handlers and messages. */
import { createRequire } from "node:module";
import type { PolicyPackArgs } from "@pulumi/policy";
import policyServer from "@pulumi/policy/server.js";
import analyzerService from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import pb from "@pulumi/pulumi/proto/analyzer_pb.js";
import structPb from "google-protobuf/google/protobuf/struct_pb.js";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listen, runFromEnvironment, type Told } from "../../policies/engine.ts";

type Reply = { getDiagnosticsList: () => { getMessage: () => string }[] };
type Method = { requestDeserialize: (bytes: Uint8Array) => unknown };
type Call = (call: { request: unknown }, reply: (error: unknown, answer: Reply) => void) => void;

// Internal parts of the SDK, which its typings leave out.
const { makeAnalyzeRpcFun, makeAnalyzeStackRpcFun } = policyServer as unknown as Record<"makeAnalyzeRpcFun" | "makeAnalyzeStackRpcFun", (name: string, version: string, level: string, policies: PolicyPackArgs["policies"]) => Call>;
const { AnalyzerService } = analyzerService as unknown as { AnalyzerService: Record<string, Method> };
const { Server } = createRequire(createRequire(import.meta.url).resolve("@pulumi/policy"))("@grpc/grpc-js") as { Server: { prototype: { addService: unknown } } };

const original = Server.prototype.addService;
let served: { methods: Record<string, Method>; handlers: Record<string, Call> };
let told: Told;

/** Serves these policies as the SDK does, without a network. */
function serve(policies: PolicyPackArgs["policies"]): void {
  const server = Server.prototype as { addService: (methods: object, handlers: object) => void };
  server.addService(AnalyzerService, {
    analyze: makeAnalyzeRpcFun("pack", "1.0.0", "mandatory", policies),
    analyzeStack: makeAnalyzeStackRpcFun("pack", "1.0.0", "mandatory", policies),
    remediate: () => { throw new Error("nothing is remediated"); },
    configureStack: (_: unknown, reply: (error: null, answer: unknown) => void) => reply(null, new pb.AnalyzerStackConfigureResponse()),
  });
}

/** Sends a message as bytes, and returns the answer. */
function send(method: string, message: { serializeBinary: () => Uint8Array }): Promise<Reply> {
  const request = served.methods[method]?.requestDeserialize(message.serializeBinary());
  return new Promise((resolve, reject) => served.handlers[method]?.({ request }, (error, answer) => (error === null || error === undefined ? resolve(answer) : reject(new Error(JSON.stringify(error))))));
}

const props = (value: Record<string, structPb.JavaScriptValue>): structPb.Struct => structPb.Struct.fromJavaScript(value);

function provider(region: string): pb.AnalyzerProviderResource {
  const one = new pb.AnalyzerProviderResource();
  one.setUrn("urn:provider");
  one.setName("main");
  one.setProperties(props({ region }));
  return one;
}

function asked(name: string, given: Record<string, structPb.JavaScriptValue>, by?: pb.AnalyzerProviderResource): pb.AnalyzeRequest {
  const request = new pb.AnalyzeRequest();
  const options = new pb.AnalyzerResourceOptions();
  options.setProtect(true);
  options.setIgnorechangesList(["tags"]);
  request.setType("aws:s3/bucket:Bucket");
  request.setUrn(`urn:${name}`);
  request.setName(name);
  request.setOptions(options);
  request.setProperties(props(given));
  request.setProvider(by);
  return request;
}

function configured(dryRun: boolean): pb.AnalyzerStackConfigureRequest {
  const request = new pb.AnalyzerStackConfigureRequest();
  request.setStack("production");
  request.setProject("golive");
  request.setDryRun(dryRun);
  request.getConfigMap().set("golive:region", "us-east-1");
  return request;
}

beforeEach(() => {
  Server.prototype.addService = (methods: Record<string, Method>, handlers: Record<string, Call>): void => {
    served = { methods, handlers };
  };
  told = listen();
});

afterEach(() => {
  Server.prototype.addService = original;
});

it("keeps properties as they were sent, with secrets marked, and hands the SDK the rest", async () => {
  const seen: unknown[] = [];
  serve([{ name: "one", description: "One.", validateResource: ({ urn, type, name, opts, props: given, provider: by }, report) => {
    seen.push({ urn, type, name, protect: opts.protect, ignoreChanges: opts.ignoreChanges, props: given, by });
    report("wrong");
  } }]);
  await send("configureStack", configured(false));
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value: "hunter2" };
  const answer = await send("analyze", asked("a", { bucket: "files", password: secret }, provider("us-east-1")));
  expect(seen).toEqual([{ urn: "urn:a", type: "aws:s3/bucket:Bucket", name: "a", protect: true, ignoreChanges: ["tags"], props: {}, by: undefined }]);
  expect(answer.getDiagnosticsList().map((one) => one.getMessage())).toEqual([expect.stringContaining("wrong")]);
  expect([...told.asked.keys()]).toEqual(["urn:a"]);
  expect(told.asked.get("urn:a")).toMatchObject({ urn: "urn:a", type: "aws:s3/bucket:Bucket", name: "a", protect: true, ignoreChanges: ["tags"], references: {} });
  expect(told.asked.get("urn:a")?.props()).toEqual({ bucket: "files", password: secret });
  expect(told.asked.get("urn:a")?.props(["bucket"])).toEqual({ bucket: "files" });
  expect(told.asked.get("urn:a")?.provider).toEqual({ name: "main", props: { region: "us-east-1" } });
  expect(told.became.size).toBe(0);
});

it("reads a provider once, and a resource without one and without properties", async () => {
  serve([]);
  await send("analyze", asked("a", {}, provider("us-east-1")));
  await send("analyze", asked("b", {}, provider("us-east-1")));
  const bare = asked("c", {});
  bare.clearProperties();
  bare.clearOptions();
  await send("analyze", bare);
  expect(told.asked.get("urn:b")?.provider).toBe(told.asked.get("urn:a")?.provider);
  expect(told.asked.get("urn:c")?.props()).toEqual({});
  expect(told.asked.get("urn:c")).toMatchObject({ provider: undefined, protect: false, ignoreChanges: [] });
});

it("reads what every resource became and what depends on what, and shows the SDK none of them", async () => {
  let shown: unknown;
  serve([{ name: "all", description: "All.", validateStack: ({ resources }) => { shown = resources; } }]);
  const stack = new pb.AnalyzeStackRequest();
  const resource = (name: string, given: Record<string, structPb.JavaScriptValue>): pb.AnalyzerResource => {
    const one = new pb.AnalyzerResource();
    one.setType("aws:s3/bucket:Bucket");
    one.setUrn(`urn:${name}`);
    one.setName(name);
    one.setOptions(new pb.AnalyzerResourceOptions());
    one.setProperties(props(given));
    return one;
  };
  const holder = resource("block", { bucket: "files" });
  const on = new pb.AnalyzerPropertyDependencies();
  on.setUrnsList(["urn:files", "urn:other"]);
  holder.getPropertydependenciesMap().set("bucket", on);
  holder.getOptions()?.setProtect(true);
  stack.setResourcesList([resource("files", { id: "files-1", arn: "arn:x", tags: { a: "b" } }), holder]);
  await send("analyzeStack", stack);
  expect(shown).toEqual([]);
  expect([...told.became.keys()]).toEqual(["urn:files", "urn:block"]);
  expect(told.became.get("urn:files")).toMatchObject({ type: "aws:s3/bucket:Bucket", name: "files", protect: false, references: {} });
  expect(told.became.get("urn:files")?.props(["id", "arn"])).toEqual({ id: "files-1", arn: "arn:x" });
  expect(told.became.get("urn:block")).toMatchObject({ protect: true, references: { bucket: ["urn:files", "urn:other"] } });
  expect(told.became.get("urn:block")?.props()).toEqual({ bucket: "files" });
});

it("does not serve remediation, which the engine takes for none", () => {
  serve([]);
  expect(Object.keys(served.methods)).not.toContain("remediate");
  expect(Object.keys(served.methods)).toContain("getAnalyzerInfo");
});

it("keeps what a preview asks for, and lets the engine go on before anybody looks at it", async () => {
  const heard: string[] = [];
  const looked = new Promise<void>((resolve) => {
    told.onAsked = ({ urn }) => {
      heard.push(urn);
      resolve();
    };
  });
  serve([{ name: "one", description: "One.", validateResource: () => { throw new Error("nobody asks before the end"); } }]);
  await send("configureStack", configured(true));
  const answer = await send("analyze", asked("a", { bucket: "files" }));
  expect(heard).toEqual([]);
  expect(answer).toBeInstanceOf(pb.AnalyzeResponse);
  expect(answer.getDiagnosticsList()).toEqual([]);
  expect(told.asked.get("urn:a")?.props()).toEqual({ bucket: "files" });
  await looked;
  expect(heard).toEqual(["urn:a"]);
});

it("hears which stack it is, and its configuration", async () => {
  serve([]);
  expect(await send("configureStack", configured(true))).toBeInstanceOf(pb.AnalyzerStackConfigureResponse);
  expect(told.run).toEqual({ stack: "production", project: "golive", dryRun: true, config: { "golive:region": "us-east-1" } });
});

it("says so when the SDK serves something else", () => {
  const server = Server.prototype as { addService: (methods: object, handlers: object) => void };
  for (const missing of ["analyze", "analyzeStack", "remediate"]) {
    expect(() => server.addService({ ...AnalyzerService, [missing]: undefined }, {})).toThrow("has no Analyze, AnalyzeStack or Remediate");
  }
});

it("takes what older engines say from the environment", () => {
  expect(runFromEnvironment({ PULUMI_STACK: "s", PULUMI_PROJECT: "p", PULUMI_DRY_RUN: "true", PULUMI_CONFIG: '{"p:a":"b"}' })).toEqual({ stack: "s", project: "p", dryRun: true, config: { "p:a": "b" } });
  expect(runFromEnvironment({})).toEqual({ stack: "", project: "", dryRun: false, config: {} });
});

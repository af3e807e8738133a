import policyProxy from "@pulumi/policy/proxy.js";
import { describe, expect, it } from "vitest";
import { refersTo } from "../../policies/references.ts";
import { type Declared, expand, Resource, Stack } from "../../policies/resource.ts";
import { known, Undecided } from "../../policies/value.ts";
import { SETTINGS } from "./scene.ts";

const internals = policyProxy as unknown as { unknownCheckingProxy: (value: object) => object };
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const reading = { undecided: () => undefined };

function declared(type: string, name: string, props: Record<string, unknown>, more: Partial<Declared> = {}): Declared {
  return { urn: `urn:${name}`, type, name, props, ...more };
}

function resource(type: string, name: string, props: Record<string, unknown>, more: Partial<Declared> = {}): Resource {
  return new Resource(declared(type, name, props, more), SETTINGS, reading);
}

const files = resource("aws:s3/bucket:Bucket", "files", { bucket: "shop-files" }, { identifiers: ["arn:aws:s3:::shop-files"] });

describe("a reference", () => {
  const holder = (value: unknown, references?: Declared["references"]): Resource => resource("aws:s3/bucketVersioning:BucketVersioning", "versioning", { bucket: value }, { references });

  it.each([
    ["the chosen name", "shop-files", true],
    ["the resource's own name", "files", true],
    ["its ARN", "arn:aws:s3:::shop-files", true],
    ["one of a list", ["other", "shop-files"], true],
    ["another name", "shop-logs", false],
    ["nothing", undefined, false],
    ["something that is no text", 5, false],
    ["a list of other things", [{}], false],
  ])("by %s", (_, value, refers) => {
    expect(refersTo(holder(value), "bucket", files)).toBe(refers);
  });

  it("is followed by the engine's record while the value is unknown", () => {
    expect(refersTo(holder(UNKNOWN, { bucket: ["urn:files"] }), "bucket", files)).toBe(true);
    expect(refersTo(holder(UNKNOWN, { bucket: ["urn:logs"] }), "bucket", files)).toBe(false);
    expect(() => refersTo(holder(UNKNOWN, { bucket: [] }), "bucket", files)).toThrow(Undecided);
    expect(() => refersTo(holder(UNKNOWN), "bucket", files)).toThrow(Undecided);
    expect(refersTo(holder({ id: UNKNOWN }, { bucket: ["urn:files"] }), "bucket.id", files)).toBe(true);
    expect(refersTo(resource("x:y:Z", "z", { list: [UNKNOWN] }, { references: { list: ["urn:files"] } }), "list[0]", files)).toBe(true);
  });

  describe("by way of another resource", () => {
    const BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    const chain = (value: unknown, between: Partial<Declared> = { references: { bucket: ["urn:files"] } }): ((name: string) => Resource) => {
      const all = new Stack([
        declared("aws:s3/bucket:Bucket", "files", { bucket: "shop-files" }),
        declared("aws:s3/bucket:Bucket", "logs", { bucket: "shop-logs" }),
        declared("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "owner", { bucket: value }, between),
        declared(BLOCK, "block", { bucket: value }, { references: { bucket: ["urn:owner"] } }),
      ], SETTINGS, reading);
      return (name) => all.byUrn(`urn:${name}`) as Resource;
    };

    it("is to what the known value names", () => {
      const at = chain("shop-files");
      expect([refersTo(at("block"), "bucket", at("files")), refersTo(at("block"), "bucket", at("logs"))]).toEqual([true, false]);
    });

    it("may be to what the one in between depends on, and to nothing else, while the value is unknown", () => {
      const at = chain(UNKNOWN);
      expect(() => refersTo(at("block"), "bucket", at("files"))).toThrow(Undecided);
      expect(refersTo(at("block"), "bucket", at("logs"))).toBe(false);
      const far = chain(UNKNOWN, { references: { other: ["urn:nowhere", "urn:block"], bucket: ["urn:logs"] } });
      expect(() => refersTo(far("block"), "bucket", far("logs"))).toThrow(Undecided);
      expect(refersTo(far("block"), "bucket", far("files"))).toBe(false);
    });

    it("is not, while another of the target's kind is recorded", () => {
      const at = (name: string): Resource => all.byUrn(`urn:${name}`) as Resource;
      const all = new Stack([
        declared("aws:s3/bucket:Bucket", "files", { bucket: "shop-files" }),
        declared("aws:s3/bucket:Bucket", "copy", { bucket: UNKNOWN }, { references: { bucket: ["urn:files"] } }),
        declared(BLOCK, "block", { bucket: UNKNOWN }, { references: { bucket: ["urn:copy"] } }),
      ], SETTINGS, reading);
      expect([refersTo(at("block"), "bucket", at("copy")), refersTo(at("block"), "bucket", at("files"))]).toEqual([true, false]);
    });

    it("is found from both ends, whatever is known of it", () => {
      for (const value of ["shop-files", "arn:aws:s3:::shop-files", ["shop-other", "shop-files"], [UNKNOWN, "shop-files"]]) {
        const at = chain(value);
        const all = at("files").stack;
        expect(all?.pointing("aws:s3:BucketPublicAccessBlock", "bucket", at("files")).map((one) => one.name)).toEqual(["block"]);
        expect(all?.named("aws:s3:Bucket", at("block"), "bucket").map((one) => one.name)).toEqual(["files"]);
        expect(all?.pointing("aws:s3:BucketPublicAccessBlock", "bucket", at("logs"))).toEqual([]);
      }
      const doubtful = chain(UNKNOWN);
      expect(() => doubtful("files").stack?.pointing("aws:s3:BucketPublicAccessBlock", "bucket", doubtful("files"))).toThrow(Undecided);
      expect(() => doubtful("files").stack?.named("aws:s3:Bucket", doubtful("block"), "bucket")).toThrow(Undecided);
      expect(doubtful("files").stack?.pointing("aws:s3:BucketPublicAccessBlock", "bucket", doubtful("logs"))).toEqual([]);
    });

    it("nobody can tell of a value without a record", () => {
      const all = new Stack([declared("aws:s3/bucket:Bucket", "files", {}), declared(BLOCK, "b", { bucket: UNKNOWN }), declared(BLOCK, "a", { bucket: "files" })], SETTINGS, reading);
      const [bucket] = all.of("aws:s3:Bucket");
      expect(bucket && all.pointing("aws:s3:BucketPublicAccessBlock", "bucket", bucket).map((one) => one.name)).toEqual(["a"]);
      expect(() => all.named("aws:s3:Bucket", all.byUrn("urn:b") as Resource, "bucket")).toThrow(Undecided);
    });
  });

  it("is not to a resource whose identifiers are unknown", () => {
    const anonymous = resource("aws:s3/bucket:Bucket", "anonymous", { bucket: UNKNOWN });
    expect(refersTo(holder("shop-files"), "bucket", anonymous)).toBe(false);
    expect(refersTo(holder("anonymous"), "bucket", anonymous)).toBe(true);
  });
});

describe("a stack", () => {
  const stack = (...all: Declared[]): Stack => new Stack(all, SETTINGS, reading);
  const bucket = declared("aws:s3/bucket:Bucket", "files", { bucket: "shop-files" });
  const block = (name: string, value: unknown): Declared => declared("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", name, { bucket: value });

  it("finds resources by kind, and those that point to another", () => {
    const all = stack(bucket, block("a", "shop-files"), block("b", "other"));
    const [target] = all.of("aws:s3:Bucket");
    expect(all.of("aws:s3:BucketPublicAccessBlock", "aws:s3:Bucket").map((one) => one.name)).toEqual(["a", "b", "files"]);
    expect(all.of("aws:s3:Nothing")).toEqual([]);
    expect(target && all.pointing("aws:s3:BucketPublicAccessBlock", "bucket", target).map((one) => one.name)).toEqual(["a"]);
  });

  it("is in doubt only where nothing certain is found", () => {
    const certain = stack(bucket, block("a", "shop-files"), block("b", UNKNOWN));
    const doubtful = stack(bucket, block("a", "other"), block("b", UNKNOWN));
    const target = (all: Stack): Resource => all.of("aws:s3:Bucket")[0] as Resource;
    expect(certain.pointing("aws:s3:BucketPublicAccessBlock", "bucket", target(certain)).map((one) => one.name)).toEqual(["a"]);
    expect(() => doubtful.pointing("aws:s3:BucketPublicAccessBlock", "bucket", target(doubtful))).toThrow(Undecided);
  });

  it("finds objects of a namespace; one that names none is in default", () => {
    const pod = (name: string, namespace?: unknown): Declared => declared("kubernetes:core/v1:Pod", name, { metadata: { ...(namespace === undefined ? {} : { namespace }) } });
    const all = stack(pod("a", "shop"), pod("b"), declared("kubernetes:core/v1:Service", "c", { metadata: { namespace: "shop" } }));
    expect(all.inNamespace("shop", "k8s:core:Pod", "k8s:core:Service").map((one) => one.name)).toEqual(["a", "c"]);
    expect(all.inNamespace("default", "k8s:core:Pod").map((one) => one.name)).toEqual(["b"]);
    expect(() => stack(pod("a", UNKNOWN)).inNamespace("shop", "k8s:core:Pod")).toThrow(Undecided);
  });

  it("does not hide other errors", () => {
    const broken = { get metadata(): never { throw new TypeError("x"); } };
    expect(() => stack(declared("kubernetes:core/v1:Pod", "a", broken)).inNamespace("shop", "k8s:core:Pod")).toThrow(TypeError);
    expect(() => known(() => { throw new TypeError("x"); })).toThrow(TypeError);
  });
});

describe("a resource", () => {
  it("knows its kind and how its object is called", () => {
    const pod = resource("kubernetes:core/v1:Pod", "app", { metadata: { name: "app-1", namespace: "shop" } });
    expect([pod.is("k8s:core:Pod"), pod.is("k8s:core:Service", "k8s:core:Pod"), pod.is("k8s:core:Service")]).toEqual([true, true, false]);
    expect([pod.namespace, pod.objectName, pod.urn, pod.type, pod.path]).toEqual(["shop", "app-1", "urn:app", "kubernetes:core/v1:Pod", ""]);
    expect(resource("kubernetes:core/v1:Pod", "app", {}).objectName).toBe("app");
  });
});

describe("a list", () => {
  it("is its objects, each at its place", () => {
    const list = expand(declared("kubernetes:apps/v1:DeploymentList", "all", { items: [{ metadata: { name: "a" } }, { apiVersion: "batch/v1", kind: "Job" }, null] }));
    expect(list.map((one) => [one.type, one.name, one.at])).toEqual([
      ["kubernetes:apps/v1:Deployment", "all[0]", "items[0]"],
      ["kubernetes:batch/v1:Job", "all[1]", "items[1]"],
      ["kubernetes:apps/v1:Deployment", "all[2]", "items[2]"],
    ]);
    const [first] = list.map((one) => new Resource(one, SETTINGS, reading));
    expect(first?.at("metadata.name")).toMatchObject({ path: "items[0].metadata.name", text: "a" });
  });

  it("of core kinds names its objects as the provider does", () => {
    expect(expand(declared("kubernetes:core/v1:List", "all", { items: [{ apiVersion: "v1", kind: "Pod" }] }))[0]?.type).toBe("kubernetes:core/v1:Pod");
  });

  it("with parts that are not known yet is judged by what is known", () => {
    const list = expand(declared("kubernetes:apps/v1:DeploymentList", "all", internals.unknownCheckingProxy({ items: [UNKNOWN, { kind: UNKNOWN, metadata: { name: "b" } }] }) as Record<string, unknown>));
    expect(list.map((one) => [one.type, one.name])).toEqual([["kubernetes:apps/v1:Deployment", "all[0]"], ["kubernetes:apps/v1:Deployment", "all[1]"]]);
    const unknownItems = declared("kubernetes:apps/v1:DeploymentList", "all", internals.unknownCheckingProxy({ items: UNKNOWN }) as Record<string, unknown>);
    expect(expand(unknownItems)).toEqual([unknownItems]);
  });

  it("keeps the secrets of a list that is one, or has them", () => {
    const secret = (value: unknown): object => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
    const at = (items: unknown): Resource[] => expand(declared("kubernetes:core/v1:SecretList", "all", { items })).map((one) => new Resource(one, SETTINGS, reading));
    const item = { metadata: { name: "a" } };
    for (const [items, secrets] of [[secret([item, item]), [true, true]], [[secret(item), item], [true, false]]] as const) {
      expect(at(items).map((one) => [one.at("metadata.name").text, one.at("metadata.name").secret])).toEqual(secrets.map((hidden) => ["a", hidden]));
    }
  });

  it("without items, and anything else, stays what it is", () => {
    const empty = declared("kubernetes:apps/v1:DeploymentList", "all", { items: UNKNOWN });
    const pod = declared("kubernetes:core/v1:Pod", "pod", { items: [{}] });
    expect(expand(empty)).toEqual([empty]);
    expect(expand(pod)).toEqual([pod]);
  });
});

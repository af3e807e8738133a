/** Every rule, held against its samples: as the engine sends them, and what is unknown also through the SDK's proxy. */
import policyProxy from "@pulumi/policy/proxy.js";
import structPb, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";
import { describe, expect, it } from "vitest";
import { CATALOG } from "../../policies/catalog.ts";
import type { Verdict } from "../../policies/evaluate.ts";
import { kindOf } from "../../policies/kinds.ts";
import type { Declared } from "../../policies/resource.ts";
import { isRelation } from "../../policies/rule.ts";
import { SAMPLED, samplesOf } from "../../policies/samples/index.ts";
import type { RuleSamples, Sample } from "../../policies/samples/sample.ts";
import { structOf } from "../../policies/wire.ts";
import { placeOf, SETTINGS, staged } from "./scene.ts";
import { SCENES } from "./scenes/index.ts";

// Internal parts of the SDK, which its typings leave out.
const { unknownCheckingProxy, unknownStringValue } = policyProxy as unknown as { unknownCheckingProxy: (value: object) => object; unknownStringValue: string };

type Props = Declared["props"];

/** Ways in which properties reach a rule. */
const WAYS = {
  /** The engine's own bytes, read as the pack reads them. */
  sent: (props: Props): Props => structOf(structPb.Struct.fromJavaScript(JSON.parse(JSON.stringify(props)) as Record<string, JavaScriptValue>).serializeBinary()),
  /** What the SDK shows packs, which throws where something unknown is touched. */
  proxied: (props: Props): Props => unknownCheckingProxy(props) as Props,
};

/** All rules on these resources. */
function judge(resources: Declared[], way: keyof typeof WAYS = "sent"): Verdict[] {
  const seen = resources.map((one) => ({ ...one, props: WAYS[way](one.props) }));
  return [...seen.flatMap((one) => CATALOG.judgeAlone(one, SETTINGS)), ...CATALOG.judgeRelations(seen, SETTINGS)];
}

function findings(verdicts: Verdict[]): string[] {
  return verdicts.flatMap((verdict) => verdict.findings).map((one) => `${one.rule.id} ${one.resource}:${one.path} ${one.message}`);
}

function nameOf(sample: Sample): string {
  const sets = Object.entries(sample.set ?? {}).map(([place, value]) => `${place} = ${JSON.stringify(value) ?? "nothing"}`);
  const text = [...sets, ...(sample.remove ?? []).map((name) => `without ${name}`), ...(sample.add ?? []).map(({ name }) => `with ${name}`)].join(", ");
  return text.length > 150 ? `${text.slice(0, 150)}…` : text;
}

describe.each(Object.keys(SCENES))("scene %s", (scene) => {
  it("breaks no rule", () => {
    expect(findings(judge(staged(scene)))).toEqual([]);
  });

  it("leaves nothing undecided", () => {
    expect(judge(staged(scene)).flatMap((verdict) => verdict.doubts).map((doubt) => `${doubt.rule.id} ${doubt.resource}:${doubt.path} ${doubt.reason}`)).toEqual([]);
  });
});

describe.each(CATALOG.all.map((rule) => [rule.id, rule, samplesOf(rule.id)] as const))("%s", (_, rule, samples) => {
  it("is satisfied by its scene, not passed over", () => {
    expect(judge(staged(samples.scene)).filter((verdict) => verdict.rule === rule && verdict.outcome === "satisfied")).not.toEqual([]);
  });

  it.each((samples.good ?? []).map((sample) => [nameOf(sample), sample] as const))("lets pass: %s", (_name, sample) => {
    expect(findings(judge(staged(samples.scene, sample)))).toEqual([]);
  });

  it.each(samples.bad.map((sample) => [nameOf(sample), sample] as const))("refuses: %s", (_name, sample) => {
    const found = judge(staged(samples.scene, sample)).flatMap((verdict) => verdict.findings);
    const own = found.filter((one) => one.rule === rule);
    const at = sample.at ?? Object.keys(sample.set ?? {})[0];
    expect(own.map((one) => `${one.resource}:${one.path}`)).toContain(at);
    expect(own.every((one) => one.message.length > 0 && !/undefined|\[object|\.$/.test(one.message))).toBe(true);
    const others = new Set(found.filter((one) => one.rule !== rule).map((one) => one.rule.id));
    expect([...others].sort()).toEqual([...(sample.also ?? [])].sort());
  });

  it.each(unknowns(samples))("does not decide while %s is unknown", (place, sample) => {
    for (const resources of variants(staged(samples.scene, sample), placeOf(place).name)) {
      for (const way of ["sent", "proxied"] as const) {
        const own = judge(resources, way).filter((verdict) => verdict.rule === rule);
        expect(own.flatMap((verdict) => verdict.findings).map((one) => `${way} ${one.type} ${one.resource}:${one.path} ${one.message}`)).toEqual([]);
        expect(own.map((verdict) => verdict.outcome)).toContain("undecided");
      }
    }
  });
});

/** The resources as they are, and where one of them is an object of Kubernetes also with it as a patch, and as the only item of a list. */
function variants(resources: Declared[], name: string): Declared[][] {
  const { kind, patch, list } = kindOf(resources.find((one) => one.name === name)?.type ?? "");
  // Charts are resources of the provider, which has neither patches nor lists of them.
  if (!kind.startsWith("k8s:") || kind.startsWith("k8s:helm.sh:") || patch || list) return [resources];
  const as = (change: (one: Declared) => Declared): Declared[] => resources.map((one) => (one.name === name ? change(one) : one));
  return [resources, as((one) => ({ ...one, type: `${one.type}Patch` })), as((one) => ({ ...one, type: `${one.type}List`, props: { items: [one.props] } }))];
}

/** The places that bad samples change one at a time, each with a value that nobody knows yet. */
function unknowns(samples: RuleSamples): [string, Sample][] {
  const places = samples.bad.flatMap((sample) => {
    const [place, ...more] = Object.keys(sample.set ?? {});
    const alone = place !== undefined && more.length === 0 && sample.add === undefined && sample.remove === undefined;
    return alone && !placeOf(place).path.startsWith("$") ? [place] : [];
  });
  return [...new Set(places)].map((place) => [place, { set: { [place]: unknownStringValue } }]);
}

it("no two rules have one name, and every name is `area/name` in its area's file", () => {
  const ids = CATALOG.all.map((rule) => rule.id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => !/^[a-z-]+\/[a-z0-9-]+$/.test(id))).toEqual([]);
});

it("every rule has samples, and all samples belong to a rule", () => {
  expect([...SAMPLED].sort()).toEqual(CATALOG.all.map((rule) => rule.id).sort());
});

it("relations have scenes in which something else matters", () => {
  // A relation whose bad samples all change the judged resource alone could be checked before each step instead.
  const alone = CATALOG.all.filter(isRelation).filter((rule) => samplesOf(rule.id).bad.every((sample) => sample.remove === undefined && sample.add === undefined && Object.keys(sample.set ?? {}).every((place) => placeOf(place).name === placeOf(sample.at ?? place).name)));
  expect(alone.map((rule) => rule.id)).toEqual([]);
});

/** What findings say: never the text of a secret, whichever rule speaks and wherever the secret is. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import policyProxy from "@pulumi/policy/proxy.js";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { CATALOG } from "../../policies/catalog.ts";
import { Rules } from "../../policies/evaluate.ts";
import type { Finding, Rule } from "../../policies/rule.ts";
import { samplesOf } from "../../policies/samples/index.ts";
import type { Sample } from "../../policies/samples/sample.ts";
import { placeOf, SETTINGS, staged } from "./scene.ts";

const { unknownCheckingProxy } = policyProxy as unknown as { unknownCheckingProxy: (value: object) => object };

const secret = (value: unknown): unknown => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });

/** What a rule says of a sample; where `marked`, the properties that the sample changes, and what it adds, are secrets. */
function said(rule: Rule, scene: string, sample: Sample, marked: boolean): Finding[] {
  const alone = new Rules([rule]);
  const changed = new Map<string, Set<string>>();
  for (const place of Object.keys(sample.set ?? {})) {
    const { name, path: way } = placeOf(place);
    changed.set(name, (changed.get(name) ?? new Set()).add(/^[^.[]+/.exec(way)?.[0] ?? ""));
  }
  for (const { name, props } of sample.add ?? []) changed.set(name, new Set(Object.keys(props)));
  const resources = staged(scene, sample).map((one) => {
    const keys = changed.get(one.name);
    const props = Object.fromEntries(Object.entries(one.props).map(([key, value]) => [key, marked && value !== undefined && keys?.has(key) === true ? secret(value) : value]));
    return { ...one, props: unknownCheckingProxy(props) as Record<string, unknown> };
  });
  return [...resources.flatMap((one) => alone.judgeAlone(one, SETTINGS)), ...alone.judgeRelations(resources, SETTINGS)].flatMap((verdict) => verdict.findings);
}

const FOLDER = path.join(import.meta.dirname, "../../policies/areas");
const SOURCES = readdirSync(FOLDER).map((file) => ({ file, text: readFileSync(path.join(FOLDER, file), "utf8") }));

/** Texts in what a sample sets, without those that rules know themselves, such as "LoadBalancer" or "true". */
function texts(value: unknown): string[] {
  if (typeof value === "string") return value.length < 4 || SOURCES.some(({ text }) => text.includes(value)) ? [] : [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}

/** What it asks for is the mark. */
const SATISFIED_BY_MARKS = ["secrets/versions"];

describe.each(CATALOG.all.filter((rule) => !SATISFIED_BY_MARKS.includes(rule.id)).map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  it("finds the same in secrets, and tells none", () => {
    const { scene, bad } = samplesOf(id);
    for (const sample of bad) {
      const [open, hidden] = [said(rule, scene, sample, false), said(rule, scene, sample, true)];
      expect(hidden.map((one) => `${one.resource}:${one.path}`)).toEqual(open.map((one) => `${one.resource}:${one.path}`));
      const told = texts([...Object.values(sample.set ?? {}), (sample.add ?? []).map((one) => one.props)]);
      // Messages name resources of the program, whose names are often those in the cloud.
      const names = new Set(staged(scene, sample).map((one) => one.name));
      expect(hidden.map((one) => one.message).filter((message) => told.some((text) => message.includes(text) && !names.has(text)))).toEqual([]);
    }
  });
});

describe("messages in policies/areas", () => {
  it.each(SOURCES.map(({ file, text }) => [file, text] as const))("%s prints values by shown() or setting() only", (file, text) => {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const raw: string[] = [];
    const look = (node: ts.Node): void => {
      // A text without spaces is a name that something is compared with, no message.
      if (ts.isTemplateExpression(node) && /\s/.test([node.head, ...node.templateSpans.map((span) => span.literal)].map((part) => part.text).join(""))) {
        raw.push(...node.templateSpans.map((span) => span.expression).filter(reads).map((part) => part.getText(source)));
      }
      ts.forEachChild(node, look);
    };
    look(source);
    expect(raw).toEqual([]);
  });

  /** Whether an expression has a value's text in it that did not go through the printer. */
  function reads(node: ts.Node): boolean {
    if (ts.isCallExpression(node) && ["shown", "setting"].includes(node.expression.getText())) return false;
    if (ts.isPropertyAccessExpression(node) && ["text", "raw", "number", "flag"].includes(node.name.text)) return true;
    return ts.forEachChild(node, reads) ?? false;
  }
});

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { REFERENCE_FOLDER } from "../../operations/commands/policies.ts";
import { placeOf } from "../../operations/policies/place.ts";
import { detailsOf, mannerOf, referencePages, section } from "../../operations/policies/reference.ts";
import { RULE_TEXTS } from "../../policies/catalog.ts";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";

const pages = referencePages();

describe("the reference", () => {
  it.each(pages.map(({ file, text }) => [file, text] as const))("docs/%s is what `make docs` writes from the rules", (file, text) => {
    expect(readFileSync(path.join(CHECKOUT, REFERENCE_FOLDER, file), "utf8")).toBe(text);
  });

  it("has no page for what is no area", () => {
    expect(readdirSync(path.join(CHECKOUT, REFERENCE_FOLDER, "policies")).sort()).toEqual(pages.map(({ file }) => path.basename(file)).filter((file) => file !== "policies.md").sort());
  });

  it("has a section for each rule, to which the checklist's table leads", () => {
    const [index = { text: "" }] = pages;
    for (const rule of RULE_TEXTS) {
      const [file] = placeOf(rule).split("#");
      expect(pages.find((page) => page.file === file)?.text).toContain(`\n## ${rule.id}\n`);
      expect(index.text).toContain(`[${rule.id}](${placeOf(rule)})`);
    }
  });
});

describe("a rule", () => {
  it.each(RULE_TEXTS.map((rule) => [rule.id, rule] as const))("%s is explained in whole sentences", (_, rule) => {
    expect(rule.title).toMatch(/^[A-Z`].*[^.]$/);
    for (const text of [rule.why, rule.mend]) expect(text).toMatch(/\w.*[.:)]$/s);
    expect(section(rule)).toContain(rule.mend);
  });

  it("tells programs what it looks at, and by which samples", () => {
    const details = (id: string): object[] => RULE_TEXTS.filter((rule) => rule.id === id).map(detailsOf);
    expect(details("storage/public-access-flags")).toMatchObject([{ closed: true, relation: false, kinds: expect.arrayContaining(["aws:s3:BucketPublicAccessBlock"]) as unknown, samples: { scene: "bucket", good: expect.any(Array) as unknown, bad: expect.arrayContaining([expect.any(Object)]) as unknown } }]);
    expect(details("storage/versioning")).toMatchObject([{ closed: false, relation: true }]);
    expect(details("protection/data-not-deleted")).toEqual([{}]);
  });

  it("says when it is judged", () => {
    const manner = (id: string): string => RULE_TEXTS.filter((rule) => rule.id === id).map(mannerOf).join();
    expect(manner("protection/data-not-deleted")).toBe("mandatory; judged from the plan, by `golive gate --base`");
    expect(manner("storage/public-access-flags")).toBe("mandatory, refuses what it can not check; judged before each step");
    expect(manner("storage/public-access-block")).toBe("mandatory, refuses what it can not check; judged when the whole stack is known");
    expect(manner("storage/versioning")).toBe("mandatory; judged when the whole stack is known");
    expect(manner("cache/three-nodes")).toMatch(/^advisory; /);
  });
});

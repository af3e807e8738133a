/** The checklist and the rules, held against each other and against the text that asks for them. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { RULE_TEXTS } from "../../policies/catalog.ts";
import { CHECKLIST, type ChecklistItem } from "../../policies/checklist.ts";
import { CHECKOUT } from "../../sandbox/engine/checkout.ts";
import { ANSWERS } from "./answers.ts";

const DOCUMENT = path.join(CHECKOUT, "..", "shared", "REQUIREMENTS.md");

/** The words of the requirements' section 3 for each item, in the order of the text. */
const WORDS: Readonly<Record<ChecklistItem, string>> = {
  "encryption-at-rest": "encryption at rest",
  "encryption-in-transit": "in transit",
  "key-rotation": "key rotation 90 days",
  "database": "database",
  "redis": "Redis",
  "buckets": "buckets",
  "retention-backups": "90 days backups",
  "retention-audit": "2555 days audit",
  "iam-wildcards": "no wildcards",
  "iam-mfa": "MFA",
  "iam-session": "8 h",
  "network-exposure": "network exposure",
  "waf": "WAF",
  "edge-rate-limits": "rate limits",
  "flow-logs": "flow logs",
  "audit-trail": "audit trail",
  "threat-detection": "threat detection",
  "cluster-endpoint": "cluster endpoint",
  "cluster-encryption": "encryption",
  "cluster-logging": "logging",
  "pod-security": "pod security (restricted)",
  "resources": "resources",
  "probes": "probes",
  "image-digests": "images by digest",
  "image-registries": "from allowed registries",
  "network-policies": "network policies (default deny)",
  "pdb": "PDB",
  "replicas": "replicas",
  "spread": "spread",
  "ingress-tls": "ingress TLS",
  "ingress-headers": "headers",
  "ingress-rate-limits": "rate limits",
  "secrets": "secrets in plain sight",
  "rbac": "RBAC",
  "service-account-tokens": "service-account tokens",
  "tags": "required tags",
  "labels": "labels",
  "protect": "`protect` on everything that holds data",
  "alert-runbooks": "alert rules with runbooks",
  "monitoring-coverage": "monitoring coverage",
  "colors-declared": "both colors declared",
  "live-selector": "live selector names one of them",
  "selectors-distinct": "the two never share a selector",
  "strategy-bounds": "release strategy bounds",
};
/** What is left of the text: words that join phrases, and the heads of lists whose parts are phrases. */
const JOINTS = /^(and|retention|IAM|blue\/green|invariants)$/;

const ids = Object.keys(CHECKLIST) as ChecklistItem[];

it("every rule answers a phrase, and every phrase has rules", () => {
  expect(RULE_TEXTS.filter((rule) => rule.items.length === 0).map((rule) => rule.id)).toEqual([]);
  expect(ids.filter((item) => !RULE_TEXTS.some((rule) => rule.items.includes(item)))).toEqual([]);
});

it("the rules of each phrase are those of the table: none is gone, none is new without being written down", () => {
  const now = Object.fromEntries(ids.map((item) => [item, RULE_TEXTS.filter((rule) => rule.items.includes(item)).map((rule) => rule.id).sort()]));
  expect(now).toEqual(Object.fromEntries(Object.entries(ANSWERS).map(([item, rules]) => [item, [...rules].sort()])));
});

// The document lies beside the checkout of its maintainers and of CI; a copy of the checkout alone has none.
it.runIf(existsSync(DOCUMENT))("the phrases are the whole list of areas, in its order", () => {
  const text = readFileSync(DOCUMENT, "utf8");
  let rest = (/^## 3\.[\s\S]*?Areas: ([\s\S]*?)\n\n/m.exec(text)?.[1] ?? "").replace(/\s+/g, " ");
  expect(rest).not.toBe("");
  let left = "";
  for (const item of ids) {
    const at = rest.indexOf(WORDS[item]);
    expect(at, `${item}: "${WORDS[item]}" in "${rest.slice(0, 60)}…"`).toBeGreaterThanOrEqual(0);
    left += ` ${rest.slice(0, at)}`;
    rest = rest.slice(at + WORDS[item].length);
  }
  expect(`${left} ${rest}`.split(/[^\w/]+/).filter((word) => word !== "" && !JOINTS.test(word))).toEqual([]);
});

/** The reports that programs read: what a reader of each format demands. */
import { describe, expect, test } from "vitest";
import { jsonReport, type JsonReport } from "../../../operations/report/json.ts";
import { junitReport, escaped } from "../../../operations/report/junit.ts";
import { sarifReport } from "../../../operations/report/sarif.ts";
import { FORMATS, render } from "../../../operations/report/render.ts";
import { BUCKET, CLEAN, NASTY, OPTIONS, REPORT, RESULTS, RULES } from "./results.ts";

describe("sarif", () => {
  interface Result { ruleId: string; ruleIndex: number; level: string; message: { text: string }; locations: [{ physicalLocation: { artifactLocation: { uri: string; uriBaseId?: string }; region: { startLine: number; startColumn?: number } }; logicalLocations?: [{ fullyQualifiedName: string }] }]; partialFingerprints: Record<string, string>; suppressions?: { kind: string; justification: string }[] }
  interface Log { $schema: string; version: string; runs: { tool: { driver: { name: string; rules: { id: string; help: { text: string }; helpUri?: string; shortDescription: { text: string }; defaultConfiguration: { level: string }; properties: { tags: string[]; "security-severity": string } }[] } }; automationDetails: { id: string }; artifacts: { location: { uri: string } }[]; invocations: [{ executionSuccessful: boolean; toolExecutionNotifications?: unknown[] }]; results: Result[] }[] }
  const log = (options = OPTIONS, report = REPORT): Log => JSON.parse(sarifReport([report], options)) as Log;
  const run = (options = OPTIONS, report = REPORT) => {
    const [first] = log(options, report).runs;
    if (first === undefined) throw new Error("no run");
    return first;
  };

  test("names version, schema, tool, and each rule with help, level and severity", () => {
    expect(log()).toMatchObject({ version: "2.1.0", $schema: "https://json.schemastore.org/sarif-2.1.0.json" });
    const { driver } = run().tool;
    expect(driver.name).toBe("golive");
    expect(driver.rules.map((rule) => rule.id)).toEqual([...RULES.map((rule) => rule.id), "policies/settings-and-exceptions"]);
    const [broken, , advice] = driver.rules;
    expect(broken).toMatchObject({ shortDescription: { text: "Title of test/broken" }, defaultConfiguration: { level: "error" }, properties: { "security-severity": "9.5" } });
    expect(broken?.help.text).toContain("Mend: Mend of test/broken");
    expect(broken?.properties.tags).toEqual(["security", "test", "buckets", "encryption-at-rest", "CIS AWS 3.0: 2.1.4"]);
    expect(advice).toMatchObject({ defaultConfiguration: { level: "warning" }, properties: { "security-severity": "3.0" } });
  });

  test("links to the reference only where an absolute address is known", () => {
    expect(run().tool.driver.rules[0]).not.toHaveProperty("helpUri");
    expect(run({ ...OPTIONS, home: "https://code.example.com/shop/blob/abc" }).tool.driver.rules[0]?.helpUri).toBe("https://code.example.com/shop/blob/abc/docs/policies/test.md#testbroken");
  });

  test("each result points to its rule, its resource, and line 1 of the stack file", () => {
    const { results, tool, artifacts } = run();
    for (const result of results) expect(tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
    const broken = results.find((result) => result.ruleId === "test/broken");
    expect(broken).toMatchObject({
      level: "error",
      message: { text: 'files at acl: is "public-read", must be private.' },
      locations: [{ physicalLocation: { artifactLocation: { uri: "Pulumi.production.yaml", uriBaseId: "%SRCROOT%" }, region: { startLine: 1 } }, logicalLocations: [{ fullyQualifiedName: `urn:pulumi:production::golive::${BUCKET}::files` }] }],
    });
    expect(artifacts.map((artifact) => artifact.location.uri)).toEqual(["policies/exceptions.yaml", "Pulumi.production.yaml"]);
    expect(results[0]).toMatchObject({ ruleId: "policies/settings-and-exceptions", locations: [{ physicalLocation: { region: { startLine: 12 } } }] });
  });

  test("levels: refused error, advice warning, not decided one note a rule", () => {
    const levels = (id: string) => run().results.filter((result) => result.ruleId === id).map((result) => result.level);
    expect(levels("test/broken")).toEqual(["error", "error", "error"]);
    expect(levels("test/closed")).toEqual(["error"]);
    expect(levels("test/advice")).toEqual(["warning"]);
    expect(levels("test/unknown")).toEqual(["note"]);
    expect(run().results.find((result) => result.ruleId === "test/unknown")?.message.text).toBe("Not decided on 2 resources: one, two; an update decides it when everything is applied.");
    expect(levels("test/kept")).toEqual([]);
  });

  test("exempted ones are suppressed, with the reason", () => {
    const excused = run().results.filter((result) => result.ruleId === "test/excused");
    expect(excused.map((result) => result.suppressions)).toEqual([
      [{ kind: "external", status: "accepted", justification: "waiver of platform@example.com until 2027-01-31: moves next week (exceptions.yaml:3)" }],
      [{ kind: "external", status: "accepted", justification: "byDesign of security until 2026-12-24: a control (exceptions.yaml:9)" }],
    ]);
    expect(run().results.filter((result) => result.suppressions !== undefined)).toHaveLength(2);
  });

  test("fingerprints tell all results apart, and stay when the message or the line changes", () => {
    const prints = (report = REPORT, options = OPTIONS) => run(options, report).results.map((result) => result.partialFingerprints["golive/v1"]);
    expect(new Set(prints()).size).toBe(prints().length);
    const changed = { ...REPORT, results: { ...RESULTS, rules: RESULTS.rules.map((rule) => ({ ...rule, issues: rule.issues.map((issue) => ({ ...issue, message: "other" })) })) } };
    expect(prints(changed, { ...OPTIONS, place: () => ({ file: "a.yaml", line: 7 }) })).toEqual(prints());
    expect(prints({ ...REPORT, stack: "staging" })).not.toEqual(prints());
    for (const { partialFingerprints } of run().results) expect(partialFingerprints["primaryLocationLineHash"]).toMatch(/^[0-9a-f]{16}:1$/);
  });

  test("two findings of one rule at one place have fingerprints of their own", () => {
    const [broken] = RESULTS.rules;
    if (broken === undefined) throw new Error("no rule");
    const twice = { ...REPORT, results: { ...RESULTS, problems: [], rules: [{ ...broken, issues: broken.issues.slice(0, 1).flatMap((issue) => [issue, { ...issue, message: "and more" }]) }] } };
    expect(run(OPTIONS, twice).results.map((result) => result.partialFingerprints["golive/v1"]?.split(":")[1])).toEqual(["1", "2"]);
  });

  test("files below the root are relative, with what is no URI escaped; others are absolute", () => {
    const at = (file: string) => run({ ...OPTIONS, place: () => ({ file, line: 3, column: 5 }) }).results.find((result) => result.ruleId === "test/broken")?.locations[0].physicalLocation;
    expect(at("a b/#ü.yaml")).toEqual({ artifactLocation: { uri: "a%20b/%23%C3%BC.yaml", uriBaseId: "%SRCROOT%" }, region: { startLine: 3, startColumn: 5 } });
    expect(at("/checkout/x/../y.yaml")?.artifactLocation).toEqual({ uri: "y.yaml", uriBaseId: "%SRCROOT%" });
    expect(at("/elsewhere/y.yaml")?.artifactLocation).toEqual({ uri: "file:///elsewhere/y.yaml" });
  });

  test("files that could not be read make the run unsuccessful", () => {
    expect(run().invocations).toEqual([{ executionSuccessful: true }]);
    expect(run(OPTIONS, { ...REPORT, unread: [{ file: "a.yaml", line: 2, column: 3, message: "broken" }] }).invocations[0]).toMatchObject({
      executionSuccessful: false, toolExecutionNotifications: [{ level: "error", message: { text: "broken" }, locations: [{ physicalLocation: { artifactLocation: { uri: "a.yaml" }, region: { startLine: 2, startColumn: 3 } } }] }],
    });
  });

  test("one run a stack, apart by its id", () => {
    const both = JSON.parse(sarifReport([REPORT, CLEAN], OPTIONS)) as Log;
    expect(both.runs.map((one) => [one.automationDetails.id, one.results.length > 0])).toEqual([["golive/production/", true], ["golive/staging/", false]]);
  });
});

describe("junit", () => {
  const xml = junitReport([REPORT], OPTIONS);
  const caseOf = (id: string): string => new RegExp(`<testcase [^>]*name="${id}[^]*?</testcase>`).exec(xml)?.[0] ?? "";

  test("a suite for each item, a case for each rule, counted", () => {
    expect([...xml.matchAll(/<testsuite name="([^"]*)" tests="(\d+)" failures="(\d+)" errors="(\d+)" skipped="(\d+)"/g)].map(([, ...all]) => all)).toEqual([
      ["production: settings, exceptions and input", "1", "0", "1", "0"],
      ["production: database", "1", "0", "0", "0"],
      ["production: Redis", "1", "0", "0", "1"],
      ["production: buckets", "2", "1", "0", "0"],
      ["production: WAF", "2", "1", "0", "1"],
      ["production: PDB", "1", "0", "0", "1"],
      ["production: RBAC", "1", "0", "0", "1"],
    ]);
    expect(xml).toContain('<testsuites name="golive" tests="9" failures="2" errors="1" skipped="4" time="6.250">');
  });

  test("a failure holds all findings and the mend", () => {
    expect(caseOf("test/broken")).toContain('<failure message="3 findings" type="critical">');
    expect(caseOf("test/broken").match(/must be private/g)).toHaveLength(3);
    expect(caseOf("test/broken")).toContain("Mend: Mend of test/broken with a &lt;tag&gt; &amp; &quot;quotes&quot;.");
    expect(caseOf("test/broken")).toContain("satisfied: aws:s3/bucket:Bucket::good");
  });

  test("advice passes and is told; disabled, exempted and undecided are skipped and say why", () => {
    expect(caseOf("test/advice")).not.toMatch(/<failure|<skipped/);
    expect(caseOf("test/advice")).toContain("advisory: aws:s3/bucket:Bucket::files at acl");
    expect(caseOf("test/off")).toContain('<skipped message="disabled in this stack: staging has no people"/>');
    expect(caseOf("test/excused")).toContain('<skipped message="exempted: 2 resources"/>');
    expect(caseOf("test/excused")).toContain("(waiver by platform@example.com until 2027-01-31: moves next week)");
    expect(caseOf("test/unknown")).toContain('<skipped message="not decided on 2 resources until an update is over"/>');
    expect(caseOf("test/idle")).toContain('<skipped message="no resource to look at"/>');
    expect(caseOf("test/closed")).toContain("<failure ");
  });

  test("nothing in it is markup or a character that XML can not hold", () => {
    expect(xml).toContain("na|sty&lt;&amp;&gt;&quot;&apos;`*_[x](y)\ufffd\ufffd[2J");
    expect(xml).not.toContain(NASTY);
    expect(escaped("a\u0000\u0008\u000b\u001f\ufffe\uffff\ud800b\t\n\u{1f600}")).toBe("a\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\ufffdb\t\n\u{1f600}");
  });

  test("files that could not be read are errors", () => {
    expect(junitReport([{ ...CLEAN, unread: [{ file: "a.yaml", line: 2, message: "broken" }] }], OPTIONS)).toContain('<testcase classname="staging.input" name="a.yaml:2" time="0">\n      <error message="broken" type="input">a.yaml:2: broken</error>');
  });
});

describe("json", () => {
  const report = JSON.parse(jsonReport([REPORT], OPTIONS)) as JsonReport;

  test("holds the stack, its totals and problems", () => {
    expect(report).toMatchObject({ version: 1, tool: { name: "golive", version: "1.2.3" }, stacks: [{ stack: "production", base: "main", seconds: 6.25, problems: RESULTS.problems, charts: ["keda", "loki"], unread: [] }] });
    expect(report.stacks[0]?.totals).toEqual({ rules: 7, resources: 13, satisfied: 8, refused: 5, advisory: 1, exempted: 2, nextExpiry: "2026-12-24", undecided: 2, undecidedRelations: 2, charts: 2 });
  });

  test("holds each item with its rules, and each rule with its verdict and evidence", () => {
    const [stack] = report.stacks;
    expect(stack?.items.find((item) => item.item === "encryption-at-rest")).toEqual({ item: "encryption-at-rest", phrase: "encryption at rest", verdict: "refused", rules: ["test/broken"] });
    expect(stack?.items.find((item) => item.item === "spread")).toMatchObject({ verdict: "unused", rules: [] });
    expect(stack?.notes).toEqual(["policies.requiredTags: in this stack team: one team has one account"]);
    expect(stack?.passedOver).toEqual([{ kind: "command:local:Command", count: 2 }, { kind: "aws-native:s3:Bucket", count: 1 }]);
    expect(stack?.rules.filter((rule) => rule.relation === true).map((rule) => rule.id)).toEqual(["test/unknown"]);
    expect(stack?.rules.map((rule) => [rule.id, rule.verdict])).toEqual([["test/broken", "refused"], ["test/kept", "satisfied"], ["test/advice", "advisory"], ["test/excused", "exempted"], ["test/unknown", "undecided"], ["test/closed", "refused"], ["test/off", "disabled"], ["test/idle", "unused"]]);
    expect(stack?.rules[0]?.satisfied).toEqual([`${BUCKET}::good`]);
    expect(stack?.rules[6]).toMatchObject({ level: "disabled", reason: "staging has no people" });
  });

  test("holds each finding with its exemption and place", () => {
    const placed = JSON.parse(jsonReport([REPORT], { ...OPTIONS, place: () => ({ file: "a.yaml", line: 2 }) })) as JsonReport;
    expect(placed.stacks[0]?.rules[3]?.findings[0]).toEqual({
      verdict: "exempted", outcome: "violated", urn: `urn:pulumi:production::golive::${BUCKET}::files`, type: BUCKET, resource: "files", path: "acl", message: 'is "public-read", must be private',
      exempted: { place: "exceptions.yaml:3", kind: "waiver", reason: "moves next week", owner: "platform@example.com", until: "2027-01-31" }, place: { file: "a.yaml", line: 2 },
    });
    expect(report.stacks[0]?.rules[0]?.findings[0]).not.toHaveProperty("place");
  });
});

test("every format ends with one line break, also for nothing at all", () => {
  expect(FORMATS).toEqual(["text", "sarif", "junit", "json", "markdown"]);
  for (const format of FORMATS) {
    expect(render(format, [REPORT], OPTIONS), format).toMatch(/[^\n]\n$/);
    expect(render(format, [{ ...CLEAN, results: { stack: "staging", problems: [], notes: [], passedOver: [], rules: [] } }], { version: "1" }), format).toMatch(/[^\n]\n$/);
  }
});

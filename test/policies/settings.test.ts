import { describe, expect, it } from "vitest";
import { runbooks } from "../../policies/checkout.ts";
import { runFromEnvironment } from "../../policies/engine.ts";
import type { Rule } from "../../policies/rule.ts";
import { settingsOf, stackSettings } from "../../policies/settings.ts";

const RULES = [{ id: "storage/versioning" }, { id: "tagging/required-tags" }] as unknown as Rule[];
const DEFAULT = { today: new Date().toISOString().slice(0, 10), allowedRegistries: ["*.dkr.ecr.*.amazonaws.com"], requiredTags: ["environment", "owner", "cost-center"], requiredLabels: ["app.kubernetes.io/name", "app.kubernetes.io/part-of"], runbooks: runbooks() };

describe("settings of a stack", () => {
  it("have defaults, with the account's own registry when the account is known", () => {
    expect(stackSettings(undefined, undefined, RULES)).toEqual({ settings: DEFAULT, levels: new Map(), notes: [], problems: [] });
    expect(stackSettings({}, "123456789012", RULES).settings.allowedRegistries).toEqual(["123456789012.dkr.ecr.*.amazonaws.com"]);
  });

  it("take what the stack says", () => {
    const list = (...values: string[]): object => ({ values, reason: `the reason of ${values.join()}` });
    const given = { allowedRegistries: list("registry.example.com", "*.dkr.ecr.*.amazonaws.com/shop"), requiredTags: list("team"), requiredLabels: list("app"), rules: { "storage/versioning": { level: "advisory", reason: "moving" } } };
    expect(stackSettings(given, "123456789012", RULES)).toEqual({
      settings: { ...DEFAULT, allowedRegistries: ["registry.example.com", "*.dkr.ecr.*.amazonaws.com/shop"], requiredTags: ["team"], requiredLabels: ["app"] },
      levels: new Map([["storage/versioning", { level: "advisory", reason: "moving" }]]),
      notes: [
        "policies.allowedRegistries: in this stack registry.example.com, *.dkr.ecr.*.amazonaws.com/shop: the reason of registry.example.com,*.dkr.ecr.*.amazonaws.com/shop",
        "policies.requiredTags: in this stack team: the reason of team",
        "policies.requiredLabels: in this stack app: the reason of app",
      ],
      problems: [],
    });
  });

  it.each(["mandatory", "advisory", "disabled"])("know the level %s", (level) => {
    expect(stackSettings({ rules: { "storage/versioning": { level, reason: "r" } } }, undefined, RULES).levels.get("storage/versioning")?.level).toBe(level);
  });

  it.each([
    ["text", "policies: must be an object with allowedRegistries, requiredTags, requiredLabels, rules"],
    [{ requiredTag: [] }, 'policies.requiredTag: is not known; did you mean "requiredTags"?'],
    ...["owner", ["owner"], { values: "owner", reason: "r" }, { values: [], reason: "r" }, { values: [" "], reason: "r" }, { values: [1], reason: "r" }].map((requiredTags): [object, string] => [{ requiredTags }, "policies.requiredTags: must be an object with values, a list of texts, and the reason"]),
    [{ requiredLabels: { values: ["app"] } }, "policies.requiredLabels.reason: must say why the default does not fit this stack"],
    [{ requiredLabels: { values: ["app"], reason: " " } }, "policies.requiredLabels.reason: must say why the default does not fit this stack"],
    ...["*", "*.*", "*.io", "ghcr.*", "registry.example.c*/shop", "*.io/shop.example.com"].map((registry): [object, string] => [{ allowedRegistries: { values: ["registry.example.com", registry], reason: "r" } }, `policies.allowedRegistries: "${registry}" leaves it open whose registry it is: the last two parts of the host must be written out`]),
    [{ rules: [] }, 'policies.rules: must be an object of rules, such as {"tagging/required-tags": {"level": "advisory", "reason": "…"}}'],
    [{ rules: { "storage/versionin": { level: "disabled", reason: "r" } } }, 'policies.rules["storage/versionin"]: there is no such rule; did you mean "storage/versioning"?'],
    [{ rules: { "storage/versioning": { level: "off", reason: "r" } } }, 'policies.rules["storage/versioning"].level: must be mandatory, advisory, disabled'],
    [{ rules: { "storage/versioning": "disabled" } }, 'policies.rules["storage/versioning"].level: must be mandatory, advisory, disabled'],
    [{ rules: { "storage/versioning": { level: "disabled" } } }, 'policies.rules["storage/versioning"].reason: must say why the rule is disabled in this stack'],
    [{ rules: { "storage/versioning": { level: "advisory", reason: " " } } }, 'policies.rules["storage/versioning"].reason: must say why the rule is advisory in this stack'],
  ])("refuse %j", (given, problem) => {
    const { settings, levels, notes, problems } = stackSettings(given, undefined, RULES);
    expect(notes).toEqual([]);
    expect(problems).toEqual([problem]);
    expect(settings).toEqual(DEFAULT);
    expect(levels.size).toBe(0);
  });
});

describe("what the engine tells the pack", () => {
  const from = (config: Record<string, string>, project = "golive"): ReturnType<typeof settingsOf> => settingsOf({ project, config }, RULES);

  it("may be nothing", () => {
    expect(from({}).settings).toEqual(DEFAULT);
  });

  it.each(["golive:policies", "golive:config:policies"])("holds the settings under %s, as text", (key) => {
    expect(from({ [key]: JSON.stringify({ requiredTags: { values: ["team"], reason: "r" } }) }).settings.requiredTags).toEqual(["team"]);
  });

  it("belongs to the project that runs", () => {
    expect(from({ "golive:policies": JSON.stringify({ requiredTags: { values: ["team"], reason: "r" } }) }, "other").settings).toEqual(DEFAULT);
    expect(from({ "shop:accountId": "123456789012" }, "shop").settings.allowedRegistries).toEqual(["123456789012.dkr.ecr.*.amazonaws.com"]);
  });

  it("is a problem when it can not be read, never a loosened rule", () => {
    expect(from({ "golive:policies": "{broken" }).problems).toHaveLength(1);
  });

  it("comes in the environment from an engine that does not call", () => {
    expect(runFromEnvironment({ PULUMI_STACK: "production", PULUMI_PROJECT: "golive", PULUMI_DRY_RUN: "true", PULUMI_CONFIG: '{"golive:a":"b"}' })).toEqual({ stack: "production", project: "golive", dryRun: true, config: { "golive:a": "b" } });
    expect(runFromEnvironment({})).toEqual({ stack: "", project: "", dryRun: false, config: {} });
  });
});

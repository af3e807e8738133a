/** docs/configuration.md, written from the schema, the profiles and the rules. */
import { profileDefault } from "../config.ts";
import { type KeyEntry, allKeys, allowed, pathText } from "./describe.ts";
import { isSecretKey } from "./input.ts";
import { exampleText } from "./mistakes.ts";
import { type ProfileName, profiles } from "./profiles.ts";
import { rules } from "./rules/index.ts";
import { configSchema } from "./schema.ts";

const PROFILE_NAMES = Object.keys(profiles) as ProfileName[];

/** The whole page. */
export function referencePage(): string {
  const keys = allKeys(configSchema);
  const single = keys.filter((key) => key.path.length === 1 && !isSection(key, keys) && !isSecretKey(key.path[0] ?? ""));
  const sections = keys.filter((key) => key.path.length === 1 && isSection(key, keys));
  const secret = keys.filter((key) => isSecretKey(key.path[0] ?? ""));
  return [
    ...introduction(),
    "## The stack", "", ...table(single),
    ...sections.flatMap((section) => [`## ${pathText(section.path)}`, "", section.meta.description ?? "", "", ...table(leaves(section, keys))]),
    "## Secrets", "", "Only as Pulumi secrets; plain text is refused. For a stack other than the selected one add `--stack NAME`.", "", ...secretTable(secret),
    "## Rules between keys", "", "Checked after every key is sound by itself.", "", ...ruleTable(),
  ].join("\n");
}

function introduction(): string[] {
  return [
    "<!-- Generated from stacks/config/ by `./golive config reference`. Change the schema, the profiles or the rules, then run it again. -->",
    "",
    "# Configuration",
    "",
    "Every key of `Pulumi.<stack>.yaml`, below `config:` as `golive:KEY`. Check a file with `./golive config check STACK`,",
    "look up one key with `./golive config explain KEY`. Editors complete and check the files by `docs/pulumi-config.schema.json`,",
    "which `./golive config schema` writes.",
    "",
    "- **Defaults** come from the profile (`golive:profile`). The column shows `standard`, and `mvp` and `enterprise` where they differ. *required* means that no profile has a sensible value; *optional* that the key may be left out.",
    "- **A value in the stack file wins.** Sections are laid over the profile key by key. Lists and entries by name (`nodes`, `tags`, `app.settings`, `storage.extraBuckets`, `monitoring.alertRules`) are taken whole: a stack file that sets `nodes` replaces the profile's node groups.",
    "- **Text stays text.** Nothing is guessed: quote what looks like a number (`golive:accountId: \"123456789012\"`).",
    "- **Any value may be encrypted** with `pulumi config set --secret`; the keys in [Secrets](#secrets) must be.",
    "- `<name>` stands for a name of your choice.",
    "",
  ];
}

function isSection(key: KeyEntry, keys: readonly KeyEntry[]): boolean {
  return keys.some((other) => other.path.length > key.path.length && key.path.every((segment, index) => other.path[index] === segment));
}

/** Documented keys of a section; parts that only group others have no line of their own. */
function leaves(section: KeyEntry, keys: readonly KeyEntry[]): KeyEntry[] {
  const below = keys.filter((key) => key.path[0] === section.path[0]);
  return below.filter((key) => (key.path.length > 1 || section.schema._zod.def.type === "record") && (!isSection(key, keys) || key.meta.example !== undefined));
}

function table(keys: readonly KeyEntry[]): string[] {
  const rows = keys.map((key) => [
    `\`${key.path.join(".")}\``, cell(allowed(key.schema)), key.meta.unit ?? "", defaultCell(key), cell(key.meta.description ?? ""), code(key.meta.example), key.meta.source ?? "",
  ]);
  return [...markdown(["key", "takes", "unit", "default", "what", "example", "source"], rows), ""];
}

function secretTable(keys: readonly KeyEntry[]): string[] {
  const rows = keys.map((key) => [`\`${key.path.join(".")}\``, cell(allowed(key.schema)), key.optional ? "when needed" : "yes", cell(key.meta.description ?? ""), `\`${String(key.meta.example)}\``]);
  return [...markdown(["key", "takes", "required", "what", "set it by"], rows), ""];
}

function ruleTable(): string[] {
  const rows = rules.map((rule) => [cell(rule.title), cell(`${rule.reason.charAt(0).toUpperCase()}${rule.reason.slice(1)}.`), rule.reads.map((path) => `\`${path}\``).join(", ")]);
  return [...markdown(["rule", "why", "keys"], rows), ""];
}

/** Default of `standard`, then those of the others where they differ. */
function defaultCell(key: KeyEntry): string {
  const [standard, ...others] = PROFILE_NAMES.map((name) => [name, JSON.stringify(profileDefault(name, key.path) ?? key.fallback)] as const);
  const value = standard?.[1];
  const differing = others.filter(([, other]) => other !== value).map(([name, other]) => `${name}: \`${other ?? "none"}\``);
  const first = value === undefined ? (key.optional || key.path.includes("<name>") ? key.optional ? "*optional*" : "*required*" : "*required*") : `\`${value}\``;
  return cell(differing.length === 0 ? first : `${first} (${differing.join(", ")})`);
}

function code(example: unknown): string {
  const text = exampleText(example);
  return text === undefined ? "" : cell(`\`${text.replace(/@sha256:([0-9a-f]{4})[0-9a-f]{60}/g, "@sha256:$1…")}\``);
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return [`| ${head.join(" | ")} |`, `| ${head.map(() => "---").join(" | ")} |`, ...rows.map((row) => `| ${row.join(" | ")} |`)];
}

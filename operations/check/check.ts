/** Puts files through the rules: reads them, judges all of them together, and knows where each finding stands. */
import type { Rules } from "../../policies/evaluate.ts";
import type { Exemptions } from "../../policies/exemptions.ts";
import { type Issue, Judge } from "../../policies/judge.ts";
import { passedOver } from "../../policies/passedOver.ts";
import type { Declared } from "../../policies/resource.ts";
import type { StackSettings } from "../../policies/settings.ts";
import type { Place, StackReport, Unread } from "../report/report.ts";
import { contentOf } from "./declared.ts";
import { filesOf, textOf } from "./files.ts";
import { readJson } from "./json.ts";
import { InputMistake, Lines } from "./mistake.ts";
import { locate, type Part, readYaml } from "./yaml.ts";

export interface CheckOptions {
  /** Rules to run. */
  rules: Rules;
  /** Every rule, by which a kind counts as looked at. */
  catalog: Rules;
  /** Stack whose settings and exceptions apply, or `files`. */
  stack: string;
  settings: StackSettings;
  exemptions: Exemptions;
  /** What `-` means. */
  stdin: AsyncIterable<Buffer | string>;
  /** Told of each file before it is read. */
  progress?: (file: string, done: number, all: number) => void;
}

export interface Checked {
  report: StackReport & { unread: Unread[] };
  /** Where an issue stands. */
  place: (issue: Issue) => Place | undefined;
  /** Resources that were read. */
  resources: number;
}

/** Where a resource's properties stand. */
interface Origin {
  file: string;
  lines: Lines;
  part: Part;
  document: number;
  at: string;
}

const JSON_FILE = /\.json$/i;
/** Files between two looks at whether the process was interrupted. */
const BREATH = 100;

/** @throws nothing for what is wrong with files: that is told in the report's `unread` */
export async function check(given: readonly string[], options: CheckOptions): Promise<Checked> {
  const started = performance.now();
  const { files, unread } = filesOf(given);
  const declared: Declared[] = [];
  const origins = new Map<string, Origin>();
  for (const [index, file] of files.entries()) {
    options.progress?.(file, index, files.length);
    if (index % BREATH === BREATH - 1) await new Promise((resolve) => setImmediate(resolve));
    let text: string;
    try {
      text = await textOf(file, options.stdin);
    } catch (error) {
      unread.push(unreadOf(file, new Lines(""), error));
      continue;
    }
    read(file, text, unread, (one, origin) => {
      declared.push(one);
      origins.set(one.urn, origin);
    });
  }
  const judge = new Judge(options);
  // Exceptions that nothing needs are no mistake here: these files need not be the whole stack.
  const results = { ...judge.stack(declared), problems: [...judge.problems], passedOver: passedOver(declared, options.catalog) };
  const issues = results.rules.flatMap((rule) => rule.issues);
  let places: Map<Issue, Place> | undefined;
  return {
    report: { stack: options.stack, results, charts: [], seconds: (performance.now() - started) / 1000, unread },
    place: (issue) => (places ??= placesOf(issues, origins)).get(issue),
    resources: declared.length,
  };
}

function read(file: string, text: string, unread: Unread[], add: (declared: Declared, origin: Origin) => void): void {
  const lines = new Lines(text);
  const { parts, mistakes } = partsOf(file, text);
  unread.push(...mistakes.map((mistake) => unreadOf(file, lines, mistake)));
  let number = 0;
  for (const part of parts) {
    for (const [document, data] of part.documents.entries()) {
      if (data === null || data === undefined) continue;
      number += 1;
      const { found, strangers } = contentOf(data, `${file}#${number}`);
      for (const { declared, at } of found) add(declared, { file, lines, part, document, at });
      for (const { at, message } of strangers) {
        const offset = part.offset + (locate(part.text, document, [at])[0] ?? 0);
        unread.push({ file, ...lines.at(offset), message });
      }
    }
  }
  if (number === 0 && mistakes.length === 0) unread.push({ file, message: "the file is empty: it holds no object" });
}

/** JSON where it says so or is so; else YAML, of which most JSON is a part. */
function partsOf(file: string, text: string): { parts: Part[]; mistakes: InputMistake[] } {
  const json = JSON_FILE.test(file);
  if (!json && !/^\s*[[{]/.test(text)) return readYaml(text);
  try {
    return { parts: [{ text, offset: 0, documents: [readJson(text)] }], mistakes: [] };
  } catch (error) {
    if (!(error instanceof InputMistake)) throw error;
    const yaml = json ? undefined : readYaml(text);
    return yaml !== undefined && yaml.mistakes.length === 0 ? yaml : { parts: [], mistakes: [error] };
  }
}

function unreadOf(file: string, lines: Lines, error: unknown): Unread {
  if (!(error instanceof InputMistake)) throw error;
  return { file, ...(error.offset === undefined ? {} : lines.at(error.offset)), message: error.message };
}

/** Places of all issues, document by document: each is parsed for its positions once, and only where something is wrong. */
function placesOf(issues: readonly Issue[], origins: ReadonlyMap<string, Origin>): Map<Issue, Place> {
  const byDocument = new Map<Part, Map<number, [Issue, Origin][]>>();
  for (const issue of issues) {
    const origin = origins.get(issue.urn);
    if (origin === undefined) continue;
    const documents = byDocument.get(origin.part) ?? new Map<number, [Issue, Origin][]>();
    byDocument.set(origin.part, documents);
    const group = documents.get(origin.document);
    if (group === undefined) documents.set(origin.document, [[issue, origin]]);
    else group.push([issue, origin]);
  }
  const places = new Map<Issue, Place>();
  for (const [part, documents] of byDocument) {
    for (const [document, group] of documents) {
      const offsets = locate(part.text, document, group.map(([issue, { at }]) => (issue.path.startsWith("[") || issue.path === "" || at === "" ? `${at}${issue.path}` : `${at}.${issue.path}`)));
      for (const [index, [issue, { file, lines }]] of group.entries()) places.set(issue, { file, ...lines.at(part.offset + (offsets[index] ?? 0)) });
    }
  }
  return places;
}

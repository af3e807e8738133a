/** The JSONPath of `kubectl get -o jsonpath={…}`, as far as it picks values out of one object (Kubernetes, "JSONPath Support"). */
import { isRecord, type Json } from "../json.ts";

type Step =
  | { kind: "key"; key: string }
  | { kind: "index"; index: number }
  | { kind: "all" }
  | { kind: "filter"; path: Step[]; operator: string; value: Json | undefined };

/** `{.path}` or `{.path}=value`, after `jsonpath=`. */
export interface JsonPath {
  text: string;
  steps: Step[];
  /** What the first value found must be, as text; anything when absent. */
  value?: string;
}

const STEP = /^(?:\.\.?\*|\.?\[\*\]|\.?\['((?:[^'\\]|\\.)*)'\]|\.?\[(-?\d+)\]|\.?\[\?\((.+?)\)\]|\.((?:[^.[\]\\]|\\.)+))/;
const FILTER = /^@((?:\.|\[).*?)\s*(?:(==|!=)\s*(.+))?$/;

/** @throws Error that says what is wrong with the expression */
export function parseJsonPath(expression: string): JsonPath {
  const match = /^\{\s*(.*?)\s*\}(?:=(.*))?$/s.exec(expression);
  if (match === null) throw new Error(`"${expression}" should be wrapped in brackets { ... }, such as {.status.phase}=Running`);
  if (match[2] === "") throw new Error(`"${expression}" requires a value after the =`);
  return { text: expression, steps: parseSteps((match[1] ?? "").replace(/^\$/, ""), expression), ...(match[2] === undefined ? {} : { value: match[2] }) };
}

function parseSteps(path: string, whole: string): Step[] {
  const steps: Step[] = [];
  for (let rest = path; rest !== "" && rest !== ".";) {
    const match = STEP.exec(rest);
    if (match === null || match[0].startsWith("..")) throw new Error(`"${whole}" is no JSONPath that is understood here: "${rest}"`);
    const [all, quoted, index, filter, key] = match;
    if (quoted !== undefined || key !== undefined) steps.push({ kind: "key", key: (quoted ?? key ?? "").replace(/\\(.)/g, "$1") });
    else if (index !== undefined) steps.push({ kind: "index", index: Number(index) });
    else if (filter !== undefined) steps.push(parseFilter(filter, whole));
    else steps.push({ kind: "all" });
    rest = rest.slice(all.length);
  }
  return steps;
}

function parseFilter(text: string, whole: string): Step {
  const match = FILTER.exec(text.trim());
  if (match === null) throw new Error(`"${whole}" has a filter that is not understood here: "${text}"; write such as @.type=="Ready"`);
  const literal = match[3]?.trim();
  return { kind: "filter", path: parseSteps(match[1] ?? "", whole), operator: match[2] ?? "", value: literal === undefined ? undefined : literalOf(literal) };
}

function literalOf(text: string): Json {
  if (/^'.*'$/s.test(text)) return text.slice(1, -1);
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}

/** All values that the path selects. */
export function select(value: Json, steps: readonly Step[]): Json[] {
  return steps.reduce<Json[]>((values, step) => values.flatMap((v) => take(v, step)), [value]);
}

function take(value: Json, step: Step): Json[] {
  switch (step.kind) {
    case "key":
      return isRecord(value) && Object.hasOwn(value, step.key) ? [value[step.key] ?? null] : [];
    case "index": {
      const item = Array.isArray(value) ? value.at(step.index) : undefined;
      return item === undefined ? [] : [item];
    }
    case "all":
      return Array.isArray(value) ? value : isRecord(value) ? Object.values(value) : [];
    case "filter":
      return (Array.isArray(value) ? value : []).filter((item) => {
        const [found] = select(item, step.path);
        if (step.operator === "") return found !== undefined;
        return (found === step.value) === (step.operator === "==");
      });
  }
}

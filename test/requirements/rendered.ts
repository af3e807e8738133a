/** What `golive render` writes, read back for assertions: the files, not the program's own objects. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import type { RenderIndex } from "../../operations/render/files.ts";

export interface RenderedResource {
  type: string;
  name: string;
  protect: boolean;
  /** Properties set at creation and then left alone. */
  ignoreChanges: readonly string[];
  /** Stays in the cloud when the program gives it up. */
  retainOnDelete: boolean;
  file: string;
  props: Record<string, unknown>;
  /** Type of the component at the top that declares it, such as `golive:network:Network`; its own type when there is none. */
  component: string;
}

/** A rendered stack; all queries fail loudly when nothing matches. */
export class Rendered {
  readonly resources: readonly RenderedResource[];
  /** Outputs of the stack. */
  readonly outputs: Readonly<Record<string, unknown>>;

  constructor(resources: readonly RenderedResource[], outputs: Readonly<Record<string, unknown>> = {}) {
    this.resources = resources;
    this.outputs = outputs;
  }

  static read(dir: string): Rendered {
    const index = JSON.parse(readFileSync(path.join(dir, "index.json"), "utf8")) as RenderIndex;
    return new Rendered(
      index.resources.map(({ file, type, name, urn, protect, ignoreChanges, retainOnDelete }) => {
        const text = readFileSync(path.join(dir, file), "utf8");
        const props = (file.endsWith(".yaml") ? parse(text) : (JSON.parse(text) as { props: unknown }).props) as Record<string, unknown>;
        return { type, name, protect, ignoreChanges, retainOnDelete, file, props, component: componentOf(urn) };
      }),
      index.outputs,
    );
  }

  /** Resources of a type (`aws:rds/instance:Instance`; `Deployment` for a Kubernetes kind), optionally by name. */
  all(type: string, name?: RegExp | string): RenderedResource[] {
    return this.resources.filter((r) => matchesType(r, type) && matchesName(r, name));
  }

  /** The only such resource. */
  one(type: string, name?: RegExp | string): RenderedResource {
    const found = this.all(type, name);
    const [only] = found;
    if (only === undefined || found.length > 1) {
      throw new Error(`expected one ${type} ${String(name ?? "")}, found ${found.length}: ${found.map((r) => r.name).join(", ")}`);
    }
    return only;
  }

  /** The same stack without some of its resources: what would be seen if the program forgot them. */
  without(removed: readonly RenderedResource[]): Rendered {
    const gone = new Set(removed);
    return new Rendered(this.resources.filter((r) => !gone.has(r)), this.outputs);
  }
}

/** `urn:pulumi:stack::project::parent$type::name`: types from the top down. */
function componentOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$")[0] ?? "";
}

function matchesType(resource: RenderedResource, type: string): boolean {
  return resource.type === type || (!type.includes(":") && resource.props["kind"] === type);
}

function matchesName(resource: RenderedResource, name: RegExp | string | undefined): boolean {
  if (name === undefined) return true;
  const names = [resource.name, (resource.props["metadata"] as { name?: string } | undefined)?.name ?? ""];
  return names.some((n) => (typeof name === "string" ? n === name : name.test(n)));
}

/** The value at a path such as `vpcConfig.subnetIds` or `rules[0].name`. */
export function at(props: unknown, where: string): unknown {
  return where
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".")
    .reduce<unknown>((value, part) => (typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined), props);
}

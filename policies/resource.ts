/** A declared resource, and the stack that it is part of, as rules see them. */
import { type Kind, kindOf, tokenOf } from "./kinds.ts";
import { identifiersOf, References, refersTo } from "./references.ts";
import { matching } from "./search.ts";
import { all, isObject, known, marked, type Reading, Undecided, Value } from "./value.ts";

/** What is known of a resource before any rule looks: from the engine, a saved state or a file. */
export interface Declared {
  urn: string;
  type: string;
  name: string;
  props: Record<string, unknown>;
  protect?: boolean;
  /** The engine says of a resource what its options are; a file does not, and nothing can be held against it. */
  optionsKnown?: boolean;
  /** Properties whose changes in the program the engine passes over. */
  ignoreChanges?: readonly string[];
  /** Name and properties of the provider that manages it. */
  provider?: { name: string; props: Record<string, unknown> };
  /** URNs on which each property depends: how a reference is followed while its value is unknown. */
  references?: Readonly<Record<string, readonly string[]>>;
  /** Its id and ARN, where it exists already. */
  identifiers?: readonly string[];
  /** Path of a list's item inside of the resource. */
  at?: string;
}

/** What applies in one stack: from its configuration, defaults where it says nothing. */
export interface Settings {
  /** Hosts, or hosts with the start of a path, from which images may come; `*` stands for part of one name. */
  allowedRegistries: readonly string[];
  /** The day of the run, as `2026-01-31`: what is supported today is not for ever. */
  today: string;
  /** Keys that the tags of every AWS resource must have. */
  requiredTags: readonly string[];
  /** Keys that the labels of every Kubernetes object must have. */
  requiredLabels: readonly string[];
  /** Paths of the runbooks that exist, such as `docs/runbooks/errors.md`; nothing where they can not be listed. */
  runbooks?: readonly string[];
}

/** A resource under one rule's eyes. */
export class Resource extends Value {
  readonly declared: Declared;
  readonly kind: Kind;
  readonly settings: Settings;
  /** Properties of the provider that manages it: its region, account and default tags. Nothing, where none is known. */
  readonly provider: Value;
  /** The stack that it is part of, where that is known. */
  readonly stack: Stack | undefined;
  #identifiers: ReadonlySet<string> | undefined;

  constructor(declared: Declared, settings: Settings, reading: Pick<Reading, "undecided">, stack?: Stack) {
    const kind = kindOf(declared.type);
    super(declared.at ?? "", () => declared.props, { patch: kind.patch, undecided: reading.undecided });
    this.declared = declared;
    this.kind = kind;
    this.settings = settings;
    this.stack = stack;
    this.provider = new Value("provider", () => declared.provider?.props, { patch: false, undecided: reading.undecided });
  }

  get name(): string {
    return this.declared.name;
  }

  get urn(): string {
    return this.declared.urn;
  }

  get type(): string {
    return this.declared.type;
  }

  /** Every name by which others may mean it. */
  get identifiers(): ReadonlySet<string> {
    this.#identifiers ??= identifiersOf(this);
    return this.#identifiers;
  }

  is(...kinds: string[]): boolean {
    return kinds.includes(this.kind.kind);
  }

  /** Namespace of a Kubernetes object; `default` when it says none. @throws Undecided */
  get namespace(): string {
    return this.at("metadata.namespace").text ?? "default";
  }

  /** Name of a Kubernetes object in its cluster, or of the resource where the object leaves naming to the provider. @throws Undecided */
  get objectName(): string {
    return this.at("metadata.name").text ?? this.name;
  }
}

/** Objects of one kind by namespace, and those of which it is not known. */
interface Neighbours {
  known: Map<string, Resource[]>;
  doubts: { resource: Resource; cause: Undecided }[];
}

/** All resources of a stack, or of the files that were given together. */
export class Stack {
  readonly resources: readonly Resource[];
  readonly settings: Settings;
  readonly #byKind = new Map<string, Resource[]>();
  readonly #byUrn = new Map<string, Resource>();
  readonly #references = new References();
  readonly #byNamespace = new Map<string, Neighbours>();

  constructor(declared: readonly Declared[], settings: Settings, reading: Pick<Reading, "undecided">) {
    this.settings = settings;
    this.resources = declared.map((one) => new Resource(one, settings, reading, this));
    for (const resource of this.resources) {
      this.#byUrn.set(resource.urn, resource);
      const group = this.#byKind.get(resource.kind.kind);
      if (group) group.push(resource);
      else this.#byKind.set(resource.kind.kind, [resource]);
    }
  }

  /** Resources of these kinds, in the order of declaration within a kind. */
  of(...kinds: string[]): Resource[] {
    return kinds.flatMap((kind) => this.#byKind.get(kind) ?? []);
  }

  byUrn(urn: string): Resource | undefined {
    return this.#byUrn.get(urn);
  }

  /** Resources of a kind whose property refers to `target`, and for which a test holds. @throws Undecided when one may be such, and none is */
  pointing(kind: string, property: string, target: Resource, test: (holder: Resource) => boolean = () => true): Resource[] {
    return matching(this.#references.holders(kind, this.#byKind.get(kind) ?? [], property, target), (holder) => all([() => refersTo(holder, property, target), () => test(holder)]));
  }

  /** Resources of a kind to which a property of `holder` refers. @throws Undecided when it may be one, and nobody can know */
  named(kind: string, holder: Resource, property: string): Resource[] {
    return matching(this.#references.targets(kind, this.#byKind.get(kind) ?? [], holder, property), (target) => refersTo(holder, property, target));
  }

  /** Resources of these kinds for which a test holds. @throws Undecided when it may hold for one, and holds for none */
  which(kinds: readonly string[], test: (resource: Resource) => boolean): Resource[] {
    return matching(this.of(...kinds), test);
  }

  /** Objects of these kinds in one namespace. @throws Undecided when one may be there, and none is */
  inNamespace(namespace: string, ...kinds: string[]): Resource[] {
    const groups = kinds.map((kind) => this.#namespaces(kind));
    const found = groups.flatMap((group) => group.known.get(namespace) ?? []);
    const doubt = groups.flatMap((group) => group.doubts).at(-1);
    if (found.length === 0 && doubt !== undefined) throw doubt.cause;
    return found;
  }

  /** Objects of these kinds without those that are in another namespace for sure. */
  near(namespace: () => string, ...kinds: string[]): Resource[] {
    const name = known(namespace);
    if (name === undefined) return this.of(...kinds);
    return kinds.map((kind) => this.#namespaces(kind)).flatMap((group) => [...(group.known.get(name) ?? []), ...group.doubts.map((doubt) => doubt.resource)]);
  }

  /** Objects of these kinds without those that are in another namespace than `object` for sure. */
  besides(object: Resource, ...kinds: string[]): Resource[] {
    return this.near(() => object.namespace, ...kinds).filter((one) => one !== object);
  }

  /**
   * Resources of a kind that may have one of the wanted texts among what `texts` finds in them: those of which it is
   * not known, too. `what` names the texts, which are asked of each resource once.
   */
  having(kind: string, what: string, texts: (resource: Resource) => string[], wanted: Iterable<string>): Resource[] {
    return this.#references.having(kind, this.#byKind.get(kind) ?? [], what, texts, wanted);
  }

  /** Objects of a kind by namespace: each is asked once, for every object of a stack may ask for its neighbours. */
  #namespaces(kind: string): Neighbours {
    const before = this.#byNamespace.get(kind);
    if (before !== undefined) return before;
    const group: Neighbours = { known: new Map(), doubts: [] };
    this.#byNamespace.set(kind, group);
    for (const resource of this.of(kind)) {
      try {
        const { namespace } = resource;
        const others = group.known.get(namespace);
        if (others === undefined) group.known.set(namespace, [resource]);
        else others.push(resource);
      } catch (error) {
        if (!(error instanceof Undecided)) throw error;
        group.doubts.push({ resource, cause: error });
      }
    }
    return group;
  }
}

/** The objects of a list kind, each as a resource of its own; any other resource as it is. */
export function expand(declared: Declared): Declared[] {
  if (!kindOf(declared.type).list) return [declared];
  // Read as rules read: what is unknown must not end the judging of everything else.
  const items = new Value("", () => declared.props, { patch: false, undecided: () => undefined }).key("items");
  if (!Array.isArray(known(() => items.raw))) return [declared];
  return items.items.map((item, index) => {
    const given = known(() => item.raw);
    const own = isObject(given) ? given : {};
    // What is below a secret is secret too, also as a resource of its own.
    const props = known(() => item.secret) === true ? marked(own) : own;
    return { ...declared, type: itemType(declared.type, item), props, name: `${declared.name}[${index}]`, at: `items[${index}]` };
  });
}

/** `v1 List` holds objects of any kind; a `DeploymentList` those of one. */
function itemType(token: string, item: Value): string {
  const [apiVersion, kind] = ["apiVersion", "kind"].map((key) => known(() => item.key(key).text));
  return apiVersion !== undefined && kind !== undefined ? tokenOf(apiVersion, kind) : token.replace(/List$/, "");
}

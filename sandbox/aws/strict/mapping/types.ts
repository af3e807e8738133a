/** How one Pulumi resource type relates to the service's API. */
export interface Mapping {
  /** Folder name of the service model in botocore. */
  readonly api: string;
  /**
   * Operations that create the resource. `PutBucketLogging` compares the operation's whole input,
   * `PutBucketLogging:BucketLoggingStatus.LoggingEnabled` a structure inside it. The first structure that
   * has a member wins.
   */
  readonly create: readonly string[];
  /** Operations that change it, written in the same way. Empty: nothing of it can be changed. */
  readonly update: readonly string[];
  /** Properties that name the resource in every operation: changing one means another resource. */
  readonly id?: readonly string[];
  /**
   * Property path → member (dotted) of the structure that its parent maps to, where names differ.
   * `@PutX:Inner.Part`: an operation's structure, wherever the parent stands. `null`: the provider alone knows this property (its own switch, or a value it computes the API's from).
   */
  readonly rename?: Readonly<Record<string, string | null>>;
  /** Property path → values that the provider accepts besides the API's enum, because it handles them itself. */
  readonly alsoAllows?: Readonly<Record<string, readonly string[]>>;
  /** Properties (paths) whose limits in the model do not apply to what the provider takes. */
  readonly unlimited?: readonly string[];
  /** Hand-decided: property path → why changing it replaces the resource (citation). Wins over everything. */
  readonly replace?: Readonly<Record<string, string>>;
  /** Hand-decided: property → why changing it does not replace the resource (citation). */
  readonly inPlace?: Readonly<Record<string, string>>;
  /**
   * Set for types whose typings leave everything inside blocks optional (the provider's newer framework does):
   * what the service demands there is required, `except` property names for which the provider has a default.
   */
  readonly requiredInside?: { readonly except: readonly string[] };
  /** Property path → why it is required although the typings leave it optional (citation). */
  readonly required?: Readonly<Record<string, string>>;
}

/** Mappings by type token. */
export type Mappings = Readonly<Record<string, Mapping>>;

/** The same entry for several properties: `every(["a", "b"], "Attributes")`. */
export function every<T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** How a resource type is described: one record a type, in tables by service area beside this file. */
import type { Draft } from "../draft.ts";
import type { Plain, PlainObject } from "../values.ts";
import type { Known, World } from "../world.ts";

/** Makes one computed output. Touching an input that is unknown makes the output unknown too. */
export type Formula = (draft: Draft) => Plain;

/** The property that names the resource, and how the bridge fills it in when the program leaves it out. */
export interface NameRule {
  readonly property: string;
  /** Longest automatic name, in characters; 255 where the bridge states none. */
  readonly max?: number;
  readonly lowerCase?: boolean;
  /** Text that the service demands in front (`alias/`). */
  readonly prefix?: string;
  /** Property that, when true, demands the suffix `.fifo`. */
  readonly fifo?: string;
  /** Property of a prefix that may be given in place of the name; the service then makes the rest. */
  readonly prefixProperty?: string;
  /** The program must give the name: nothing is made up. */
  readonly given?: boolean;
  /** The service can rename: a new name does not replace. */
  readonly renames?: boolean;
}

/** Two resources that can not be there together. */
export interface Unique {
  /** What both must have in common; `undefined` when this one conflicts with nothing. */
  readonly key: (draft: Draft) => string | undefined;
  /** The service's refusal. */
  readonly error: (draft: Draft) => string;
}

export interface ResourceType {
  readonly id: (draft: Draft) => string;
  readonly name?: NameRule;
  /** Takes `tags` and so has `tagsAll`. */
  readonly tags?: boolean;
  /** Belongs to no region: has no `region` property. */
  readonly global?: boolean;
  /** The provider's own defaults: part of the inputs, and so known in a preview. */
  readonly defaults?: PlainObject;
  /** Outputs that the service makes when the inputs do not say them; a dotted key reaches into an object. */
  readonly outputs?: Readonly<Record<string, Formula>>;
  /** Outputs that are secret whatever the program says. */
  readonly secrets?: readonly string[];
  /** Properties whose change replaces the resource, besides those that the service models tell. */
  readonly replaceOn?: readonly string[];
  /** There can not be two, however named: the old one goes before the new one comes. */
  readonly deleteFirst?: boolean;
  readonly unique?: Unique;
  /** Holds data that is lost with it. */
  readonly holdsData?: boolean;
  /** Judges a create (`previous` absent) or an update against the rest of the cloud; throws CloudError. */
  readonly admit?: (draft: Draft) => void;
  /** The reason why the resource can not be deleted, when there is one. */
  readonly keeps?: (known: Known, world: World) => string | undefined;
  /** What a deletion leaves behind, such as a name that stays taken. */
  readonly leaves?: (known: Known, world: World) => void;
}

export type TypeTable = Readonly<Record<string, ResourceType>>;

/** An output that is made once and then stays, such as a creation date. */
export function once(property: string, formula: Formula): Formula {
  return (draft) => draft.previous?.[property] ?? formula(draft);
}

/** A number that starts at 1 and grows by one with every update. */
export function revision(property: string): Formula {
  return (draft) => Number(draft.previous?.[property] ?? 0) + 1;
}

/** A value that the service sets on everything. */
export function always(value: Plain): Formula {
  return () => value;
}

export const ownId: Formula = (draft) => draft.id;
export const ownerId: Formula = (draft) => draft.account;

/** An ARN of the resource's own region and account: service and `type/id` part. */
export function arnOf(service: string, resource: (draft: Draft) => string): Formula {
  return (draft) => draft.arn(service, resource(draft));
}

/** An ARN of the account without a region, as of IAM and CloudFront. */
export function globalArn(service: string, resource: (draft: Draft) => string): (draft: Draft) => string {
  return (draft) => draft.arn(service, resource(draft), { region: "" });
}

/** Date and time of now, once. */
export function createdAt(property: string): Formula {
  return once(property, (draft) => draft.now());
}

/** The name, unique among the type's resources. */
export function uniqueName(error: (name: string) => string): Unique {
  return { key: (draft) => draft.name, error: (draft) => error(draft.name) };
}

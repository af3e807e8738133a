/** The parts of a URN that the provider needs. */
export interface UrnParts {
  /** Type token, `aws:ec2/vpc:Vpc`. */
  type: string;
  /** The resource's name in the program. */
  name: string;
}

/** Splits `urn:pulumi:stack::project::parentType$type::name`. Throws when it is no URN. */
export function urnParts(urn: string): UrnParts {
  const [, , qualified, ...name] = urn.split("::");
  if (!urn.startsWith("urn:pulumi:") || qualified === undefined || name.length === 0) {
    throw new Error(`"${urn}" is not the URN of a resource`);
  }
  return { type: qualified.slice(qualified.lastIndexOf("$") + 1), name: name.join("::") };
}

/** Finds the service model's member that a Pulumi property stands for, by name alone. */

/** A name without case and separators: `kmsKeyId`, `KMSKeyId` and `kms-key-id` are the same name. */
export function normalize(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Both numbers of an English noun, as far as API names need it. */
function numbers(name: string): string[] {
  const forms = [name];
  if (name.endsWith("ies")) forms.push(`${name.slice(0, -3)}y`);
  if (/(s|x|ch|sh)es$/.test(name)) forms.push(name.slice(0, -2));
  if (name.endsWith("s") && !name.endsWith("ss")) forms.push(name.slice(0, -1));
  if (name.endsWith("y")) forms.push(`${name.slice(0, -1)}ies`);
  forms.push(`${name}s`, `${name}es`);
  return forms;
}

/** API models abbreviate where the provider does not, and the other way round. */
const SAME: readonly (readonly [string, string])[] = [
  ["configuration", "config"],
  ["identifier", "id"],
  ["parameter", "param"],
  ["secondarys", "secondaries"],
  ["infos", "info"],
];

/** What an API adds to a name where the provider leaves it out: `role` is `RoleName`, `completionWindow` minutes. */
const ENDINGS = ["config", "configuration", "document", "name", "names", "id", "ids", "arn", "arns", "document", "minutes", "days", "seconds", "indays", "inseconds", "inminutes"];

/** Names too general to be recognized by their end alone. */
const GENERAL: ReadonlySet<string> = new Set(["type", "enabled", "status", "arn", "id", "tags", "region", "mode", "state", "version", "description", "values"]);

/**
 * The member a property stands for, or undefined. Tries, in this order: the name itself, its other number and
 * usual abbreviations; the resource's own name in front or left out (`name` of a Role is `RoleName`); endings
 * that APIs add.
 */
export function findMember(members: readonly string[], property: string, owner: string): string | undefined {
  const byName = new Map(members.map((member) => [normalize(member), member]));
  const [own, plain] = [normalize(owner), normalize(property)];
  const withoutOwn = plain.startsWith(own) && plain.length > own.length ? [plain.slice(own.length)] : [];
  const owners = numbers(own).map((one) => one + plain);
  const ended = numbers(plain).flatMap((one) => ENDINGS.map((ending) => one + ending));
  for (const stem of [plain, ...owners, ...withoutOwn, ...ended]) {
    for (const name of abbreviations(stem).flatMap(numbers)) {
      const found = byName.get(name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The only member that ends like the property (`family` is `DBParameterGroupFamily`); undefined for general names. */
export function findByEnd(members: readonly string[], property: string): string | undefined {
  const plain = normalize(property);
  if (GENERAL.has(plain) || plain.length < 3) return undefined;
  const byName = new Map(members.map((member) => [normalize(member), member]));
  const ending = [...byName].filter(([name]) => numbers(plain).some((form) => form.length >= plain.length - 1 && name.endsWith(form)));
  return ending.length === 1 ? ending[0]?.[1] : undefined;
}

function abbreviations(stem: string): string[] {
  const variants = [stem];
  for (const [long, short] of SAME) {
    if (stem.includes(long)) variants.push(stem.replace(long, short));
    else if (stem.includes(short)) variants.push(stem.replace(short, long));
  }
  return variants;
}

/** Stacks that are ten times as big as another, each in its own way, and how long judging them takes. */
import { CATALOG } from "../../policies/catalog.ts";
import { Judge } from "../../policies/judge.ts";
import type { Declared } from "../../policies/resource.ts";
import { stackSettings } from "../../policies/settings.ts";

/** A small stack and one of the same kind with about ten times the resources. */
export interface Shape {
  name: string;
  small: readonly Declared[];
  big: readonly Declared[];
}

export function shapes(environment: readonly Declared[]): Shape[] {
  return [
    { name: "environments side by side", small: environment, big: copies(environment, 10, "own namespaces") },
    { name: "environments in the same namespaces", small: environment, big: copies(environment, 10, "same namespaces") },
    { name: "buckets, each with six resources of its own", small: buckets(100), big: buckets(1000) },
  ];
}

/**
 * How much longer a resource of the big stack takes than one of the small: the big one is judged against the small one
 * as often as makes as many resources, so that compiler, garbage and clock weigh the same on both.
 */
export function growthOf({ small, big }: Shape): number {
  const often = Math.round(big.length / small.length);
  const bigSeconds = judging(big);
  let smallSeconds = 0;
  for (let time = 0; time < often; time += 1) smallSeconds += judging(small);
  return bigSeconds / big.length / (smallSeconds / (small.length * often));
}

/** Seconds of judging a stack from its first look on. */
export function judging(resources: readonly Declared[]): number {
  const judge = new Judge({ rules: CATALOG, stack: "production", settings: stackSettings(undefined, undefined, CATALOG.all), exemptions: { all: [], problems: [], mistakes: [] } });
  const started = performance.now();
  judge.stack(resources);
  return (performance.now() - started) / 1000;
}

/** Ids that AWS chooses: of networks, of keys and rules, of detectors. */
const CHOSEN = /(?<=\b[a-z]+-)[0-9a-f]{17}\b|\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{32}\b/g;

/** The same environment `count` times over, up to 10; each copy refers to itself only. */
function copies(resources: readonly Declared[], count: number, where: "own namespaces" | "same namespaces"): Declared[] {
  return Array.from({ length: count }, (_, copy) => {
    if (copy === 0) return [...resources];
    const text = JSON.stringify(resources.filter((one) => one.type !== "pulumi:pulumi:Stack"));
    const renamed = text.replaceAll("shop-production", `shop-${copy}-production`).replaceAll("golive::", `golive::c${copy}-`).replaceAll(CHOSEN, (id) => `${copy}${id.slice(1)}`);
    const placed = where === "own namespaces" ? renamed.replaceAll('"namespace":"', `"namespace":"c${copy}-`) : renamed.replaceAll('"metadata":{"name":"', `"metadata":{"name":"c${copy}-`);
    return JSON.parse(placed) as Declared[];
  }).flat();
}

/** What is declared beside a bucket. */
const BESIDE = ["BucketPublicAccessBlock", "BucketVersioning", "BucketLogging", "BucketLifecycleConfiguration", "BucketServerSideEncryptionConfiguration", "BucketPolicy"];

function buckets(count: number): Declared[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `bucket-${index}`;
    const one = (kind: string, props: Record<string, unknown>, references?: Declared["references"]): Declared => {
      const type = `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
      return { urn: `urn:pulumi:production::golive::${type}::${name}`, type, name, props: { bucket: name, ...props }, references };
    };
    const bucket = one("Bucket", {});
    return [bucket, ...BESIDE.map((kind) => one(kind, { targetBucket: "bucket-0" }, { bucket: [bucket.urn] }))];
  }).flat();
}

/** What each color of the release runs, and the migrations of its image. */
import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationNamespace } from "../../components/application/namespace.ts";
import { type Color, otherColor } from "../../components/application/labels.ts";
import type { ColorRelease } from "../../components/release/index.ts";
import { Migrations } from "../../components/release/migrations.ts";
import type { Base } from "./base.ts";
import { shared, type Context } from "./context.ts";
import type { Data } from "./data.ts";

export interface ColorParts {
  namespace: ApplicationNamespace;
  /** What migrations wait for: the database users. */
  after: pulumi.Resource[];
  opts: pulumi.ComponentResourceOptions;
}

/** Both colors; the idle one has the live one's image as long as it has none of its own. */
export function declareColors(context: Context, base: Base, data: Data, parts: ColorParts): Record<Color, ColorRelease> {
  const { activeColor, images, release } = context.config;
  const idleColor = otherColor(activeColor);
  const image = images[activeColor];
  // A rule of the configuration refuses this before.
  if (image === undefined) throw new Error(`images.${activeColor} is missing`);
  const live = { image, schema: release.schema?.[activeColor] };
  const ownImage = images[idleColor];
  const idle = ownImage === undefined ? live : { image: ownImage, schema: release.schema?.[idleColor] };
  const before = migrations(context, base, data, [live, idle], parts);
  const both = { [activeColor]: { ...live, after: before(live.image) }, [idleColor]: { ...idle, after: before(idle.image) } };
  return { blue: both["blue"] ?? live, green: both["green"] ?? live };
}

/** The migrations of these images, where the application has any; gives what the pods of an image wait for. */
function migrations(context: Context, base: Base, data: Data, images: ColorRelease[], parts: ColorParts): (image: string) => pulumi.Resource[] {
  const { app, environment, postgres } = context.config;
  if (!app.migrations.enabled) return () => [];
  const declared = new Migrations("migrations", {
    ...shared(context),
    name: app.name,
    environment,
    images,
    command: app.migrations.command,
    requests: app.requests,
    settings: app.settings,
    namespace: parts.namespace,
    vpcCidr: base.network.cidr,
    postgres: data.postgres,
    applicationUser: postgres.applicationUser,
    identity: base.cluster.identity,
    after: parts.after,
  }, parts.opts);
  return (image) => declared.before(image);
}

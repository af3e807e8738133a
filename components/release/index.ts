/** The release: both colors of the application, and the one Service that says which of them is live. */
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { saysCredential } from "../application/credentialNames.ts";
import type { Application } from "../application/index.ts";
import { type Color, COLORS, otherColor, podLabels } from "../application/labels.ts";
import type { ApplicationSettings } from "../application/settings.ts";
import type { Transform } from "../component.ts";
import type { CanaryRoute } from "../ingress/index.ts";
import { canaryRoute } from "./canary.ts";
import { canaryPods, nearestWeights, type ReplicaCanary, replicaCanary } from "./canaryPods.ts";
import { type ColorArgs, declareColor, type DeclaredColor } from "./color.ts";
import { guardingScaler } from "./liveHook.ts";
import { liveService } from "./liveService.ts";
import type { Schema } from "./schema.ts";

export interface ReleaseTransforms {
  deployment?: Transform<k8s.apps.v1.DeploymentArgs>;
  autoscaler?: Transform<k8s.autoscaling.v2.HorizontalPodAutoscalerArgs>;
}

/** What is particular to a color. */
export interface ColorRelease {
  /** Image by digest. */
  image: string;
  /** Versions of the database's schema that this image runs on; without it any. */
  schema?: Schema;
  /** What its pods wait for and the other color's do not: the migrations of its image. */
  after?: pulumi.Resource[];
}

export interface ReleaseArgs extends ApplicationSettings {
  /** `<app>-<stack>`. */
  prefix: string;
  region: string;
  environment: string;
  /** Public host, for links that the application writes. */
  host: string;
  application: Pick<Application, "namespace" | "account" | "guards">;
  /** Where traces are sent by OTLP over HTTP. Default: nowhere, and none are made. */
  traceEndpoint?: string | undefined;
  /** Color that the live Service sends traffic to. */
  activeColor: Color;
  colors: Record<Color, ColorRelease>;
  /** How a new image takes over; commands go by it, and `rolling` lets `rolling` bound how a color is updated. */
  strategy: "blueGreen" | "rolling" | "canary";
  rolling: { maxUnavailable: number; maxSurge: number };
  /** Number of the release; the live Service records it, and a smaller one moves nothing. */
  serial: number;
  /** Percent of the traffic that a canary sends to the idle color; absent while there is none. */
  canaryWeight?: number;
  /** What divides it: splits of NGINX, as long as nothing is said, or the colors' numbers of pods. */
  canaryBy?: "splits" | "replicas";
  /** Shrink the idle color to one pod. */
  drainIdle: boolean;
  /** With what the guard looks at the cluster before traffic moves: `Cluster.kubeconfig`. */
  kubeconfig: pulumi.Output<string>;
  postgres: {
    writerHost: pulumi.Input<string>;
    readerHost: pulumi.Input<string>;
    port: number;
    databaseName: string;
    user: string;
    /** The primary's own address: IAM authentication tokens are signed for it and not for an alias. */
    endpoint: pulumi.Input<string>;
    /** Own addresses of the instances to read from. */
    readerEndpoints: pulumi.Input<string>[];
  };
  redis: { host: pulumi.Input<string>; readerHost?: pulumi.Input<string>; sessionsHost: pulumi.Input<string>; port: number };
  filesBucket: { name: string };
  /** Kubernetes Secret that External Secrets keeps; every key becomes an environment variable. */
  secretName: string;
  /** Changes when the secrets do, so that pods roll, and tells none of them: `Secrets.contentVersion`. */
  secretsVersion?: pulumi.Input<string>;
  /** What all pods wait for: synced secrets, database users. */
  after?: pulumi.Resource[];
  /** Errors are sent by the DSN among the secrets, with environment and release. Default: false. */
  errorTracking?: boolean | undefined;
  /** Share of requests that are traced, 0 to 1. */
  traceSamplingRate: number;
  transform?: ReleaseTransforms;
}

/**
 * Both colors, always: each with a Deployment, configuration, autoscaler, disruption budget and the fixed Service
 * `app-<color>` for checks and smoke tests; and the live Service `app`, which NGINX sends traffic to. A change of
 * `activeColor` moves the selector of the live Service and touches nothing else.
 *
 * The live color comes first, then the live Service, then the idle color: a flip waits for the color that it goes to and
 * never for the one that it leaves, and what is to change on the old color changes when traffic has left it. Before the
 * live Service is created or updated, the guard looks at the cluster (guard.ts), and before the pods of a color change
 * that has traffic, at what was rejected (podsGuard.ts).
 *
 * A canary gives the idle color a share: by splits of NGINX (canary.ts), or by its number of pods (canaryPods.ts), for
 * which the live Service is open to both colors and their autoscalers stand still.
 *
 * Cost driver: the nodes that its requests fill, 2 × replicas.min × requests at least, or (replicas.min + 1) × requests
 * with drainIdle; about replicas.max × requests while a canary by replicas lasts.
 */
export class Release extends pulumi.ComponentResource {
  /** Live Service, for the ingress. */
  readonly service: { name: string; port: number; namespace: pulumi.Output<string> };
  /** How a canary divides traffic, for the ingress; undefined while there is none. */
  readonly canary: CanaryRoute | undefined;
  /** What a route to it waits for: the live Service, and in a canary the idle color, too. */
  readonly routable: pulumi.Resource[];

  constructor(name: string, args: ReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("golive:release:Release", name, {}, opts);
    check(name, args);
    const canary = replicaCanary(args);
    const { live, idle } = canary === undefined ? this.closed(name, args) : this.open(name, args, canary);
    this.canary = canaryRoute(name, args);
    this.routable = [live, ...(this.canary === undefined ? [] : idle.ready)];
    this.service = { name: "app", port: 80, namespace: args.application.namespace.name };
    this.registerOutputs({ service: live.metadata.name });
  }

  private closed(name: string, args: ReleaseArgs): { live: k8s.core.v1.Service; idle: DeclaredColor } {
    const target = this.color(name, args, args.activeColor, []);
    const live = liveService(name, args, target.ready, this);
    return { live, idle: this.color(name, args, otherColor(args.activeColor), [live]) };
  }

  /** In a canary by replicas both colors come first, the pods that are added before those that are taken away. */
  private open(name: string, args: ReleaseArgs, { color, pods }: ReplicaCanary): { live: k8s.core.v1.Service; idle: DeclaredColor } {
    const idle = this.color(name, args, color, [], { pods: pods.canary });
    const target = this.color(name, args, args.activeColor, [], { pods: pods.live, after: idle.ready, hooks: guardingScaler(name, args) });
    return { live: liveService(name, args, [...idle.ready, ...target.ready], this), idle };
  }

  private color(name: string, args: ReleaseArgs, color: Color, after: pulumi.Resource[], held?: ColorArgs["held"]): DeclaredColor {
    const { image, schema, after: own = [] } = args.colors[color];
    return declareColor(name, {
      ...args,
      color,
      image,
      schema,
      isDrained: args.drainIdle && color !== args.activeColor,
      held,
      labels: podLabels(args),
      namespace: args.application.namespace.name,
      after: [...args.application.guards, ...(args.after ?? []), ...own, ...after],
    }, this);
  }
}

function check(name: string, args: ReleaseArgs): void {
  for (const color of COLORS) {
    const { image, schema } = args.colors[color];
    if (!/@sha256:[a-f0-9]{64}$/.test(image)) {
      throw new Error(`Release ${name}: image ${image} of ${color} is not named by digest (…@sha256:<64 hex digits>); a tag can be moved to other content.`);
    }
    if (schema !== undefined && (schema.oldest > schema.version || schema.version > schema.newest)) {
      throw new Error(`Release ${name}: schema of ${color} says version ${schema.version} and runs on ${schema.oldest} to ${schema.newest}; an image runs on the version that its own migrations make.`);
    }
  }
  const { canaryBy, canaryWeight: weight, replicas } = args;
  if (canaryBy === "replicas" && weight !== undefined && canaryPods(weight, replicas) === undefined) {
    throw new Error(`Release ${name}: a canary of ${weight} % can not be made of ${replicas.min} to ${replicas.max} pods of a color; nearest are ${nearestWeights(weight, replicas).join(" and ") || "none"}.`);
  }
  if (args.drain.gracePeriodSeconds < args.drain.preStopSeconds + 10) {
    throw new Error(`Release ${name}: drain.gracePeriodSeconds (${args.drain.gracePeriodSeconds}) must exceed drain.preStopSeconds (${args.drain.preStopSeconds}) by 10 at least, or requests under way are cut off.`);
  }
  const reserved = Object.keys(args.settings).find(saysCredential);
  if (reserved !== undefined) {
    throw new Error(`Release ${name}: settings.${reserved} looks like a secret, and settings are kept in plain text; name it in secrets.app and give its value as the Pulumi secret appSecrets.${reserved}.`);
  }
}

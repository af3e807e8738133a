/** Unit tests of components: runs a declaration against mocks and hands back what was declared. */
import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings.js";

/** One resource as the program declared it; secrets are unwrapped, outputs of mocks filled in. */
export interface Declared {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
  urn: string;
  /** URN of the component it belongs to; empty at the top. */
  parent: string;
  protect: boolean;
  retainOnDelete: boolean;
  ignoreChanges: string[];
  /** URNs it waits for, by dependsOn or by an output it reads. */
  dependencies: string[];
  /** Names of the hooks that the engine runs before it creates or updates the resource. */
  hooks: { beforeCreate: string[]; beforeUpdate: string[] };
}

/** The part of the engine's register request that mocks do not pass on. */
interface RegisterRequest {
  getName(): string;
  getType(): string;
  getParent(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
  getDependenciesList(): string[];
  getHooks(): { getBeforeCreateList(): string[]; getBeforeUpdateList(): string[] } | undefined;
}
type Callback = (error: Error | null, response?: { getUrn(): string }) => void;
interface RecordingMonitor {
  registerResource(request: RegisterRequest, callback: Callback): Promise<void>;
  registerResourceHook(request: unknown, callback: (error: Error | null, response: object) => void): void;
}

const MOCK_ACCOUNT = "123456789012";

/** Outputs that components read and that are no inputs, by type. */
const COMPUTED: Record<string, Record<string, unknown>> = {
  "aws:eks/cluster:Cluster": { endpoint: "https://cluster.example.com", certificateAuthority: { data: "Y2E=" } },
  "aws:eks/nodeGroup:NodeGroup": { resources: [{ autoscalingGroups: [{ name: "eks-nodes" }], remoteAccessSecurityGroupId: "" }] },
  "aws:ec2/launchTemplate:LaunchTemplate": { latestVersion: 1 },
};

/**
 * Runs `build` and returns every resource it declared, in the order of registration.
 *
 * Outputs echo the inputs, with `id` = `<name>-id` and `arn` = `arn:aws:mock:us-east-1:123456789012:<name>` added;
 * `outputs` adds what only the cloud knows.
 * Rejects when `build` throws or a resource can not be registered. One run at a time: the Pulumi runtime is global.
 */
export async function declared(build: () => void | Promise<void>, options?: { preview?: boolean; outputs?: (type: string, inputs: Record<string, unknown>) => Record<string, unknown> }): Promise<Declared[]> {
  const found: Declared[] = [];
  const inputs = new Map<string, Record<string, unknown>>();
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        const given = args.inputs as Record<string, unknown>;
        inputs.set(`${args.type}|${args.name}`, given);
        return {
          id: `${args.name}-id`,
          state: { arn: `arn:aws:mock:us-east-1:${MOCK_ACCOUNT}:${args.name}`, ...COMPUTED[args.type], ...given, ...options?.outputs?.(args.type, given) },
        };
      },
      call: (args) => args.inputs as Record<string, unknown>,
    },
    "golive",
    "unit",
    options?.preview ?? false,
  );
  record(found, inputs);
  try {
    await build();
  } finally {
    // What was registered before a refusal still runs, and must not run into the next test's mocks.
    await settled(found);
  }
  return found;
}

/** The one resource of a type, or of a type and name; throws with what there is when it is not exactly one. */
export function only(resources: Declared[], type: string, name?: string): Declared {
  const matches = resources.filter((r) => r.type === type && (name === undefined || r.name === name));
  const [match] = matches;
  if (match === undefined || matches.length > 1) {
    const present = resources.filter((r) => r.type === type).map((r) => r.name).join(", ") || "none";
    throw new Error(`expected one ${type}${name === undefined ? "" : ` named ${name}`}, found ${matches.length}; of that type: ${present}`);
  }
  return match;
}

/** All resources of a type. */
export function ofType(resources: Declared[], type: string): Declared[] {
  return resources.filter((r) => r.type === type);
}

/** A statement of an IAM, key, bucket or topic policy, as AWS reads it. */
export interface PolicyStatement {
  Sid?: string;
  Effect: string;
  Principal?: Record<string, string | string[]> | string;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, unknown>>;
}

/** Statements of the policy document in one input. */
export function statements(resource: Declared, property = "policy"): PolicyStatement[] {
  const text = resource.inputs[property];
  if (typeof text !== "string") throw new Error(`${resource.name}.${property} is no policy text`);
  return (JSON.parse(text) as { Statement: PolicyStatement[] }).Statement;
}

/** The statement with a Sid; throws when there is none. */
export function statement(resource: Declared, sid: string, property = "policy"): PolicyStatement {
  const match = statements(resource, property).find((s) => s.Sid === sid);
  if (match === undefined) {
    throw new Error(`${resource.name}.${property} has no statement ${sid}; it has ${statements(resource, property).map((s) => s.Sid).join(", ")}`);
  }
  return match;
}

/** Resolves an output; undefined when it is unknown. */
export function valueOf<T>(output: pulumi.Input<T>): Promise<T> {
  return new Promise((resolve) => {
    pulumi.output(output).apply((value) => {
      resolve(value as T);
      return value;
    });
  });
}

function record(found: Declared[], inputs: Map<string, Record<string, unknown>>): void {
  const monitor = getMonitor() as unknown as RecordingMonitor | undefined;
  if (monitor === undefined) throw new Error("the Pulumi runtime has no monitor although mocks are set");
  // The mocks of the SDK say that they know hooks, and do not.
  monitor.registerResourceHook = (_, callback) => callback(null, {});
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) =>
    register(request, (error, response) => {
      if (error === null && response !== undefined) {
        found.push({
          type: request.getType(),
          name: request.getName(),
          inputs: inputs.get(`${request.getType()}|${request.getName()}`) ?? {},
          urn: response.getUrn(),
          parent: request.getParent(),
          protect: request.getProtect(),
          retainOnDelete: request.getRetainondelete(),
          ignoreChanges: request.getIgnorechangesList(),
          dependencies: request.getDependenciesList(),
          hooks: { beforeCreate: request.getHooks()?.getBeforeCreateList() ?? [], beforeUpdate: request.getHooks()?.getBeforeUpdateList() ?? [] },
        });
      }
      callback(error, response);
    });
}

/** Waits for all requests under way; the runtime raises the first one that failed. */
async function settled(found: Declared[]): Promise<void> {
  let before = -1;
  while (before !== found.length) {
    before = found.length;
    await pulumi.runtime.disconnect();
  }
}

/**
 * What the official Kubernetes provider is documented to do, and which of it the sandbox's cluster mode does too.
 *
 * Sources are pages and files of pulumi/pulumi-kubernetes (v4): its registry page ("registry:" and the heading), its
 * changelog, or the file that holds the documented rule. Kinds that this project never declares are left out.
 */

export interface Behavior {
  /** What the official provider does. */
  behavior: string;
  source: string;
  /** `differs` where the sandbox does more, or something else on purpose; the note says what. */
  reproduced: "yes" | "differs" | "no";
  note?: string;
  /** File in this folder, and the title of a test that shows it. */
  test?: readonly [file: string, title: string];
}

const WRITE = "server/write.test.ts";
const READY = "server/ready.test.ts";
const LIFE = "server/lifecycle.test.ts";
const NODE = "server/oneNode.test.ts";
const ENGINE = "server/engine.test.ts";
const PARTS = "parts.test.ts";
const CONNECTION = "connection.test.ts";

export const CONFORMANCE: readonly Behavior[] = [
  // Creating
  { behavior: "Creates by POST under the field manager pulumi-kubernetes, not by server-side apply", source: "CHANGELOG 4.29.0 (#2926)", reproduced: "yes", test: [WRITE, "makes the object, and keeps what the server said of it"] },
  { behavior: "Refuses to create an object that is there", source: "CHANGELOG 4.29.0 (#2926)", reproduced: "yes", test: [WRITE, "refuses an object that is there, with the ways out"] },
  { behavior: "upsertExistingObjects takes an existing object over by server-side apply", source: "registry: Provider, upsertExistingObjects", reproduced: "yes", test: [WRITE, "takes an object over where the provider is told to"] },
  { behavior: "Tries a create again, five times, while its namespace or kind is missing", source: "await/await.go, Creation", reproduced: "yes", test: [PARTS, "is tried again, five times, and then missed"] },
  { behavior: "Chooses names of `resource-hex` where none is given, and notes pulumi.com/autonamed", source: "registry: Resource names (autonaming)", reproduced: "yes", test: [LIFE, "stand in front of a cluster too"] },
  { behavior: "Validates against the cluster's OpenAPI schema in Check", source: "provider.go, Check", reproduced: "differs", note: "Plan mode's own schema and rules do it, with or without a cluster; they name the nearest field.", test: [LIFE, "stand in front of a cluster too"] },
  { behavior: "Keeps data of Secrets, and values from secret inputs, as secrets in state", source: "provider.go, annotateSecrets", reproduced: "yes", test: [WRITE, "keeps what is secret secret, in inputs and outputs"] },
  { behavior: "Passes x_kubernetes_ fields on as x-kubernetes-", source: "provider.go, mapReplUnderscoreToDash", reproduced: "yes", test: [READY, "a definition is established, and its objects are ready as they say themselves"] },

  // Server-side apply
  { behavior: "Updates by server-side apply and removes fields that are not declared any more", source: "how-to: Managing Resources with Server-Side Apply", reproduced: "yes", test: [WRITE, "applies, and removes what is not declared any more"] },
  { behavior: "Owns fields under pulumi-kubernetes-<hex>, kept in state, or under pulumi.com/patchFieldManager", source: "how-to: Managing Resources with Server-Side Apply, Field managers", reproduced: "yes", test: [WRITE, "owns fields under the name of patchFieldManager, without a conflict with an apply from outside under it"] },
  { behavior: "Gives fields of the former manager up when its name changes", source: "provider.go, Update", reproduced: "yes", test: [WRITE, "hands fields over when the manager's name changes"] },
  { behavior: "Takes over what kubectl and its own client-side writes own, before it applies", source: "await/await.go, fixCSAFieldManagers", reproduced: "yes", test: [PARTS, "are joined under one name"] },
  { behavior: "Fails on fields that other managers own, naming them", source: "how-to: Managing Resources with Server-Side Apply, Handle field conflicts", reproduced: "yes", test: [WRITE, "names field, owner and mend of a conflict, and keeps the object in state"] },
  { behavior: "pulumi.com/patchForce and enablePatchForce take such fields over", source: "how-to: Managing Resources with Server-Side Apply, pulumi.com/patchForce", reproduced: "yes", test: [WRITE, "takes contested fields over with patchForce"] },
  { behavior: "Leaves fields of ignoreChanges to their owners, and sends the live value of its own", source: "await/await.go, handleSSAIgnoreFields", reproduced: "yes", test: [WRITE, "leaves ignored fields to their owner, and sets back none of them"] },
  { behavior: "A …Patch resource applies to an object of others, and gives its fields back when deleted", source: "how-to: Managing Resources with Server-Side Apply, Patch resources", reproduced: "yes", test: [LIFE, "owns its fields alone, and gives them back"] },
  { behavior: "Refuses to delete a Patch that alone owns a required field", source: "provider.go, Delete", reproduced: "yes", test: [LIFE, "is refused its end while it holds a required field"] },
  { behavior: "Replaces a CustomResourceDefinition as a whole instead of applying it", source: "await/await.go, updateResource", reproduced: "yes", test: [READY, "a definition is established, and its objects are ready as they say themselves"] },
  { behavior: "enableServerSideApply: false computes client-side patches", source: "registry: Provider, enableServerSideApply", reproduced: "no", note: "Refused: the product applies server-side only.", test: [LIFE, "stand in front of a cluster too"] },

  // Previewing and comparing
  { behavior: "Previews by a server-side dry run, without status", source: "how-to: Managing Resources with Server-Side Apply; provider.go, Create", reproduced: "yes", test: [WRITE, "asks the server, and leaves nothing behind"] },
  { behavior: "Shows in a preview what the server would refuse", source: "provider.go, Create", reproduced: "yes", test: [WRITE, "shows the server's refusal"] },
  { behavior: "Previews from the inputs where values are unknown, namespace or kind are missing, or the object is there", source: "provider.go, Create; await/await.go, Creation", reproduced: "yes", test: [WRITE, "answers from the declaration where the server can not know: unknown values, no namespace or kind yet, an object that is there"] },
  { behavior: "Previews an update by a dry run", source: "provider.go, Update", reproduced: "yes", test: [WRITE, "shows what an update would make of it, and changes nothing"] },
  { behavior: "Compares new inputs with live state in the shape of the old inputs", source: "provider.go, Diff and pruneLiveState", reproduced: "yes", test: [WRITE, "shows after a refresh what others changed"] },
  { behavior: "Sees no change where the server only writes a value differently", source: "clients/unstructured.go, Normalize", reproduced: "yes", note: "Quantities, data of Secrets, and what JSON leaves out; other canonical forms (durations) would show as a change.", test: [WRITE, "sees no change in what the server only writes differently"] },
  { behavior: "Replaces for fields that can not change, deleting first when the name is given", source: "provider.go, Diff; diff.go, forceNew", reproduced: "yes", test: [WRITE, "replaces for another selector, deleting first"] },
  { behavior: "pulumi.com/replaceUnready replaces a Job that is not ready", source: "registry: pulumi.com/replaceUnready", reproduced: "yes", test: [READY, "a Job that failed is a failure at once, and is replaced by the next update where it says so"] },

  // Waiting
  { behavior: "Waits for a Deployment: generation seen, rollout ended, Available, its ReplicaSet's pods ready", source: "registry: Deployment; await/deployment.go", reproduced: "yes", test: [READY, "is ready when its rollout has ended and the pods of its revision are ready"] },
  { behavior: "Waits for claims of a Deployment's pods to be bound", source: "await/deployment.go, checkPersistentVolumeClaimStatus", reproduced: "no", note: "A claim that is not bound keeps its pod, and so the Deployment, from being ready." },
  { behavior: "Tells why a Deployment is not ready: conditions, pods, events", source: "await/deployment.go, errorMessages; await/watchers.go", reproduced: "yes", note: "A missed progress deadline is told, and the wait goes on, as there.", test: [READY, "gives reasons of rollout, pods and events when its time is up"] },
  { behavior: "Waits for a StatefulSet's replicas and revision", source: "registry: StatefulSet; await/statefulset.go", reproduced: "yes", test: [READY, "a StatefulSet is ready with all its pods at one revision"] },
  { behavior: "Waits for a DaemonSet's pods on every node", source: "registry: DaemonSet; await/daemonset.go", reproduced: "yes", test: [READY, "a DaemonSet is ready with an available pod on every node"] },
  { behavior: "Waits for a Job to start and to succeed", source: "registry: Job; await/job.go", reproduced: "yes", test: [READY, "a Job is ready when it has succeeded"] },
  { behavior: "Fails with a Job that has used up its retries or its time", source: "await/checker/job/check.go", reproduced: "differs", note: "Any Failed condition ends the wait, those of a pod failure policy too; the official one waits until its timeout for them.", test: [NODE, "fails with the Job that fails"] },
  { behavior: "Waits for a Pod to be scheduled, initialized and ready, or succeeded", source: "registry: Pod; await/pod.go", reproduced: "yes", test: [READY, "a Pod is ready when it says so"] },
  { behavior: "Waits until no endpoint of a Service is unready and none has changed for 10 s", source: "registry: Service; await/service.go", reproduced: "differs", note: "EndpointSlices are looked at instead of the deprecated Endpoints; GOLIVE_SANDBOX_SETTLE_MS shortens the 10 s.", test: [READY, "is ready when no endpoint is unready and its endpoints have settled"] },
  { behavior: "Passes a Service that selects nothing", source: "await/service.go, checkAndLogStatus", reproduced: "yes", test: [READY, "passes without any endpoint, as the official provider lets it"] },
  { behavior: "Does not wait for Services that are headless, external, or without a selector", source: "registry: Service", reproduced: "yes", test: [READY, "is ready at once without a selector, headless, or with skipAwait"] },
  { behavior: "Waits for a load balancer's address", source: "registry: Service", reproduced: "yes", test: [READY, "of type LoadBalancer needs an address"] },
  { behavior: "Waits for an Ingress: an address, and Services behind its paths", source: "registry: Ingress; await/ingress.go", reproduced: "yes", test: [PARTS, "wants an Ingress to have an address, and Services behind its paths"] },
  { behavior: "Waits for a claim to be bound, unless its class waits for a pod", source: "await/awaiters.go, untilCoreV1PersistentVolumeClaimReady", reproduced: "yes", test: [READY, "a claim is ready when it is bound, or when its class waits for a pod"] },
  { behavior: "Waits for volumes, quotas, controllers of replication and token Secrets", source: "await/awaiters.go", reproduced: "yes", test: [PARTS, "knows volumes, quotas, tokens and definitions"] },
  { behavior: "Does not wait for definitions; objects of a new kind are tried again", source: "await/await.go, Creation", reproduced: "differs", note: "A definition is waited for until it is established; objects of a kind that is missing are tried again all the same.", test: [READY, "a definition is established, and its objects are ready as they say themselves"] },
  { behavior: "pulumi.com/waitFor waits for conditions and JSONPaths, one or a JSON list", source: "registry: pulumi.com/waitFor", reproduced: "yes", note: "JSONPath: keys, indexes, wildcards and filters by == and !=.", test: [PARTS, "matches a path with and without a value"] },
  { behavior: "PULUMI_K8S_AWAIT_ALL waits for any kind by its conditions", source: "registry: PULUMI_K8S_AWAIT_ALL", reproduced: "yes", test: [PARTS, "judges any kind by what controllers agree on, where that is asked for"] },
  { behavior: "pulumi.com/skipAwait does not wait", source: "registry: pulumi.com/skipAwait", reproduced: "yes", test: [READY, "is not waited for with skipAwait"] },
  { behavior: "Waits 10 minutes, or customTimeouts, or pulumi.com/timeoutSeconds", source: "registry: pulumi.com/timeoutSeconds; metadata/overrides.go", reproduced: "yes", test: [PARTS, "takes the time of the resource option, then of the annotation, then of the kind"] },
  { behavior: "Ends a wait when the update is cancelled", source: "provider.go, Cancel", reproduced: "yes", test: [READY, "ends its wait when the update is cancelled"] },
  { behavior: "Keeps what was made but is not ready in state, with reasons", source: "provider.go, partialError", reproduced: "yes", test: [ENGINE, "keeps in state what did not become ready, says why, and recovers"] },

  // Reading and deleting
  { behavior: "A refresh finds objects that are gone", source: "provider.go, Read", reproduced: "yes", test: [WRITE, "finds that an object, or its kind, is gone"] },
  { behavior: "A refresh takes over what others changed", source: "provider.go, Read", reproduced: "yes", test: [ENGINE, "sees after a refresh what somebody else changed, and puts it right"] },
  { behavior: "A refresh marks what is not ready", source: "await/await.go, Read", reproduced: "yes", test: [READY, "is marked by a refresh that finds it not ready"] },
  { behavior: "Imports an object with its inputs", source: "provider.go, Read", reproduced: "yes", test: [WRITE, "imports what it knows nothing of"] },
  { behavior: "Deletes in the foreground and waits until the object is gone", source: "metadata/overrides.go, DeletionPropagation; await/await.go, Deletion", reproduced: "yes", test: [LIFE, "ends when the object is gone, what belongs to it first"] },
  { behavior: "pulumi.com/deletionPropagationPolicy deletes in the background or orphans", source: "registry: pulumi.com/deletionPropagationPolicy", reproduced: "yes", test: [LIFE, "propagates as the annotation says"] },
  { behavior: "Waits for a namespace to be emptied", source: "await/await.go, Deletion", reproduced: "yes", test: [NODE, "ends when the namespace and all in it is gone"] },
  { behavior: "Names the finalizers that hold an object for too long", source: "await/condition/deleted.go", reproduced: "yes", test: [LIFE, "says which finalizers hold an object for too long"] },

  // The cluster
  { behavior: "Takes a kubeconfig as text or path, with context and cluster", source: "registry: Provider, kubeconfig", reproduced: "yes", note: "Without one nothing of the user's own is used.", test: [PARTS, "gives address and credentials, as text and as a file, of another cluster where one is named"] },
  { behavior: "Runs the program of an exec user for its token", source: "registry: Provider, kubeconfig", reproduced: "yes", test: [PARTS, "asks a program for a token, as EKS wants it"] },
  { behavior: "Fails an update, but no preview, when the cluster is unreachable", source: "provider.go, Create", reproduced: "yes", test: [LIFE, "leaves previews as declared, and says so to an update at once when there is no kubeconfig"] },
  { behavior: "deleteUnreachable and skipUpdateUnreachable", source: "registry: Provider, deleteUnreachable, skipUpdateUnreachable", reproduced: "differs", note: "In reads and deletes; with skipUpdateUnreachable an update still fails.", test: [LIFE, "means that its objects are gone, or unchanged, where the provider is told so"] },
  { behavior: "Fails when the API server goes away during a request", source: "provider.go, Create", reproduced: "differs", note: "Requests and waits outlast a restart of up to a minute; a create whose answer was lost is recognized.", test: [NODE, "waits through a restart of the API server"] },
  { behavior: "Tries again when the server asks for it (429, Retry-After)", source: "k8s.io/client-go, rest/request.go", reproduced: "yes", test: [CONNECTION, "tries again when the server is busy, restarts or hangs up"] },
  { behavior: "Shows warnings of the server", source: "provider.go, makeClient", reproduced: "yes", test: [CONNECTION, "passes on what the server warns of"] },
  { behavior: "Warns of deprecated and removed API versions before an update", source: "provider.go, Check", reproduced: "no", note: "The server's own warning is shown when the object is sent." },
  { behavior: "renderYamlToDirectory writes files instead of acting", source: "registry: Provider, renderYamlToDirectory", reproduced: "no", note: "Such a provider acts on no cluster, as in plan mode; no files are written." },
  { behavior: "Adds the label app.kubernetes.io/managed-by in client-side mode", source: "provider.go, Check", reproduced: "no", note: "There is no client-side mode." },
  { behavior: "Expands charts and Kustomize folders, runs Helm releases, serves List and functions", source: "registry: helm.v4.Chart, helm.v3.Release, kustomize", reproduced: "no", note: "Charts and releases are declared and checked, not expanded: no registry can be reached." },
];

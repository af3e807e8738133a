/** Objects as a refresh or an import finds them (pulumi-kubernetes, provider.go, `Read`). */
import { isObject, plain, type ValueObject } from "../../aws/values.ts";
import type { Applied } from "../provider.ts";
import { fieldsOf } from "../schema/data.ts";
import type { Gvk } from "../token.ts";
import { readinessInRefresh } from "./await/index.ts";
import { lookOnce } from "./await/wait.ts";
import { baseline } from "./baseline.ts";
import { checkpoint, hidden, valuesOf } from "./checkpoint.ts";
import { NoKindError, isNotFound } from "./errors.ts";
import { idOf, type KubeObject } from "./json.ts";
import type { Operation, Session } from "./session.ts";

export type Read = Applied & { inputs: ValueObject };

/** What only the server writes. */
const NO_INPUTS = ["creationTimestamp", "generation", "managedFields", "resourceVersion", "uid", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"];
const NO_INPUT_ANNOTATIONS = ["deployment.kubernetes.io/revision", "kubectl.kubernetes.io/last-applied-configuration"];

/** Nothing when the object, or its kind, is not there any more. */
export async function readObject(session: Session, gvk: Gvk, asked: KubeObject, inputs: ValueObject, state: ValueObject, operation: Operation): Promise<Read | undefined> {
  const { api } = session;
  const imported = Object.keys(inputs).length === 0;
  let live: KubeObject;
  try {
    live = await api.get(asked, { signal: operation.signal });
  } catch (error) {
    if (isNotFound(error) || error instanceof NoKindError) return undefined;
    throw error;
  }
  const values = valuesOf(live);
  const found = hidden(imported ? importedInputs(gvk, values) : baseline(plain(inputs), plain(values)), imported ? {} : inputs);
  const kept = { inputs: found, initialApiVersion: live.apiVersion, fieldManager: session.manager(inputs, state) };
  // Secrets of the declaration hide what came from them, in the order that the cluster has it.
  const outputs = { ...checkpoint(live, { ...kept, inputs: imported ? found : inputs }), __inputs: found };
  const readiness = imported ? undefined : readinessInRefresh(live);
  const verdict = readiness === undefined ? undefined : await lookOnce(api, live, readiness, operation.signal);
  const result = { id: idOf(live), outputs, inputs: found };
  if (verdict === undefined || verdict.is === "ready") return result;
  return { ...result, notReady: [`Resource '${live.metadata.name}' was created but failed to initialize`, verdict.is === "failed" ? verdict.why : verdict.for, ...verdict.problems] };
}

function importedInputs(gvk: Gvk, live: ValueObject): ValueObject {
  const fields = fieldsOf(gvk.token);
  const known = Object.entries(live).filter(([key]) => key === "apiVersion" || key === "kind" || (key !== "status" && (fields === undefined || fields.has(key))));
  const inputs = Object.fromEntries(known);
  const metadata = isObject(live["metadata"]) ? Object.fromEntries(Object.entries(live["metadata"]).filter(([key]) => !NO_INPUTS.includes(key))) : {};
  const annotations = isObject(metadata["annotations"]) ? Object.fromEntries(Object.entries(metadata["annotations"]).filter(([key]) => !NO_INPUT_ANNOTATIONS.includes(key))) : {};
  delete metadata["annotations"];
  return { ...inputs, metadata: Object.keys(annotations).length === 0 ? metadata : { ...metadata, annotations } };
}

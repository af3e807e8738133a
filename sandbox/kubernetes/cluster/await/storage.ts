/** Readiness of volumes, quotas, secrets and definitions (pulumi-kubernetes, await/awaiters.go). */
import { at, because, conditionOf, isRecord, textAt } from "../json.ts";
import { READY, waiting, type Readiness, type Related, type Scene, type Verdict } from "./readiness.ts";

const STORAGE_CLASS = { apiVersion: "storage.k8s.io/v1", kind: "StorageClass" };

export const CLAIM: Readiness = {
  seconds: 300,
  onceOnly: true,
  related: (o): Record<string, Related> => {
    const name = textAt(o, "spec", "storageClassName");
    return name === "" ? {} : { classes: { kind: STORAGE_CLASS, namespace: "", query: { fieldSelector: `metadata.name=${name}` } } };
  },
  look: claim,
};

/** A class that binds for the first pod leaves its claims pending until there is one. */
function claim({ object, found }: Scene): Verdict {
  const phase = textAt(object, "status", "phase");
  const late = found["classes"]?.items.some((c) => textAt(c, "volumeBindingMode") === "WaitForFirstConsumer") ?? false;
  if (phase === "Bound" || (late && phase === "Pending")) return READY;
  return waiting(`PersistentVolumeClaim is not bound (phase ${phase === "" ? "unknown" : phase})`);
}

export const VOLUME: Readiness = {
  seconds: 300,
  onceOnly: true,
  look: ({ object }) => {
    const phase = textAt(object, "status", "phase");
    return phase === "Available" || phase === "Bound" ? READY : waiting(`PersistentVolume is neither available nor bound (phase ${phase === "" ? "unknown" : phase})`);
  },
};

export const QUOTA: Readiness = {
  seconds: 60,
  onceOnly: true,
  look: ({ object }) => {
    const [wanted, counted] = [at(object, "spec", "hard"), at(object, "status", "hard")];
    if (!isRecord(wanted)) return READY;
    const done = isRecord(counted) && Object.entries(wanted).every(([key, value]) => counted[key] === value);
    return done ? READY : waiting("Waiting for the quota controller to take the limits over");
  },
};

export const TOKEN_SECRET: Readiness = {
  seconds: 5,
  onceOnly: true,
  look: ({ object }) => {
    const data = at(object, "data");
    const filled = textAt(object, "type") !== "kubernetes.io/service-account-token" || (isRecord(data) && Object.keys(data).length > 0);
    return filled ? READY : waiting("Waiting for the token controller to fill the Secret");
  },
};

/** Its objects can be made from then on. */
export const DEFINITION: Readiness = {
  seconds: 60,
  onceOnly: true,
  look: ({ object }) => {
    const [established, names] = [conditionOf(object, "Established"), conditionOf(object, "NamesAccepted")];
    if (names?.["status"] === "False") return { is: "failed", why: because(names) };
    return established?.["status"] === "True" ? READY : waiting("Waiting for the definition to be established");
  },
};

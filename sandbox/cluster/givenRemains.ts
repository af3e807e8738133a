/** What was made in a cluster that is there already, and taking it away again. */
import { setTimeout as delay } from "node:timers/promises";
import { UserError } from "../errors.ts";
import type { ApiClient } from "./client.ts";

/** Under these names our programs, their providers and the sandbox's controllers write. */
const OURS = /^(golive|pulumi)/;
const POLL_MS = 250;
const GONE_MS = 180_000;

interface Listed {
  metadata: { name: string; uid: string; deletionTimestamp?: string; managedFields?: { manager?: string }[] };
}

/** UIDs of all objects outside of namespaces, namespaces among them. */
export type Seen = ReadonlySet<string>;

export async function seen(client: ApiClient): Promise<Seen> {
  return new Set((await all(client)).map(({ object }) => object.metadata.uid));
}

/**
 * Deletes what is new outside of namespaces and was made by us, namespaces with all that is in them; waits until it is
 * gone. What others have made meanwhile stays.
 *
 * @throws UserError when something stays
 */
export async function removeNew(client: ApiClient, before: Seen): Promise<void> {
  const until = Date.now() + GONE_MS;
  for (;;) {
    const left = (await all(client)).filter(({ object: { metadata } }) => !before.has(metadata.uid) && metadata.managedFields?.some(({ manager = "" }) => OURS.test(manager)) === true);
    if (left.length === 0) return;
    if (Date.now() > until) throw new UserError(`These did not go from the cluster within ${GONE_MS / 1000} s: ${left.map(({ place }) => place).join(", ")}.`, "See what holds them: metadata.finalizers, and what is in the namespace.");
    await Promise.all(left.filter(({ object }) => object.metadata.deletionTimestamp === undefined).map(({ place }) => client.delete(place)));
    await delay(POLL_MS);
  }
}

interface Found {
  place: string;
  object: Listed;
}

async function all(client: ApiClient): Promise<Found[]> {
  return (await Promise.all((await places(client)).map(async (place) => {
    const { status, body } = await client.get(place);
    if (status >= 300) return [];
    return (body as { items?: Listed[] }).items?.map((object) => ({ place: `${place}/${object.metadata.name}`, object })) ?? [];
  }))).flat();
}

interface Resource {
  name: string;
  namespaced: boolean;
  verbs: string[];
}

/** Addresses of all kinds outside of namespaces that can be listed and deleted, nodes aside. */
async function places(client: ApiClient): Promise<string[]> {
  const { body } = await client.get("/apis");
  const groups = ["/api/v1", ...(body as { groups: { preferredVersion: { groupVersion: string } }[] }).groups.map(({ preferredVersion }) => `/apis/${preferredVersion.groupVersion}`)];
  return (await Promise.all(groups.map(async (group) => {
    const { status, body: list } = await client.get(group);
    if (status >= 300) return [];
    return (list as { resources: Resource[] }).resources
      .filter(({ name, namespaced, verbs }) => !namespaced && name !== "nodes" && !name.includes("/") && verbs.includes("list") && verbs.includes("delete"))
      .map(({ name }) => `${group}/${name}`);
  }))).flat();
}

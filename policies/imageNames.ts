/** Names of container images: registry, repository, digest. */

/** Where a name without a registry comes from. */
const DOCKER_HUB = "docker.io";

/** Whether a name ends in a SHA-256 digest, so that it always means the same image. */
export function isPinned(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(image);
}

/**
 * Registry and repository of an image, as container runtimes read it: what stands before the first slash is a registry
 * only if it looks like a host (a dot, a port, a capital, or "localhost"). Hosts have no case.
 */
export function locationOf(image: string): string {
  const name = image.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  if (first === "localhost" || /[.:A-Z]/.test(first)) return `${first.toLowerCase()}${name.slice(slash)}`;
  return `${DOCKER_HUB}/${slash < 0 ? "library/" : ""}${name}`;
}

/** Whether a location lies in a registry, or in a part of it; `*` stands for a part of one name in host or path. */
export function liesIn(location: string, registry: string): boolean {
  const [host = "", ...path] = registry.replace(/\/$/, "").split("/");
  const pattern = [wild(host.toLowerCase(), "[^/.:]*"), ...path.map((name) => wild(name, "[^/]*"))].join("/");
  return new RegExp(`^${pattern}/`).test(`${location}/`) && location.includes("/");
}

function wild(text: string, any: string): string {
  return text.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")).join(any);
}

/** How an API server says no, and how it does not answer. */
import { at, listAt, textAt, type Json } from "./json.ts";

/** The server answered with a `Status` that is no success. */
export class ApiError extends Error {
  readonly code: number;
  readonly status: Json;
  /** True when an earlier attempt of the same request broke off without an answer: it may have been carried out. */
  readonly uncertain: boolean;

  constructor(code: number, status: Json, uncertain = false) {
    super(textAt(status, "message") || (typeof status === "string" && status.trim() !== "" ? status.trim() : `the API server answered with status ${code}`));
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.uncertain = uncertain;
  }

  get reason(): string {
    return textAt(this.status, "reason");
  }

  /** Single problems, with their fields. */
  get causes(): { reason: string; message: string; field: string }[] {
    return listAt(this.status, "details", "causes").map((c) => ({ reason: textAt(c, "reason"), message: textAt(c, "message"), field: textAt(c, "field") }));
  }
}

/** Nobody answered, for as long as somebody who restarts would need. */
export class UnreachableError extends Error {
  constructor(why: string, options?: ErrorOptions) {
    super(`configured Kubernetes cluster is unreachable: ${why}`, options);
    this.name = "UnreachableError";
  }
}

/** The server has no such kind: its definition is not there (yet). */
export class NoKindError extends Error {
  constructor(apiVersion: string, kind: string) {
    super(`the API server has no kind ${kind} in ${apiVersion}; verify that the CustomResourceDefinition it needs has been created`);
    this.name = "NoKindError";
  }
}

export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.code === 404;
}

/** The namespace of a new object is not there. */
export function isNamespaceMissing(error: unknown): boolean {
  return error instanceof ApiError && error.code === 404 && at(error.status, "details", "kind") === "namespaces";
}

export function isAlreadyThere(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "AlreadyExists";
}

export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.code === 403;
}

/**
 * Conflicts of a server-side apply by field and owner, with the ways out; any other error as it is.
 *
 * Each cause names one field and says `conflict with "MANAGER" …` (Kubernetes, "Server-Side Apply", Conflicts).
 */
export function explained(error: unknown, manager: string): unknown {
  if (!(error instanceof ApiError) || error.code !== 409) return error;
  const fields = error.causes.filter((c) => c.reason === "FieldManagerConflict");
  if (fields.length === 0) return error;
  const lines = fields.map((c) => `  ${c.field.replace(/^\./, "")}: ${c.message.replace(/^conflict with/, "owned by")}`);
  return new Error([
    `server-side apply field conflict detected: the field manager "${manager}" would change fields that belong to others`,
    ...lines,
    `To take them over, set the annotation pulumi.com/patchForce: "true" on the resource; to leave them alone, remove them from the program or name them in ignoreChanges.`,
  ].join("\n"), { cause: error });
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

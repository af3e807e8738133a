/** What the simulated cloud says when it refuses. */

/** A request that the cloud refused; the message is worded as the service words it. */
export class CloudError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "CloudError";
  }
}

/** The resource exists, but did not become ready: the engine keeps it in state and tries an update next time. */
export class InitFailed extends Error {
  readonly reasons: string[];

  constructor(reasons: string[]) {
    super(reasons.join("; "));
    this.name = "InitFailed";
    this.reasons = reasons;
  }
}

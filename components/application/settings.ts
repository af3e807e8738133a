/** The application's slice of the configuration. */

/** Field names are those of the stack file's `app`. */
export interface ApplicationSettings {
  /** Name of the application. */
  name: string;
  /** Port of the container, 1024 or higher. */
  port: number;
  health: { ready: string; live: string; deep: string };
  metricsPath: string;
  /** Fewest and most replicas of a color that is not drained. */
  replicas: { min: number; max: number };
  /** Targets of the autoscaler: CPU in percent of the request, requests a second and replica. */
  autoscaling: { cpuPercent: number; requestsPerSecond: number };
  /** Requests of one replica; the memory limit is the same, the CPU limit four times as much. */
  requests: { cpu: string; memory: string };
  /** Seconds that a stopping pod goes on serving, and seconds until it is killed. */
  drain: { preStopSeconds: number; gracePeriodSeconds: number };
  /** Seconds that a new pod must have been ready before the next one is replaced. */
  minReadySeconds: number;
  security: {
    accessTokenSeconds: number;
    refreshTokenSeconds: number;
    sessionSeconds: number;
    requestsPerMinute: number;
    requestsPerHour: number;
    burst: number;
    uploadMaxMb: number;
    uploadTypes: string[];
    mfaRequired: boolean;
  };
  /** Further environment variables that are no secrets. */
  settings: Record<string, string>;
}

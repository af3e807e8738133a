/** Every limit of the alerts, once. Ratios are shares of 1. Targets of the requirements' table of monitoring unless said otherwise. */

export interface Thresholds {
  /** Share of requests that may fail in 30 days: availability of 99.9 %. */
  errorBudget: number;
  /** Share of requests that may take longer than `slowSeconds`: the target of the 99th percentile. */
  slowBudget: number;
  slowSeconds: number;
  /** Shares of 30 days' budget gone within an hour, six hours, a day, three days (Site Reliability Workbook, "Alerting on SLOs"). */
  burnHour: number;
  burnSixHours: number;
  burnDay: number;
  burnThreeDays: number;
  /** Budget left below which nothing risky should be released. */
  budgetLeft: number;
  /** Requests a second below which shares say nothing: one failure of 60 requests in 5 minutes is none of a service. */
  requestsPerSecond: number;
  unavailableWarning: number;
  unavailableCritical: number;
  errorsWarning: number;
  errorsCritical: number;
  /** 95th percentile in seconds. */
  p95Warning: number;
  p95Critical: number;
  cpuWarning: number;
  cpuCritical: number;
  memoryWarning: number;
  memoryCritical: number;
  /** Errors this long after all pods of a color started are the release's, in seconds. */
  releaseSeconds: number;
  /** A color with this many times the errors of the other is worse than a bad day. */
  colorFactor: number;
  /** Free shares of a node's disk: filling, full. */
  diskFilling: number;
  diskFull: number;
  /** A node's disk that is full within these seconds at its present pace. */
  diskSeconds: number;
  /** Free shares of a volume, and of its future: filling within these seconds. */
  volumeFilling: number;
  volumeFull: number;
  volumeSeconds: number;
  /** Evicted pods of a namespace. */
  evictedPods: number;
  /** Share of a database's connections. */
  connectionsWarning: number;
  connectionsCritical: number;
  /** Seconds that a replica may be behind: the database's serves stale pages, the cache's loses what it has at a failover. */
  replicaLagSeconds: number;
  cacheLagSeconds: number;
  /** Database storage used up within these seconds. */
  databaseStorageSeconds: number;
  /** Seconds that a transaction may be open: it holds back vacuum and locks. */
  transactionSeconds: number;
  /** Transaction ids used; the server stops at two billion. */
  transactionIds: number;
  /** Requests a minute at the load balancer below which shares say nothing. */
  balancerRequests: number;
  /** Share of requests that users get as 4xx. */
  clientErrors: number;
  /** Requests a second refused by the rate limit. */
  rateLimitedPerSecond: number;
  /** Requests blocked by the WAF in 5 minutes. */
  blockedRequests: number;
  /** Days that certificates have left: renewal fails (ACM renews 60 days ahead), users are about to see it. */
  certificateDays: number;
  certificateCriticalDays: number;
  /** The same within the cluster, where certificates live 90 days and are renewed 30 days ahead. */
  clusterCertificateDays: number;
  /** Seconds of data that a restore may lose, and that it may take. */
  recoveryPointSeconds: number;
  recoverySeconds: number;
  /** Share of a bucket's objects that may vanish in a day. */
  bucketLoss: number;
  /** Days before an exception of the policies ends. */
  exceptionDays: number;
  /** Refused logins a second, of users. */
  refusedLoginsPerSecond: number;
  /** Failed sign-ins to the console, and refused calls, in 5 minutes: as the trail's own alarms. */
  consoleFailures: number;
  refusedCalls: number;
  /** A day's bill as a multiple of the day's before. */
  costFactor: number;
  /** Share of a job's targets that can not be scraped. */
  targetsDown: number;
  /** Share of notifications that fail. */
  undelivered: number;
}

const HOUR = 3600;
const DAY = 24 * HOUR;

export const DEFAULTS: Readonly<Thresholds> = {
  errorBudget: 0.001,
  slowBudget: 0.01,
  slowSeconds: 2,
  burnHour: 0.02,
  burnSixHours: 0.05,
  burnDay: 0.1,
  burnThreeDays: 0.1,
  budgetLeft: 0.1,
  requestsPerSecond: 0.2,
  unavailableWarning: 0.005,
  unavailableCritical: 0.01,
  errorsWarning: 0.005,
  errorsCritical: 0.01,
  p95Warning: 1,
  p95Critical: 2,
  cpuWarning: 0.8,
  cpuCritical: 0.9,
  memoryWarning: 0.85,
  memoryCritical: 0.95,
  releaseSeconds: HOUR,
  colorFactor: 2,
  diskFilling: 0.4,
  diskFull: 0.1,
  diskSeconds: DAY,
  volumeFilling: 0.15,
  volumeFull: 0.05,
  volumeSeconds: 4 * DAY,
  evictedPods: 3,
  connectionsWarning: 0.8,
  connectionsCritical: 0.95,
  replicaLagSeconds: 60,
  cacheLagSeconds: 30,
  databaseStorageSeconds: 4 * DAY,
  transactionSeconds: HOUR / 4,
  transactionIds: 1_000_000_000,
  balancerRequests: 60,
  clientErrors: 0.2,
  rateLimitedPerSecond: 5,
  blockedRequests: 1000,
  certificateDays: 30,
  certificateCriticalDays: 7,
  clusterCertificateDays: 14,
  recoveryPointSeconds: HOUR / 12,
  recoverySeconds: HOUR / 2,
  bucketLoss: 0.2,
  exceptionDays: 14,
  refusedLoginsPerSecond: 1,
  consoleFailures: 5,
  refusedCalls: 20,
  costFactor: 2,
  targetsDown: 0.1,
  undelivered: 0.01,
};

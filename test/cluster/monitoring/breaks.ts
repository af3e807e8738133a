/** Ways to break the demo application and what it stands on, each with the alert that must tell it, and how it is mended. */
import { EDGE, serveCertificate } from "../../../sandbox/services/edge.ts";
import type { Captured } from "../../monitoring/capture.ts";
import { APP, MONITORING } from "./objects.ts";
import { type Stage, until } from "./stage.ts";

export interface Alarm {
  /** What is broken, as the table calls it. */
  what: string;
  alert: string;
  severity: "1" | "2" | "3";
  /** By which ways people must be told: those of the severity. */
  ways: readonly Captured["way"][];
}

/** Things that are broken and mended together, because they are faults of the same pod. */
export interface Break {
  alarms: readonly Alarm[];
  cause(stage: Stage): Promise<void>;
  mend(stage: Stage): Promise<void>;
}

const PAGE = ["pagerduty", "slack", "mail"] as const;
const URGENT = ["pagerduty", "slack"] as const;
const WARNING = ["slack", "mail"] as const;
const DAYS_BAD = 5;
const DAYS_GOOD = 90;
const SWITCH_PORT = 9901;

/** Sets the faults of every pod of a color, by the switch of the demo application. */
export async function fault({ cluster: { client } }: Pick<Stage, "cluster">, color: string, text: string): Promise<void> {
  const pods = `/api/v1/namespaces/${APP}/pods`;
  const { body } = await client.get(`${pods}?labelSelector=color%3D${color}`);
  for (const { metadata } of (body as { items: { metadata: { name: string } }[] }).items) {
    await until(`the switch of ${metadata.name}`, async () => {
      const { status } = await client.post(`${pods}/${metadata.name}:${SWITCH_PORT}/proxy/fault`, { fault: text });
      return status === 200 ? true : undefined;
    });
  }
}

async function scale({ cluster: { client } }: Stage, namespace: string, name: string, replicas: number): Promise<void> {
  const { status, body } = await client.merge(`/apis/apps/v1/namespaces/${namespace}/deployments/${name}/scale`, { spec: { replicas } });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

/** Secrets come to a pod when it is made. */
async function certificate({ cluster: { client } }: Stage, days: number): Promise<void> {
  await serveCertificate(client, MONITORING, days);
  const { status, body } = await client.merge(`/apis/apps/v1/namespaces/${MONITORING}/deployments/${EDGE}`, { spec: { template: { metadata: { annotations: { "golive.dev/days": String(days) } } } } });
  if (status !== 200) throw new Error(JSON.stringify(body));
}

const store = (name: "postgres" | "redis", what: string, alert: string): Break => ({
  alarms: [{ what, alert, severity: "1", ways: PAGE }],
  cause: (stage) => scale(stage, "golive-stores", name, 0),
  mend: async (stage) => {
    await scale(stage, "golive-stores", name, 1);
    // Here a new pod is a new database, and the exporter's user is made like every other.
    if (name === "postgres") await stage.makeUsers();
  },
});

/** They do not disturb each other, and are broken at the same time. */
export const TOGETHER: readonly Break[] = [
  {
    // Its pods are young, so it is the release that fails; the share of errors is the same news and not told twice.
    alarms: [{ what: "errors", alert: "ReleaseErrors", severity: "1", ways: PAGE }, { what: "slow", alert: "AppLatency", severity: "1", ways: PAGE }],
    cause: (stage) => fault(stage, "green", "failing:0.5,slow:3"),
    mend: (stage) => fault(stage, "green", "none"),
  },
  {
    alarms: [{ what: "CPU", alert: "AppCpu", severity: "2", ways: URGENT }, { what: "memory", alert: "AppMemory", severity: "3", ways: WARNING }],
    cause: (stage) => fault(stage, "blue", "busy:1,full:0.9"),
    mend: (stage) => fault(stage, "blue", "none"),
  },
  store("postgres", "database gone", "DatabaseDown"),
  store("redis", "Redis gone", "RedisDown"),
  {
    alarms: [{ what: "certificate about to expire", alert: "CertificateExpiring", severity: "1", ways: PAGE }],
    cause: (stage) => certificate(stage, DAYS_BAD),
    mend: (stage) => certificate(stage, DAYS_GOOD),
  },
];

/** Would silence what is wrong with the answers, and so comes when that is over. */
export const DOWN: Break = {
  alarms: [{ what: "down", alert: "AppDown", severity: "1", ways: PAGE }],
  cause: async (stage) => { await Promise.all(["app-blue", "app-green"].map((name) => scale(stage, APP, name, 0))); },
  mend: async (stage) => { await Promise.all(["app-blue", "app-green"].map((name) => scale(stage, APP, name, 1))); },
};

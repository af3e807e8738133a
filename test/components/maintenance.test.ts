import { expect, it } from "vitest";
import { Maintenance, type MaintenanceArgs } from "../../components/maintenance/index.ts";
import { IMAGE, jobs, only, PLACE, postgres } from "./dataFixtures.ts";
import { declared } from "./mocks.ts";

const args = (): MaintenanceArgs => ({
  ...PLACE, vacuumSchedule: "0 4 * * 0", partitionSchedule: "0 3 1 * *", cacheSchedule: "30 4 * * *", scanSchedule: "0 6 * * 1", dastSchedule: "0 2 1 * *", expirySchedule: "0 7 * * *", patchSchedule: "0 3 * * 3",
  cachePrefixes: ["cache:"], dastTarget: "staging.shop.example.com", tlsHosts: ["shop.example.com"], expiryWarningDays: 30, keyRotationDays: 90, secretRotationDays: 30, partitionedTables: ["app.events"],
  images: [IMAGE], scannerImage: `123456789012.dkr.ecr.us-east-1.amazonaws.com/zaproxy@sha256:${"3".repeat(64)}`, jobs: jobs(), postgres: postgres(), applicationUser: "shop_app",
  redis: { primaryHost: "cache.example.internal", port: 6379, authSecretArn: "arn:secret:redis" }, secretsKeyArn: "arn:key:secrets", secretNames: ["shop-production/app/JWT_SECRET"], keyArns: ["arn:key:database"],
  backupsBucket: { name: "b", arn: "arn:aws:s3:::b" }, backupsKeyArn: "arn:key:backups", nodes: { clusterName: "shop-production", groups: ["general"] }, watched: [{ name: "database-dump", maxAgeHours: 29 }],
});

it("declares every job of the requirements on its schedule, each watched", async () => {
  const found = await declared(() => { new Maintenance("maintenance", args()); });
  const schedules = Object.fromEntries(found.filter((r) => r.type.endsWith(":CronJob")).map((r) => [r.name, (r.inputs["spec"] as { schedule: string }).schedule]));
  expect(schedules).toEqual({
    "database-roles": "10 * * * *", vacuum: "0 4 * * 0", partitions: "0 3 1 * *", "cache-cleanup": "30 4 * * *", "image-scan": "0 6 * * 1", dast: "0 2 1 * *", "expiry-check": "0 7 * * *", "node-patch": "0 3 * * 3", "job-watch": "40 * * * *",
  });
  const watch = JSON.stringify(only(found, ":CronJob", "job-watch"));
  for (const name of ["database-dump=29", "vacuum=", "dast=", "job-watch=4"]) expect(watch).toContain(name);
  expect(JSON.stringify(only(found, ":CronJob", "dast"))).toContain("https://staging.shop.example.com");
});

it("leaves node patches out on a cluster of somebody else, and partitions without tables", async () => {
  const found = await declared(() => { new Maintenance("maintenance", { ...args(), nodes: undefined, partitionedTables: [] }); });
  expect(found.filter((r) => r.name === "node-patch" || r.name === "partitions")).toEqual([]);
});

it("refuses a cache prefix that reaches sessions and an image by tag", async () => {
  await expect(declared(() => { new Maintenance("maintenance", { ...args(), cachePrefixes: ["se"] }); })).rejects.toThrow("reaches sessions");
  await expect(declared(() => { new Maintenance("maintenance", { ...args(), images: ["shop:latest"] }); })).rejects.toThrow("is not named by digest");
});

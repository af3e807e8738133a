/** Entry of the Pulumi program: reads the configuration once, declares the environment, exports its outputs. */
import "./stackTraces.ts";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig, type Config } from "./config.ts";
import { declareEnvironment } from "./environment.ts";
import { plainly } from "./refusal.ts";

const stack = pulumi.getStack();
const environment = await plainly(async () => await declareEnvironment(readConfig(), stack));

/** Public address of the application. */
export const url = environment.url;
/** Name servers to enter at the domain's registrar before the first certificate can be issued; empty where the zone existed. */
export const nameServers = environment.nameServers;
/** DS record to enter at the registrar, which switches DNSSEC on. */
export const dsRecord = environment.dsRecord;
/** Command that writes a kubeconfig for the cluster. */
export const kubeconfigCommand = environment.kubeconfigCommand;
/** Color that the live Service sends traffic to. */
export const activeColor = environment.activeColor;
/** Private DNS name of the database's writer. */
export const databaseWriter = environment.databaseWriter;
/** Private DNS name of the database's readers. */
export const databaseReader = environment.databaseReader;
/** Buckets by what they are for. */
export const buckets = environment.buckets;
/** Roles by who takes them. */
export const roles = environment.roles;
/** Cluster services and charts with source and version. */
export const clusterServices = environment.clusterServices;
/** Processing register of personal data (GDPR article 30), generated from the declared stores. */
export const processingRegister = environment.processingRegister;

/** The engine names the secret keys beside the values (language host contract of the SDK). */
function readConfig(): Config {
  const secretKeys = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] ?? "[]") as string[];
  return parseConfig({ values: pulumi.runtime.allConfig(), secretKeys: new Set(secretKeys), stack });
}

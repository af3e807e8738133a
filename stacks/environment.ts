/** The composition: every component with the slice of configuration and the upstream outputs it needs, in the order data flows. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { Access } from "../components/access/index.ts";
import { Application } from "../components/application/index.ts";
import { Audit } from "../components/audit/index.ts";
import { Backups } from "../components/backups/index.ts";
import { Cluster } from "../components/cluster/index.ts";
import type { NetworkClient } from "../components/component.ts";
import { Cost } from "../components/cost.ts";
import { Edge } from "../components/edge/index.ts";
import { Ingress } from "../components/ingress/index.ts";
import { Keys } from "../components/keys.ts";
import { Maintenance } from "../components/maintenance/index.ts";
import { Monitoring } from "../components/monitoring/index.ts";
import { Network } from "../components/network/index.ts";
import { Notifications } from "../components/notifications.ts";
import { Postgres } from "../components/postgres/index.ts";
import { processingRegister } from "../components/privacy.ts";
import { Redis } from "../components/redis.ts";
import { Secrets } from "../components/secrets.ts";
import { Storage } from "../components/storage/index.ts";
import type { Config } from "./config.ts";

/** CloudFront, its certificates and its web ACL live in this region, wherever the rest is (CloudFront developer guide). */
const CLOUDFRONT_REGION = "us-east-1";

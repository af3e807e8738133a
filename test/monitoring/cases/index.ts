import type { AlertCases } from "../case.ts";
import { application } from "./application.ts";
import { cluster } from "./cluster.ts";
import { data } from "./data.ts";
import { duties } from "./duties.ts";
import { edge } from "./edge.ts";
import { self } from "./self.ts";
import { slo } from "./slo.ts";

/** Every alert's case. */
export const CASES: AlertCases = { ...slo, ...application, ...cluster, ...data, ...edge, ...duties, ...self };

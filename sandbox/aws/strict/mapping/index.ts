/** All resource types that the strictness data cover, by type token. */
import { compute } from "./compute.ts";
import { data } from "./data.ts";
import { machines } from "./machines.ts";
import { network } from "./network.ts";
import { edge } from "./edge.ts";
import { identity } from "./identity.ts";
import { storage } from "./storage.ts";
import type { Mappings } from "./types.ts";
import { watch } from "./watch.ts";

export const mappings: Mappings = { ...network, ...machines, ...compute, ...data, ...storage, ...identity, ...edge, ...watch };

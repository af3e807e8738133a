/** Starts a cluster, says what it has as one line of JSON, and holds it until it is killed. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { startCluster } from "../../sandbox/cluster/cluster.ts";

const { folder } = await startCluster({ progress: (line) => { console.error(line); } });
console.log(JSON.stringify({ folder, ...JSON.parse(readFileSync(path.join(folder, "processes.json"), "utf8")) as object }));
setInterval(() => undefined, 60_000);

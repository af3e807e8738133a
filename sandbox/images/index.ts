/** Images that are made on this machine, because none can be pulled where the sandbox runs. */
export { type Image } from "./archive.ts";
export { type DemoOptions, demoImage } from "./demo.ts";
export { jobsImage } from "./jobs.ts";
export { pauseImage } from "./pause.ts";
export { builtExporterImages, type OperatorImages, operatorImages, prometheusImage } from "./operator.ts";
export { alertmanagerImage, exporterImage, nginxImage, postgresImage, redisImage } from "./programs.ts";

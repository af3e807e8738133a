/** What commands must know of the program's monitoring: they see a program's configuration only. */
export { ALERTMANAGER_WAY, expectedAlerts, type Matcher, MONITORING_NAMESPACE, PROMETHEUS_WAY, type Signal, signalQuery, SIGNALS, type Work } from "../../components/monitoring/releaseSignals.ts";

/** The capture of messages in the cluster's network: says its ports, then each message, one JSON a line. */
import { endWithParent } from "../../../sandbox/engine/process.ts";
import { certificateFor, storeAuthority } from "../../../sandbox/services/authority.ts";
import { Capture } from "../../monitoring/capture.ts";

endWithParent();
const capture = new Capture(await certificateFor(await storeAuthority(), ["capture"]));
capture.onMessage = (message) => { console.log(JSON.stringify(message)); };
await capture.start("0.0.0.0");
console.log(JSON.stringify({ httpPort: capture.httpPort, smtpPort: capture.smtpPort }));

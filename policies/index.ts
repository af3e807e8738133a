/** The pack, as the engine starts it (start.js; PulumiPolicy.yaml). */
import { readFileSync } from "node:fs";
import path from "node:path";
import { PolicyPack } from "@pulumi/policy";
import { CATALOG, RULE_TEXTS } from "./catalog.ts";
import { stacks } from "./checkout.ts";
import { listen, runFromEnvironment } from "./engine.ts";
import { readExemptions } from "./exemptions.ts";
import { Judge } from "./judge.ts";
import { packOf } from "./pack.ts";
import { settingsOf } from "./settings.ts";

// A stack has hundreds of undecided checks, each an error with a trace that nobody reads: a tenth of the pack's time.
Error.stackTraceLimit = 0;

const exceptions = readFileSync(path.join(import.meta.dirname, "exceptions.yaml"), "utf8");
const told = listen();
// The SDK reads the pack's version from the working folder, which is the program's where an engine runs the pack for it.
process.chdir(import.meta.dirname);
new PolicyPack("golive", packOf(told, {
  rules: CATALOG.all,
  // Named by our own commands, which show more of the results than the engine does.
  resultsFile: process.env["GOLIVE_POLICY_RESULTS"],
  judge: (given) => {
    const run = given ?? runFromEnvironment(process.env);
    const exemptions = readExemptions(exceptions, RULE_TEXTS, new Date().toISOString().slice(0, 10), stacks());
    return new Judge({ rules: CATALOG, stack: run.stack, settings: settingsOf(run, CATALOG.all), exemptions });
  },
}));

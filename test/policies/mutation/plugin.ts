/** What StrykerJS loads: the runner of the pack's tests, and the list of what they let live. */
import { declareClassPlugin, PluginKind } from "@stryker-mutator/api/plugin";
import { PackTestRunner } from "./runner.ts";
import { SurvivorsReporter } from "./survivors.ts";

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "pack", PackTestRunner), declareClassPlugin(PluginKind.Reporter, "survivors", SurvivorsReporter)];

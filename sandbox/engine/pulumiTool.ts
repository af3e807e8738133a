/** The Pulumi CLI as a Go tool. */
import type { GoToolSpec } from "./goTool.ts";

/** The newest version that is served as Go modules; later ones are not (SANDBOX.md, "Engine"). */
export const PULUMI_VERSION = "v3.257.0";

/** 2.5 minutes on two idle cores, 110 MB. */
export const PULUMI_TOOL: GoToolSpec = {
  name: "pulumi",
  version: PULUMI_VERSION,
  module: "github.com/pulumi/pulumi/pkg/v3",
  package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
  // From the CLI's own go.mod: replacements of a dependency do not reach its users.
  replaces: { "github.com/atotto/clipboard": "github.com/tgummerer/clipboard v0.0.0-20241001131231-d02d263e614e" },
  ldflags: ["-s", "-w", "-X", `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${PULUMI_VERSION}`],
  sumsFile: "pulumi.sum",
};

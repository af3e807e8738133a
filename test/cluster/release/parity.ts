/**
 * What the end-to-end suites of the well-known blue/green controllers go through, and which of our tests shows the same,
 * or why none does. Argo Rollouts: all of its blue/green, functional and rollback suites, and the blue/green part of its
 * analysis suite (test/e2e, August 2026); Flagger: its suites for plain Kubernetes and for blue/green behind a gateway
 * (test, July 2026). test/operations/release/parity.test.ts holds this table to the tests that there are.
 */

/** A test of theirs: the file of the suite, and the test's own name; of a script, what it calls a step. */
export interface Theirs {
  project: "argo-rollouts" | "flagger";
  suite: string;
  test: string;
}

/** A test of ours. */
export interface Ours {
  /** Below `test/`. */
  file: string;
  /** As it stands in the source, without its quotes. */
  title: string;
}

/** Something that a release may go through. It has a test of ours, a reason, or both: then the reason tells the difference. */
export interface Scenario {
  scenario: string;
  theirs: readonly Theirs[];
  ours?: readonly Ours[];
  why?: string;
}

const of = (project: Theirs["project"], suite: string) => (...tests: string[]): Theirs[] => tests.map((test) => ({ project, suite, test }));
const blueGreen = of("argo-rollouts", "bluegreen_test.go");
const functional = of("argo-rollouts", "functional_test.go");
const analysis = of("argo-rollouts", "analysis_test.go");
const rollbackWindow = of("argo-rollouts", "rollback_window_test.go");
const flaggerDeployment = of("flagger", "kubernetes/test-deployment.sh");
const flaggerDaemonSet = of("flagger", "kubernetes/test-daemonset.sh");
const flaggerAutoscaler = of("flagger", "kubernetes/test-hpa.sh");
const flaggerGateway = of("flagger", "gatewayapi/test-bg.sh");

const by = (file: string) => (...titles: string[]): Ours[] => titles.map((title) => ({ file, title }));
const scenarios = by("cluster/release/scenarios.test.ts");
const rounds = by("cluster/release/release.test.ts");
const faults = by("cluster/release/faults.test.ts");
const guard = by("components/guard.test.ts");
const component = by("components/release.test.ts");
const replicaCanary = by("components/replicaCanary.test.ts");
const commands = by("operations/engine/releaseCommands.test.ts");
const start = by("operations/engine/releaseStart.test.ts");
const rollback = by("operations/engine/rollback.test.ts");

const SHOWN = "waits where its own Service shows it, and has users only when somebody says so";
const ROUND = "${ROUNDS} times: deploy, flip, roll back; no request fails or is answered by the wrong color";
const GIVEN_UP = "is given up when its time is over, for good; after another bad one a good one is let in, and goes live";
const INTERRUPTED = "%s that is killed leaves something that it finishes when it is run again";
const NO_USERS_YET = "gets no users by a flip while it is drained";
const BACK_WITHIN = "goes back within the window to the very pods that had the traffic before, and is not let forth again";
const BACK_AFTER = "gets them by a rollback all the same, and its pods back; the next update has nothing against it";
const FULL_SIZE = "shrinks without a word when the window is over, and the next release brings it back to full size before it is called ready";
const GROWN = "a live color that has grown under load: a flip gives the other one as many pods before, and lets them go afterwards";
const BAD_BEFORE = "that %s is rejected, and no user meets it";
const BAD_AFTER = "that turns bad seconds after it is live loses the traffic again, by itself";
const ADOPTS = "does not apply: theirs take over a Deployment that somebody else keeps, and scale it down; here the program declares both colors itself";

export const PARITY: readonly Scenario[] = [
  { scenario: "first release", theirs: flaggerDeployment("Canary initialization test"), ours: guard("a first live Service, whose color is ready") },
  { scenario: "promotion by hand", theirs: functional("TestBlueGreenPromoteFull"), ours: scenarios(SHOWN) },
  {
    scenario: "automatic promotion", theirs: [...functional("TestBlueGreenUpdate"), ...flaggerDeployment("Canary promotion test"), ...flaggerGateway("B/G promotion test")],
    ours: rounds(ROUND), why: "deploy and flip are two commands on purpose: a pipeline that wants both says `deploy && flip`",
  },
  { scenario: "paused until somebody says so", theirs: functional("TestKubectlWaitForPaused"), ours: scenarios(SHOWN) },
  { scenario: "paused for longer than the deadline", theirs: functional("TestRolloutPauseDurationGreaterThanProgressDeadlineSeconds"), why: "does not apply: nothing runs and no clock ticks between deploy and flip" },
  { scenario: "waiting for the end", theirs: functional("TestKubectlWaitForCompleted"), ours: rounds(ROUND), why: "a command ends when its work is done, and its exit code says how" },
  { scenario: "preview and active Service switched", theirs: analysis("TestBlueGreenAnalysis"), ours: scenarios(SHOWN) },
  { scenario: "everything at once", theirs: analysis("TestBlueGreenKitchenSink"), ours: [...rounds(ROUND), ...faults(BAD_AFTER)] },
  { scenario: "failed analysis before promotion", theirs: analysis("TestBlueGreenPrePromotionFail"), ours: faults(BAD_BEFORE) },
  { scenario: "failed analysis after promotion", theirs: analysis("TestBlueGreenPostPromotionFail"), ours: faults(BAD_AFTER) },
  { scenario: "abort", theirs: functional("TestBlueGreenScaleDownOnAbort"), ours: [...faults(INTERRUPTED), ...start("a person who interrupts it: the same command goes on later")], why: "what was aborted stays in the idle color at full size, where it can be looked at, until the next release or a drain" },
  { scenario: "abort and update", theirs: analysis("TestBlueGreenAbortAndUpdate"), ours: scenarios(GIVEN_UP) },
  { scenario: "abort, retry, promotion", theirs: functional("TestRolloutAbortRetryPromote"), ours: faults(INTERRUPTED) },
  {
    scenario: "progress deadline exceeded", theirs: [...blueGreen("TestBlueGreenProgressDeadlineExceededWithPause", "TestBlueGreenProgressDeadlineExceededWithoutPause"), ...functional("TestBlueGreenExceedProgressDeadlineAbort")],
    ours: [...scenarios(GIVEN_UP), ...start("never gets ready is rejected when the budget is used up, of which the engine's time is a part")],
    why: "theirs go on when the pods get ready late after all; here the image is rejected, and somebody decides",
  },
  { scenario: "preview with fewer replicas", theirs: [...blueGreen("TestBlueGreenPreviewReplicaCount"), ...functional("TestBlueGreenPreviewReplicaCountPromoteFull")], ours: scenarios(NO_USERS_YET, FULL_SIZE, GROWN), why: "theirs grow the preview while they promote; here it has its full size before it is called ready, and grows before a flip where the live one has grown" },
  { scenario: "scale-down delay", theirs: [...functional("TestBlueGreenScaleDownDelay"), ...flaggerGateway("B/G finalization")], ours: [...scenarios("stays at full size while the window is open, and shrinks within it only when told to", FULL_SIZE), ...commands("is refused within the rollback window, whoever opened it, and goes with --now")], why: "one release back is kept, there being two colors; it shrinks by a command, to one pod and never to none" },
  { scenario: "fast rollback within the window", theirs: rollbackWindow("TestRollbackAnalysisWithinWindow"), ours: scenarios(BACK_WITHIN) },
  { scenario: "rollback outside the window", theirs: rollbackWindow("TestRollbackAnalysisOutsideWindow"), ours: scenarios(BACK_AFTER, "of the same image twice replaces no pod, and of an older image is a release as any other"), why: "what is older than the color that was left passes the gates again, as with theirs" },
  { scenario: "specification and replicas changed at once", theirs: functional("TestSpecAndReplicaChangeSameTime"), ours: scenarios("an image and the number of replicas at once: no release, because of the live color; an update does both") },
  { scenario: "restart", theirs: functional("TestRolloutRestart", "TestCompleteRolloutRestart"), ours: scenarios("a restart of the live color's pods costs no request, and is nothing that disagrees"), why: "by kubectl rollout restart: the colors are Deployments" },
  { scenario: "restart within a disruption budget", theirs: functional("TestRolloutPDBRestart"), ours: [...component("lets one pod go at a time"), ...scenarios("a restart of the live color's pods costs no request, and is nothing that disagrees")] },
  { scenario: "good image, then a bad one", theirs: functional("TestRolloutGoodToBadUpdate"), ours: [...faults(BAD_BEFORE), ...start("crashes each time it is started is told with its exit code and what it logged last, which no record keeps")] },
  { scenario: "bad image, then a good one", theirs: functional("TestRolloutBadToGoodUpdate"), ours: scenarios(GIVEN_UP) },
  { scenario: "bad image, then another", theirs: functional("TestRolloutBadToBadUpdate"), ours: scenarios(GIVEN_UP) },
  { scenario: "bad template", theirs: functional("TestMalformedRollout", "TestMalformedRolloutEphemeralCtr"), ours: scenarios("a stack file that is wrong stops a release before it begins") },
  { scenario: "bad template, mended", theirs: functional("TestFixInvalidSpec"), ours: [...scenarios("a stack file that is wrong stops a release before it begins"), ...rollback("with a stack file in which somebody has made mistakes; what can be written is")] },
  { scenario: "from blue/green to canary", theirs: functional("TestBlueGreenToCanary"), ours: replicaCanary("is a live Service open to both colors, and autoscalers that hold them at exact numbers", "is as ever without a weight: a selector of one color, autoscalers with room, no word of a canary"), why: "shown by what the program declares and the guard says; canaries under load by strategies.test.ts, whose stage begins as blue/green" },
  { scenario: "whole promotion of a canary", theirs: functional("TestCanaryPromoteFull"), ours: replicaCanary("ends it by a flip when the canary has as many pods as the live color, not before") },
  { scenario: "canary of a bad image, then of a good one", theirs: functional("TestRolloutBadToGoodSetWeightUpdate"), ours: [...rollback("takes the share away at once and rejects the image; the live Service stays as it is, and so does the route's next owner"), ...commands("waits while a canary is under way")] },
  { scenario: "metadata of the color that is live", theirs: blueGreen("TestEphemeralMetadata"), why: "does not apply: pods never change their labels when traffic moves; who is live is what the live Service selects" },
  { scenario: "autoscaler of what is live", theirs: flaggerAutoscaler("Primary HPA"), ours: [...scenarios(BACK_AFTER, GROWN), ...component("starts three replicas and leaves their number to the autoscaler afterwards")] },
  { scenario: "configuration changed with the release", theirs: functional("TestRolloutPodVolumesItemsSpec"), ours: component("changes with a setting, and with the secrets' version") },
  { scenario: "forms of resource quantities", theirs: functional("TestContainerResourceFormats"), why: "does not apply: nothing stands between the program and the API server that would have to understand them" },
  { scenario: "a workload that is there already", theirs: functional("TestWorkloadRef", "TestWorkloadRefTemplate", "TestScaleDownOnSuccess", "TestScaleDownProgressively", "TestScaleDownProgressivelyCompleted", "TestScaleDownProgressivelyCompletedCanary", "TestNeverScaleDown"), why: ADOPTS },
  { scenario: "metrics of the controller", theirs: functional("TestControllerMetrics"), why: "does not apply: there is no controller; what was done is in the records, which ./golive status shows" },
  { scenario: "the controller is taken away", theirs: flaggerDaemonSet("Canary finalize"), why: "does not apply: there is no controller whose end must put anything back" },
  { scenario: "DaemonSets", theirs: flaggerDaemonSet("Canary initialization test", "Canary promotion test"), why: "does not apply: the application is a Deployment for each color" },
];

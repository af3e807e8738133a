/** StrykerJS' way to the tests of the pack: in its own process, without vitest around them. */
import { existsSync, globSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { INSTRUMENTER_CONSTANTS } from "@stryker-mutator/api/core";
import { type DryRunResult, DryRunStatus, type MutantRunOptions, type MutantRunResult, MutantRunStatus, type TestResult, type TestRunner, type TestRunnerCapabilities, TestStatus } from "@stryker-mutator/api/test-runner";
import { type Baseline, measure, pastOf, Probe, rulesByFile } from "./baseline.ts";
import { collect, fresh, type Suite, type Test, VITEST } from "./collect.ts";
import { Counter, Covering, packed } from "./coverage.ts";
import { inOrder, Killers, mayNotice, type Past } from "./order.ts";
import { Program } from "./program.ts";
import { attempt, type Failure, isEndless, type Namespace, type Outcome, runUntilFailure, withMutant } from "./run.ts";

/** In the sandbox that StrykerJS makes for a run. */
const CACHE = ".mutation";

/** Compares the rules with a program of Kubernetes that has to be built first. */
const NEEDS_TOOLS = "test/policies/podSecurity.test.ts";

/** The tests of the pack; those of this folder know nothing of it. */
function testFiles(): string[] {
  return globSync("test/policies/**/*.test.ts", { exclude: ["test/policies/mutation/**"] }).filter((file) => file !== NEEDS_TOOLS).sort().map((file) => path.resolve(file));
}

/** The mutants of a file, as StrykerJS wrote them into it. */
export function mutantsOf(source: string): number[] {
  return [...new Set(Array.from(source.matchAll(/stryMutAct_9fa48\("(\d+)"\)/g), ([, id]) => Number(id)))];
}

function resultOf({ key, ms: timeSpentMs, failed }: Baseline["tests"][number]): TestResult {
  const about = { id: key, name: key, fileName: path.resolve(key.split(" > ")[0] ?? ""), timeSpentMs };
  return failed === undefined ? { ...about, status: TestStatus.Success } : { ...about, status: TestStatus.Failed, failureMessage: failed };
}

/** What a process knows before the first mutant. */
interface Known {
  /** Without a mutant: shared by all that can not leave anything in it. */
  suite: Suite;
  tests: ReadonlyMap<string, Test>;
  /** Mutants that need a fresh copy of their file. */
  fresh: ReadonlySet<number>;
  covering: Covering;
  past: ReadonlyMap<string, Past>;
  rules: ReadonlyMap<string, ReadonlySet<string>>;
  large: ReadonlySet<string>;
}

/** A file with more tests than this goes through all rules. */
const LARGE = 500;

export class PackTestRunner implements TestRunner {
  readonly #ns: Namespace;
  readonly #counter: Counter;
  /** This process's folder when it starts, before modules or tests choose another. */
  readonly #root = process.cwd();
  readonly #baseline = path.resolve(CACHE, "baseline.json");
  readonly #covered = path.resolve(CACHE, "covered");
  readonly #program = new Program(path.resolve(CACHE));
  readonly #files = testFiles();
  readonly #killers = new Killers();
  readonly #dependents = new Map<string, ReadonlySet<string>>();
  #dryRun: DryRunResult | undefined;
  #known: Known | undefined;

  constructor() {
    const holder = globalThis as unknown as Record<string, Namespace | undefined>;
    this.#ns = holder[INSTRUMENTER_CONSTANTS.NAMESPACE] ??= {};
    process.env["NO_COLOR"] = "1";
    // Nobody reads where a test failed, and writing it down takes longer than most tests.
    Error.stackTraceLimit = 0;
    this.#counter = new Counter(this.#ns);
  }

  /** Each mutant gets the copies of modules that it needs, whatever ran before. */
  capabilities(): TestRunnerCapabilities {
    return { reloadEnvironment: true };
  }

  /** All that takes long happens here, and the first process measures here: what it took later would count for the mutants' time limits. */
  async init(): Promise<void> {
    await this.#program.load(this.#files, { vitest: VITEST });
    if (!existsSync(this.#baseline)) this.#dryRun = await this.#measure();
    if (existsSync(this.#baseline)) this.#known = this.#remember();
  }

  async dryRun(): Promise<DryRunResult> {
    return this.#dryRun ?? await this.#measure();
  }

  /** Which tests run, and on which copy, is decided here: StrykerJS gives no tests, because it was not told what they cover. */
  async mutantRun({ activeMutant, sandboxFileName, hitLimit }: MutantRunOptions): Promise<MutantRunResult> {
    const file = path.resolve(sandboxFileName);
    const mutant = Number(activeMutant.id);
    return withMutant(this.#ns, activeMutant.id, hitLimit, async () => {
      const { fresh: own, covering, suite } = this.#known ??= this.#remember();
      if (own.has(mutant)) return this.#inCopy(file);
      const result = await this.#inPlace(file, covering.of(mutant).flatMap((at) => suite.tests[at] ?? []));
      // Something left the shared copy unfit: neither this result nor a later one may come of it.
      return result ?? await this.#inCopy(file);
    });
  }

  async #measure(): Promise<DryRunResult> {
    const probe = new Probe();
    const program = new Program(undefined, probe.touch);
    await program.load(this.#files, { vitest: VITEST });
    const suite = fresh(program, this.#files);
    if (suite.failures.length > 0) return { status: DryRunStatus.Error, errorMessage: suite.failures.join("\n") };
    const fileOf: (string | undefined)[] = [];
    for (const file of program.files) for (const mutant of mutantsOf(readFileSync(file, "utf8"))) fileOf[mutant] = file;
    const { baseline, covered, hits } = await measure(suite, probe, this.#counter, (file) => !file.startsWith(path.join(this.#root, "test")), fileOf);
    writeFileSync(this.#covered, packed(covered));
    writeFileSync(`${this.#baseline}.new`, JSON.stringify(baseline));
    renameSync(`${this.#baseline}.new`, this.#baseline);
    // As if all mutants were active while modules load: the pairs of mutants and tests are too many to be told.
    return { status: DryRunStatus.Complete, tests: baseline.tests.map((test) => resultOf(test)), mutantCoverage: { static: hits, perTest: {} } };
  }

  #remember(): Known {
    const baseline = JSON.parse(readFileSync(this.#baseline, "utf8")) as Baseline;
    const suite = fresh(this.#program, this.#files);
    return {
      suite,
      tests: new Map(suite.tests.map((test) => [test.key, test])),
      fresh: new Set(baseline.fresh),
      covering: new Covering(readFileSync(this.#covered)),
      past: pastOf(baseline, suite),
      large: new Set([...Map.groupBy(suite.tests, ({ file }) => file)].filter(([, tests]) => tests.length > LARGE).map(([file]) => file)),
      rules: new Map([...rulesByFile(suite.world.loaded)].map(([file, rules]) => [file, new Set(rules.map((rule) => rule.id))])),
    };
  }

  /** A mutant in a function: nothing has to be loaded again. Nothing comes back where the shared copy is spoilt. */
  async #inPlace(file: string, tests: readonly Test[]): Promise<MutantRunResult | undefined> {
    const outcome = await runUntilFailure(this.#order(tests, file), this.#ns);
    if (outcome.endless === true) this.#known = undefined;
    else if (outcome.failure !== undefined && await this.#failsAnyway(outcome.failure)) return undefined;
    return this.#result(outcome, file);
  }

  /** A mutant in what runs while modules load, or in a file that keeps something: it and all that imports it are loaded again. */
  async #inCopy(file: string): Promise<MutantRunResult> {
    const { suite: base, past } = this.#known ??= this.#remember();
    const changed = this.#dependentsOf(file);
    const suite = collect(base.world.without(changed), this.#files.filter((one) => changed.has(one)));
    if (isEndless(this.#ns)) return this.#result({ ran: 0, endless: true }, file);
    const outcome = await runUntilFailure(this.#order(suite.tests.filter((test) => mayNotice(test, past.get(test.key), changed)), file), this.#ns);
    if (outcome.failure !== undefined && await this.#failsAnyway(outcome.failure)) return this.#inCopy(file);
    if (outcome.failure === undefined && suite.failures.length > 0) return { status: MutantRunStatus.Error, errorMessage: suite.failures.join("\n") };
    return this.#result(outcome, file);
  }

  #dependentsOf(file: string): ReadonlySet<string> {
    const known = this.#dependents.get(file) ?? this.#program.dependents(file);
    this.#dependents.set(file, known);
    return known;
  }

  #order(tests: readonly Test[], file: string): Test[] {
    const { past, rules, large } = this.#known ??= this.#remember();
    return inOrder(tests, { killers: this.#killers, file, changed: this.#dependentsOf(file), rules: rules.get(file) ?? new Set(), past, large });
  }

  /** A test that fails without the mutant too tells of an earlier one, which left something behind. The shared copy is made anew. */
  async #failsAnyway({ test }: Failure): Promise<boolean> {
    const same = this.#known?.tests.get(test.key);
    if (same === undefined) return false;
    const mutant = this.#ns.activeMutant;
    this.#ns.activeMutant = undefined;
    const failed = await attempt(same);
    this.#ns.activeMutant = mutant;
    if (failed === undefined) return false;
    this.#known = undefined;
    return true;
  }

  #result({ ran, failure, endless }: Outcome, file: string): MutantRunResult {
    if (endless === true) return { status: MutantRunStatus.Timeout, reason: "runs a hundred times as often as without the mutant" };
    if (failure === undefined) return { status: MutantRunStatus.Survived, nrOfTests: ran };
    this.#killers.add(file, failure.test.key);
    return { status: MutantRunStatus.Killed, killedBy: [failure.test.key], failureMessage: failure.message, nrOfTests: ran };
  }
}

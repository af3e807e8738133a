# The front door. Every target sets up what it needs; a fresh machine needs npm and Go (for the preview, a Pulumi CLI does).
.DEFAULT_GOAL := help
.PHONY: help setup packages preview gate demo asroot test alive soak lint bench mutation docs clean

STACK ?= production
NODE := node_modules/.bin/node --disable-warning=ExperimentalWarning
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install packages and the engine, once (every other target does it, too)
	@./golive setup

packages: ## Install the Debian packages of the tests (as root), or name them
	@.ci/packages.sh

preview: ## Plan the whole production environment, without a cloud (STACK=staging for another)
	@./golive preview $(STACK)

gate: ## Put every stack through the policy pack, with no cloud (BASE=main to judge the change since)
	@./golive gate $(if $(BASE),--base $(BASE))

demo: asroot setup packages ## Release under load on a real cluster of this machine, break a release, and show what users saw (as root; RATE=300)
	@mkdir -p .golive
	@./golive demo $(if $(RATE),--rate $(RATE))

# Who is not root is told so by the command itself, before minutes of building; a cluster that is given needs none.
asroot:
	@[ "$$(id -u)" = 0 ] || [ -n "$$GOLIVE_CLUSTER" ] || ./golive demo

test: setup packages ## Run every test but those of `make alive`
	@mkdir -p .golive
	@$(NODE) node_modules/vitest/vitest.mjs run --project unit --project engine --project alone

alive: setup packages ## Break the application in eight ways under a real Prometheus, and see who is told (as root; builds a Prometheus once)
	@mkdir -p .golive
	@$(NODE) node_modules/vitest/vitest.mjs run --project alive

soak: setup packages ## Release and roll back 20 times with each strategy, under load, on a real cluster (as root; ROUNDS=50)
	@ROUNDS=$(or $(ROUNDS),20) $(NODE) node_modules/vitest/vitest.mjs run test/cluster/release/release.test.ts test/cluster/release/strategies.test.ts -t '[0-9] times: '

lint: setup ## Check types, style, the direction of dependencies, and shell scripts
	@npm run --silent lint

bench: setup packages ## Measure preview, update, growth, policy pack, check, releases beside Argo Rollouts (RUNS=20 of them), and how fast alerts are told (BENCH_JSON=file for the figures as JSON)
	@$(NODE) test/bench/bench.ts
	@$(NODE) test/bench/policies.ts
	@$(NODE) test/bench/check.ts
	@$(NODE) test/bench/release.ts
	@$(MAKE) --no-print-directory alive

mutation: setup ## Change the policy pack in every way StrykerJS knows, and count what the tests notice (half an hour; MUTATE='policies/areas/iam*.ts' for a part)
	@node_modules/.bin/stryker run test/policies/stryker.config.json $(if $(MUTATE),--mutate '$(MUTATE)')

docs: setup ## Write docs/configuration.md, docs/policies.md and the JSON Schema from what they describe
	@npm run --silent docs

clean: ## Remove local state of this checkout (packages and the tool cache stay)
	@rm -rf .golive rendered

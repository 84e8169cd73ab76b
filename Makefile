.DEFAULT_GOAL := help
.PHONY: help setup build release deb deb-test test upgrade-scenarios simulate load-test soak lint format demo bench check clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what is missing to build, run and test (apt; nothing is started)
	@scripts/install-packages --test
	@scripts/install-packages --lint

build: ## build Slipway
	@scripts/install-packages
	swift build

release: ## build the program as it is given away: optimised, Swift's libraries inside
	@scripts/release

deb: ## build the Debian package: apt install ./.build-release/slipway_*.deb
	@scripts/deb

deb-test: ## check the package, and install, upgrade, remove and purge it on a fresh Debian 12 with systemd
	@scripts/deb-test

test: ## run all tests, those with a real engine and a real browser included
	@scripts/test

upgrade-scenarios: ## Rancher's scenarios of upgrades in service, on a real engine; CASES= the folder that holds rancher-upgrade
	@scripts/upgrade-scenarios $(CASES)

# The simulation alone, optimised, in a folder of its own.
SEEDS ?= 2000
FROM ?= 1
simulate: ## play SEEDS=2000 rollouts with everything going wrong; SEED=4711 replays one with all that happens
	@scripts/install-packages
	@swift build -c release --product simulate --scratch-path .build-simulate
	@.build-simulate/release/simulate $(if $(SEED),--seed $(SEED),--seeds $(SEEDS) --from $(FROM))

load-test: ## 20 upgrades under load, and the edge killed in three more; the result goes into bench/results
	@scripts/install-packages
	swift build
	@SLIPWAY_BINARY=$${SLIPWAY_BINARY:-.build/debug/slipway} bench/upgrades.py --kill-edge --callers --sidekick

soak: ## the long tests: 200 kills, 100,000 simulated seeds, load, fuzzing; the result goes into bench/RESULTS.md
	@scripts/soak

lint: ## hold the style: swift format, shellcheck
	@scripts/lint

format: ## bring all Swift into form
	swift format --in-place --recursive --parallel Package.swift Sources Tests

demo: ## show the journey on this machine; ARGS=--once stops at the end and says whether all went well
	@scripts/demo $(ARGS)

bench: ## measure Slipway beside its peers into bench/RESULTS.md; ONLY=rollout for one, RUNS=n how often
	@scripts/bench

check: lint ## before a commit: style, build, and the tests that need no engine
	@scripts/install-packages
	swift build --build-tests
	swift test --skip-build

clean: ## forget what was built, and the images of the engine that the scripts start
	rm -rf .build .build-release .build-simulate .venv .demo bench/.venv bench/results
	@scripts/engine purge

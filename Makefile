# `make run` and `make test` each do all set-up on a fresh Debian 12 and then their job.
build ?= build
jobs ?= $(shell nproc)
seconds ?= 60

.DEFAULT_GOAL := help
.PHONY: help run test soak bench format lint dependencies

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16

run: dependencies ## the example: a wounded zombie, the end of the process, and a new one that still knows
	cmake --preset dev -B $(build)/dev
	cmake --build $(build)/dev --parallel $(jobs) --target dnd
	examples/dnd/demo $(build)/dev

test: dependencies ## every check there is
	tools/run_tests $(build) $(jobs)

soak: dependencies ## the randomised tests under the sanitizers, `seconds` for each
	tools/run_soak $(build) $(seconds)

bench: dependencies ## the benchmarks
	bench/run $(build)

format: ## rewrite our own sources the way .clang-format says
	tools/check_format --fix

lint: dependencies ## house rules and clang-tidy
	tools/house_rules
	cmake --preset clang -B $(build)/clang
	tools/tidy $(build)/clang

dependencies:
	@tools/install_dependencies

# `make run` and `make test` each do all set-up on a fresh Debian 12 and then their job.
build ?= build
jobs ?= $(shell nproc)
seconds ?= 60
options ?= # of convex_game
compared = nlohmann-json3-dev libsqlite3-dev librocksdb-dev libleveldb-dev liblmdb-dev # what the benchmarks compare with

.DEFAULT_GOAL := help
.PHONY: help run run-game test soak bench bench-quick format lint dependencies

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 18

run: dependencies ## the example: a wounded zombie, the end of the process, and a new one that still knows
	cmake --preset dev -B $(build)/dev
	cmake --build $(build)/dev --parallel $(jobs) --target dnd
	examples/dnd/demo $(build)/dev

run-game: dependencies ## a game in the browser on a free port, until Ctrl-C; goes on where it was; options='--port 3210'
	cmake --preset dev -B $(build)/dev
	cmake --build $(build)/dev --parallel $(jobs) --target convex_game
	examples/convex_game/demo/start $(build)/dev $(options)

test: dependencies ## every check there is
	tools/run_tests $(build) $(jobs)

soak: dependencies ## the randomised tests under the sanitizers, `seconds` for each
	tools/run_soak $(build) $(seconds)

bench: dependencies ## all benchmarks, and the comparison with other stores: less than 40 minutes
	@tools/install_dependencies $(compared)
	bench/run $(build)
	bench/compare/run $(build) full

bench-quick: dependencies ## the comparison with other stores alone, smaller: less than 3 minutes, once it is built
	@tools/install_dependencies $(compared)
	bench/compare/run $(build) quick

format: ## rewrite our own sources the way .clang-format says
	tools/check_format --fix

lint: dependencies ## house rules and clang-tidy
	tools/house_rules
	cmake --preset clang -B $(build)/clang
	tools/tidy $(build)/clang

dependencies:
	@tools/install_dependencies

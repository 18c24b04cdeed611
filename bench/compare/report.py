#!/usr/bin/env python3
"""Makes a page of what `compare` has found, and compares two runs.

report.py <results.json> [<page.html>]   a self-contained page, beside the results unless said otherwise
report.py --goals <results.json>         the goals as a table for bench/README.md
report.py --add-micro <results.json> <micro.json>  what Google Benchmark found is kept with the results
report.py --compare <old.json> <new.json> what has changed between two runs

Ratios are medians of the rounds' ratios, and say how often better: above 1 is better, whatever the unit.
"""
import json
import pathlib
import statistics
import sys

sys.dont_write_bytecode = True
import page  # noqa: E402
from ratios import better, find, goal_rows, load, number  # noqa: E402


def print_goals(run):
    print(f"Run of {run['begun']}, {run['scale']}, {run['machine']['processor']}, {run['machine']['file_system']}:\n")
    print("| | goal | at least | reached | |\n|---|---|--:|--:|---|")
    for row in goal_rows(run):
        print("| " + " | ".join(row) + " |")


def add_micro(results, micro):
    """Of each benchmark the median: nanoseconds of the processor an item, and how much the repetitions differed."""
    run, found = load(results), load(micro)["benchmarks"]
    spreads = {one["run_name"]: one["cpu_time"] for one in found if one.get("aggregate_name") == "cv"}
    run["micro"] = [{"name": one["run_name"], "ns": 1e9 / one["items_per_second"], "spread": spreads.get(one["run_name"])}
                    for one in sorted(found, key=lambda one: one["family_index"])  # they ran in random order
                    if one.get("aggregate_name") == "median"]
    pathlib.Path(results).write_text(json.dumps(run, ensure_ascii=False))


def print_changes(old, new):
    """Rates move with the machine, so what counts is how a contestant's ratio to the limit, or to the first, moved."""
    if old["machine"] != new["machine"]:
        print("The machines or compilers differ: compare ratios only.\n")
    print("| | contestant | old | new | new / old | ratio to the first, old | new |\n|---|---|--:|--:|--:|--:|--:|")
    for workload in new["workloads"]:
        before = find(old["workloads"], "id", workload["id"])
        if not before:
            continue
        if before["title"] != workload["title"]:
            print(f"| {workload['id']} | another amount of work, not compared | | | | | |")
            continue
        for c in workload["contestants"]:
            was = find(before["contestants"], "name", c["name"])
            first = find(before["contestants"], "name", workload["contestants"][0]["name"])
            if not was or not first:
                continue
            a, b = statistics.median(was["values"]), statistics.median(c["values"])
            mark = " (disturbed)" if workload["disturbed"] or before["disturbed"] else ""
            print(f"| {workload['id']}{mark} | {c['name']} | {number(a)} | {number(b)} {workload['unit']} | {b / a:.2f} | "
                  f"{number(better(before, was, first))} | {number(better(workload, c, workload['contestants'][0]))} |")


def main(arguments):
    if len(arguments) == 3 and arguments[0] == "--compare":
        print_changes(load(arguments[1]), load(arguments[2]))
    elif len(arguments) == 3 and arguments[0] == "--add-micro":
        add_micro(arguments[1], arguments[2])
    elif len(arguments) == 2 and arguments[0] == "--goals":
        print_goals(load(arguments[1]))
    elif len(arguments) in (1, 2) and not arguments[0].startswith("-"):
        to = pathlib.Path(arguments[1] if len(arguments) == 2 else arguments[0]).with_suffix(".html")
        to.write_text(page.render(load(arguments[0])))
        print(to)
    else:
        sys.exit(__doc__)


main(sys.argv[1:])

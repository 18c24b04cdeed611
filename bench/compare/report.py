#!/usr/bin/env python3
"""Makes a page of what `compare` has found, and compares two runs.

report.py <results.json> [<page.html>]   a self-contained page, beside the results unless said otherwise
report.py --goals <results.json>         the goals as a table for bench/README.md
report.py --compare <old.json> <new.json> what has changed between two runs

Ratios are medians of the rounds' ratios, and say how often better: above 1 is better, whatever the unit.
"""
import html
import json
import pathlib
import statistics
import sys

AHEAD = "jsonl, 64 MiB ahead"
# Workload, goal in words, contestant, what it is compared with, the least ratio. A name that ends with "xN" is N threads.
GOALS = [
    ("W1", "one event a commit, of the limit of a file written before", AHEAD, "limit, written before", 0.97),
    ("W1", "the same growing, of the limit of a growing file", "jsonl", "limit, growing", 0.97),
    ("W1", "against SQLite FULL", AHEAD, "SQLite FULL", 1.12),
    ("W1", "against LevelDB", AHEAD, "LevelDB", 1.4),
    ("W1", "against RocksDB", AHEAD, "RocksDB", 1.4),
    ("W1", "against LMDB", AHEAD, "LMDB", 2.2),
    ("W2a", "100 events a commit, of the limit of a file written before", AHEAD, "limit, written before", 0.95),
    ("W2a", "the same growing, of the limit of a growing file", "jsonl", "limit, growing", 0.95),
    ("W2a", "against SQLite FULL", AHEAD, "SQLite FULL", 3.2),
    ("W2a", "against RocksDB", AHEAD, "RocksDB", 3),
    ("W2b", "over 100,000 streams, against SQLite FULL", AHEAD, "SQLite FULL", 7),
    ("W3a", "unsynced, of a raw writer with a buffer of 64 KiB", "jsonl, unsynced", "limit, buffered", 0.6),
    ("W3a", "against LMDB NOSYNC", "jsonl, unsynced", "LMDB NOSYNC", 3.5),
    ("W3a", "against LevelDB", "jsonl, unsynced", "LevelDB, unsynced", 6),
    ("W3a", "against RocksDB", "jsonl, unsynced", "RocksDB, unsynced", 10),
    ("W3a", "against SQLite OFF", "jsonl, unsynced", "SQLite OFF", 15),
    ("W4b", "replay, UTF-8 checked, against SQLite", "jsonl, checksums ignored", "SQLite OFF", 4),
    ("W4b", "against LMDB", "jsonl, checksums ignored", "LMDB NOSYNC", 1.9),
    ("W4b", "against RocksDB", "jsonl, checksums ignored", "RocksDB, unsynced", 5),
    ("W5", "a stream of 50, against SQLite", "jsonl, checksums verified", "SQLite OFF", 8),
    ("W5", "against LMDB", "jsonl, checksums verified", "LMDB NOSYNC", 7),
    ("W5", "against RocksDB", "jsonl, checksums verified", "RocksDB, unsynced", 25),
    ("W7", "2 threads against one", "jsonl x2", "jsonl x1", 1.8),
    ("W7", "8 threads against one", "jsonl x8", "jsonl x1", 5.5),
    ("W7", "32 threads against one", "jsonl x32", "jsonl x1", 14),
    ("W7", "32 threads against RocksDB's 32", "jsonl x32", "RocksDB x32", 4.5),
    ("W7", "32 threads against SQLite's 32", "jsonl x32", "SQLite FULL x32", 15),
    ("W7", "1024 in flight against one thread that waits", "jsonl, 1024 in flight x1", "jsonl x1", 100),
    ("W6b", "cold process, against SQLite", "jsonl, checksums verified", "SQLite OFF", 3.5),
    ("W6b", "against LMDB", "jsonl, checksums verified", "LMDB NOSYNC", 2.2),
    ("W11a", "bytes on disk, against SQLite's (at most 1.1 × as many)", "jsonl, checksums verified", "SQLite OFF", 1 / 1.1),
]
# The same in processor time: the typed interface may cost 3 % more than the adapter by itself.
TAX = [
    ("W3a", "typed interface, one event a commit, CPU", "jsonl, unsynced", "jsonl, adapter alone", 1 / 1.03),
    ("W3b", "typed interface, 100 events a commit, CPU", "jsonl, unsynced", "jsonl, adapter alone", 1 / 1.03),
    ("W4b", "typed interface, replay, CPU", "jsonl, checksums verified", "jsonl, adapter alone", 1 / 1.03),
]
UNMEASURED = [
    ("memory", "append and fold against castore and Emmett in memory"),
]


def load(path):
    return json.loads(pathlib.Path(path).read_text())


def find(items, key, value):
    return next((item for item in items if item[key] == value), None)


def better(workload, one, other):
    """How often better `one` is than `other`: the median of the rounds' ratios."""
    pairs = list(zip(one["values"], other["values"]))
    if not pairs or any(a <= 0 or b <= 0 for a, b in pairs):
        return None
    return statistics.median(a / b if workload["more_is_better"] else b / a for a, b in pairs)


def cheaper(_, one, other):
    """How often less processor time `one` takes than `other`."""
    pairs = list(zip(one["cpu_us"], other["cpu_us"]))
    return statistics.median(b / a for a, b in pairs) if pairs and all(a > 0 for a, _ in pairs) else None


def number(value):
    if value is None:
        return "–"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratio_between(run, workload_id, name, other, how):
    workload = find(run["workloads"], "id", workload_id)
    one = workload and find(workload["contestants"], "name", name)
    two = workload and find(workload["contestants"], "name", other)
    return (workload, how(workload, one, two)) if one and two else (workload, None)


def goal_rows(run):
    for how, (workload_id, words, name, other, least) in [(better, g) for g in GOALS] + [(cheaper, t) for t in TAX]:
        workload, reached = ratio_between(run, workload_id, name, other, how)
        if reached is None:
            verdict = "not measured"
        elif workload["disturbed"]:
            verdict = "disturbed: no verdict"
        elif not run["machine"]["optimised"] or run["scale"] == "smoke":
            verdict = "no verdict"
        else:
            verdict = "met" if reached >= least else "**missed**"
        yield workload_id, words, f"≥ {least:.2f} ×", f"{number(reached)} ×" if reached else "–", verdict
    for workload_id, words in UNMEASURED:
        yield workload_id, words, "", "–", "not measured yet"


def print_goals(run):
    print(f"Run of {run['begun']}, {run['scale']}, {run['machine']['processor']}, {run['machine']['file_system']}:\n")
    print("| | goal | at least | reached | |\n|---|---|--:|--:|---|")
    for row in goal_rows(run):
        print("| " + " | ".join(row) + " |")


# The page

STYLE = """
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2733}
h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2.6rem;border-top:1px solid #d5dce3;padding-top:1rem}
table{border-collapse:collapse;margin:.6rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.16rem .6rem;text-align:right;border-bottom:1px solid #e8edf1;white-space:nowrap}
th{font-weight:600;color:#51606e;white-space:normal;max-width:7rem;vertical-align:bottom}td:first-child,th:first-child{text-align:left}
.words td,.words th{text-align:left;white-space:normal}.wide{overflow-x:auto;font-size:.85rem}.met{color:#0b7a3b}.missed{color:#b3261e;font-weight:600}
.warn{background:#fff1cf;border:1px solid #e5c366;padding:.5rem .8rem;border-radius:4px}
small,.quiet{color:#6a7885}svg{display:block;max-width:100%}
"""
COLOURS = {"limit": "#9aa7b3", "ours": "#1f6feb", "peer": "#d98324"}


def kind_of(contestant):
    if contestant["limit"]:
        return "limit"
    return "ours" if contestant["name"].startswith(("jsonl", "memory")) else "peer"


def spread(values):
    ordered = sorted(values)
    return ordered[0], statistics.median(ordered), ordered[-1]


def chart(workload):
    """Bars of medians, with a line from the least to the largest round."""
    rows = [(c, *spread(c["values"])) for c in workload["contestants"]]
    most = max(median for _, _, median, _ in rows) * 1.12
    height, left, width = 22, 210, 560
    out = [f'<svg viewBox="0 0 960 {height * len(rows) + 8}" width="960" role="img" '
           f'aria-label="{html.escape(workload["title"])}, {html.escape(workload["unit"])}" font-size="12">']
    for i, (contestant, low, median, high) in enumerate(rows):
        y = i * height + 4
        x = lambda value: left + width * min(value / most, 1)  # noqa: E731
        out.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{html.escape(contestant["name"])}</text>'
                   f'<rect x="{left}" y="{y + 2}" width="{max(x(median) - left, 1):.1f}" height="15" '
                   f'fill="{COLOURS[kind_of(contestant)]}"/>'
                   f'<path d="M{x(low):.1f} {y + 9.5}H{x(high):.1f}" stroke="#1c2733" stroke-width="1.2"/>'
                   f'<text x="{left + width + 12}" y="{y + 13}">{number(median)} {html.escape(workload["unit"])}</text>')
    return "".join(out) + "</svg>"


def references(workload):
    """Contestants that others are compared with: limits, and evstore's own."""
    return [c for c in workload["contestants"] if kind_of(c) != "peer"]


def cell(value, css=""):
    return f'<td class="{css}">{html.escape(value)}</td>'


def table(workload):
    compared = references(workload) if len(workload["contestants"]) <= 12 else []
    threads = workload["id"] == "W7"
    heads = [workload["unit"], "least", "most"] + [f"× {c['name']}" for c in compared]
    if threads:
        heads += ["× its one writer", "× jsonl, as many threads"]
    heads += ["CPU µs/event", "50 %", "90 %", "99 %", "slowest"]
    out = ["<div class=wide><table><tr><th></th>", "".join(f"<th>{html.escape(h)}</th>" for h in heads), "</tr>"]
    for c in workload["contestants"]:
        low, median, high = spread(c["values"])
        cells = [number(median), number(low), number(high)]
        cells += [number(better(workload, c, other)) for other in compared]
        if threads:
            base, count = c["name"].rsplit(" x", 1)
            for name in (f"{base} x1", f"jsonl x{count}"):
                other = find(workload["contestants"], "name", name)
                cells.append(number(better(workload, c, other)) if other else "–")
        cells.append(number(statistics.median(c["cpu_us"])) if c["cpu_us"] else "–")
        late = c.get("latency")
        cells += [number(late[key]) if late else "–" for key in ("p50", "p90", "p99", "most")]
        out.append(f'<tr><td title="{html.escape(c["described"])}">{html.escape(c["name"])}</td>'
                   + "".join(cell(text) for text in cells) + "</tr>")
    return "".join(out) + "</table></div>"


def section(workload):
    warning = ""
    if workload["disturbed"]:
        warning = ('<p class="warn">Disturbed: syncs of the raw contestant took more than 1 ms in the median, after '
                   f'{workload["reruns"]} repetitions. Other programs want the processor; believe nothing here.</p>')
    rounds = len(workload["contestants"][0]["values"])
    load = ", ".join(f"{value:.1f}" for value in workload["load"])
    return (f'<h2 id="{workload["id"]}">{workload["id"]} · {html.escape(workload["title"])}</h2>{warning}'
            f'{chart(workload)}{table(workload)}<p class="quiet">{rounds} rounds in turns, '
            f'{workload["seconds"]:.0f} s{"; load " + load if load else ""}. '
            f'{"More" if workload["more_is_better"] else "Less"} is better; ratios above 1 are better.</p>')


def page(run):
    machine = run["machine"]
    facts = [("machine", f'{machine["processor"]}, {machine["processors"]} processors, {machine["memory_mib"]:,} MiB'),
             ("system", f'{machine["kernel"]}, {machine["file_system"]}'),
             ("compiler", f'g++ or clang {machine["compiler"]}, {"optimised" if machine["optimised"] else "NOT OPTIMISED"}'),
             ("events", f'five described types, {run["payload_bytes"]:.0f} bytes of payload in the mean, fixed seeds'),
             ("durable", "every commit is synced before it is acknowledged, by each contestant in its own way; unsynced: "
                         "none is waited for")]
    contestants = {c["described"]: c["name"] for w in run["workloads"] for c in w["contestants"] if w["id"] != "W7"}
    goals = "".join(f'<tr>{"".join(cell(text.replace("*", ""), text.strip("*")) for text in row)}</tr>'
                    for row in goal_rows(run))
    return ("<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
            f"<title>evstore: {run['begun']}</title><style>{STYLE}</style>"
            f"<h1>What evstore costs, beside limits and peers</h1><p class=quiet>{run['begun']}, {run['scale']} run</p>"
            + "<table class=words>" + "".join(f"<tr><th>{k}</th><td>{html.escape(v)}</td></tr>" for k, v in facts)
            + "</table><p><small>Grey: what the machine can do. Blue: evstore. Orange: peers. The line in a bar goes from the "
              "slowest to the fastest round. Latencies of commits in µs.</small></p>"
            + "<h2>Goals</h2><table class=words><tr><th></th><th>goal</th><th>at least</th><th>reached</th><th></th></tr>"
            + goals + "</table>"
            + "".join(section(w) for w in run["workloads"])
            + "<h2>Contestants</h2><table class=words>"
            + "".join(f"<tr><td>{html.escape(n)}</td><td>{html.escape(d)}</td></tr>" for d, n in contestants.items())
            + "</table></html>\n")


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
    elif len(arguments) == 2 and arguments[0] == "--goals":
        print_goals(load(arguments[1]))
    elif len(arguments) in (1, 2) and not arguments[0].startswith("-"):
        to = pathlib.Path(arguments[1] if len(arguments) == 2 else arguments[0]).with_suffix(".html")
        to.write_text(page(load(arguments[0])))
        print(to)
    else:
        sys.exit(__doc__)


main(sys.argv[1:])

"""What is compared with what: the goals, and ratios, which are medians of the rounds' ratios and say how often better."""
import json
import pathlib
import statistics

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
    ("W3a", "buffered, of a raw writer with a buffer of 64 KiB", "jsonl, buffered", "limit, buffered", 0.6),
    ("W3a", "buffered, against RocksDB that buffers", "jsonl, buffered", "RocksDB, buffered", 10),
    ("W3a", "unsynced, against LMDB NOSYNC", "jsonl, unsynced", "LMDB NOSYNC", 3.5),
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
GOALS += [
    ("W3a", "memory, one event a commit, against castore", "memory", "castore, in memory", 8),
    ("W3a", "memory, one event a commit, against Emmett", "memory", "Emmett, in memory", 8),
    ("W5c", "memory, a stream folded, against Emmett", "memory", "Emmett, in memory", 5),
    ("W1", "postgres, one event a commit, against message-db", "postgres", "message-db", 1.4),
    ("W1", "postgres, one event a commit, against Emmett", "postgres", "Emmett, PostgreSQL", 5),
    ("W2a", "postgres, 100 events a commit, against message-db", "postgres", "message-db", 6),
    ("W2a", "postgres, 100 events a commit, against Emmett", "postgres", "Emmett, PostgreSQL", 4),
    ("W7", "postgres, 32 threads, against message-db's 32", "postgres x32", "message-db x32", 10),
    ("W4c", "postgres, replay, against message-db", "postgres", "message-db", 2.9),
    ("W4c", "postgres, replay, against Emmett", "postgres", "Emmett, PostgreSQL", 12),
    ("W5c", "postgres, a stream of 50, against Emmett", "postgres", "Emmett, PostgreSQL", 3.5),
]
# The same in processor time: the typed interface may cost 3 % more than the adapter by itself.
TAX = [
    ("W3a", "typed interface, one event a commit, CPU", "jsonl, unsynced", "jsonl, adapter alone", 1 / 1.03),
    ("W3b", "typed interface, 100 events a commit, CPU", "jsonl, unsynced", "jsonl, adapter alone", 1 / 1.03),
    ("W4b", "typed interface, replay, CPU", "jsonl, checksums verified", "jsonl, adapter alone", 1 / 1.03),
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

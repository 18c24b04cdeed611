"""What it takes a compiler to read or compile something: CPU seconds and peak memory of one process."""
import os
import pathlib
import subprocess
import tempfile

root = pathlib.Path(__file__).resolve().parent.parent.parent
includes = [f"-I{folder}" for folder in [root / "include", *sorted((root / "adapters").glob("*/include"))]]


class Cost:
    def __init__(self, seconds, bytes_):
        self.seconds, self.bytes = seconds, bytes_


def compile_once(compiler, flags, source):
    process = subprocess.Popen([compiler, "-std=c++20", *includes, *flags, str(source)])
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{compiler} does not compile {source}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def compile_texts(compiler, flags, texts, repeats):
    """The cheapest of some runs of each text. On a shared machine noise only ever adds, and it comes in waves: the texts
    take turns, so that a wave meets all of them."""
    best = [None] * len(texts)
    with tempfile.TemporaryDirectory() as folder:
        sources = [pathlib.Path(folder) / f"unit{number}.cpp" for number in range(len(texts))]
        for source, text in zip(sources, texts):
            source.write_text(text)
        for _ in range(repeats):
            for number, source in enumerate(sources):
                run = compile_once(compiler, flags, source)
                if best[number] is None or run.seconds < best[number].seconds:
                    best[number] = run
    return best

"""What the tests of the program share: a scratch folder, the program, and a log to look into."""
import json
import os
import pathlib
import pty
import select
import shutil
import subprocess
import tempfile
import unittest

EVSTORE = os.environ.get("EVSTORE") or "evstore"


def record(position, stream, version, kind, data, **more):
    """A line of a log as another program might write it, without a checksum."""
    return json.dumps({"position": position, "stream": stream, "version": version, "type": kind,
                       "time": f"2026-11-20T10:00:{position:02}.000000Z", **more,
                       "data": data}, separators=(",", ":")) + "\n"


BANK = "".join([
    record(1, "account-ada", 1, "opened", {"owner": "Ada"}, tags=["vip", "owner:ada"]),
    record(2, "account-bob", 1, "opened", {"owner": "Bob"}, tags=["owner:bob"]),
    record(3, "account-ada", 2, "moved", {"cents": 1000}, commit=[1, 2], tags=["vip"]),
    record(4, "account-bob", 2, "moved", {"cents": -1000}, commit=[2, 2]),
    record(5, "till-1", 1, "closed", {"note": "4e\u0000 \"x\""}, id="01234567-89ab-4def-8123-456789abcdef", schema=2),
])


class Desk(unittest.TestCase):
    """Each test has a folder of its own, where the program runs."""
    maxDiff = None

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="evstore-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)

    def evstore(self, *arguments, said=b"", status=0, **more):
        """Runs the program to its end, and gives its output as bytes; `status` is what it must exit with."""
        ran = subprocess.run([EVSTORE, *map(str, arguments)], input=said, capture_output=True, cwd=self.home,
                             timeout=120, **more)
        self.assertEqual(ran.returncode, status, f"{arguments}\n{ran.stdout}\n{ran.stderr}")
        return ran

    def lines(self, *arguments):
        return [json.loads(line) for line in self.evstore(*arguments, "--json").stdout.splitlines()]

    def positions(self, *arguments):
        return [event["position"] for event in self.lines("cat", *arguments)]

    def write(self, name, content):
        content = content.encode() if isinstance(content, str) else content
        (self.home / name).write_bytes(content)
        return self.home / name

    def bank(self, name="bank.jsonl"):
        """A log of five events with checksums."""
        self.write("foreign.jsonl", BANK)
        self.evstore("copy", "foreign.jsonl", name)
        for path in self.home.glob("foreign.jsonl*"):
            path.unlink()
        return self.home / name

    def files(self):
        return sorted(path.name for path in self.home.iterdir())

    def on_a_terminal(self, *arguments, typed=b""):
        """Runs the program on a terminal of its own; gives its exit status and all that it has shown."""
        ours, theirs = pty.openpty()
        running = subprocess.Popen([EVSTORE, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, cwd=self.home)
        os.close(theirs)
        os.write(ours, typed)
        shown = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                shown += os.read(ours, 65536)
            except OSError:
                break  # the other end is closed
        os.close(ours)
        return running.wait(60), shown

"""What the tests of the program share: a scratch directory, the program, and a campaign in play."""
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import time
import unittest

DND = os.environ.get("DND") or "dnd"

BOOKS = pathlib.Path(__file__).resolve().parents[4] / "examples/dnd/data"

KINDS = """ability-scores alignments backgrounds classes conditions damage-types equipment equipment-categories feats
features languages magic-items magic-schools monsters proficiencies races rule-sections rules skills spells subclasses
subraces traits weapon-properties""".split()

HERO = """name: Brunhild
armor_class: 16
hit_points: 28
hit_dice: "3d8"
constitution: 14
attacks:
  - name: longsword
    bonus: 5
    damage:
      - {dice: "1d8+3", type: slashing}
"""


def digest(path):
    """Of a file, or of everything below a directory: names, contents and times of change."""
    path = pathlib.Path(path)
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return {str(p.relative_to(path)): (p.stat().st_mtime_ns, digest(p) if p.is_file() else None)
            for p in sorted(path.rglob("*"))}


class Table(unittest.TestCase):
    """Each test has a directory of its own, where the program runs with an environment that says nothing."""
    maxDiff = None

    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="dnd-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("DND")}
        self.environment["HOME"] = str(self.home / "nobody")

    def dnd(self, *arguments, said="", status=0, env=None, **more):
        """Runs the program to its end; `status` is what it must exit with, None for any."""
        ran = subprocess.run([DND, *map(str, arguments)], input=said, capture_output=True, text=True, cwd=self.home,
                             env={**self.environment, **(env or {})}, timeout=300, **more)
        if status is not None:
            self.assertEqual(ran.returncode, status, f"{arguments}\n{ran.stdout}\n{ran.stderr}")
        return ran

    def killed_at(self, call, number, *arguments):
        """Runs the program, which is killed when it has made that many calls of the name."""
        trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", "signal=none",
                 "-e", f"inject={call}:signal=KILL:when={number}"]
        return subprocess.run([*trace, DND, *map(str, arguments)], cwd=self.home, env=self.environment,
                              capture_output=True, text=True)

    def start(self, *arguments):
        """Runs the program as a conversation that the test holds."""
        game = Conversation([DND, *map(str, arguments)], self.home, self.environment)
        self.addCleanup(game.kill)
        return game

    # A campaign called Mine, played with one line of the language after the other.

    @property
    def campaign(self):
        return self.home / "worlds" / "default" / "Mine"

    @property
    def log(self):
        return self.campaign / "log.jsonl"

    @property
    def snapshot(self):
        return self.campaign / "snapshot.yaml"

    def create(self):
        self.dnd("campaign", "create", "Mine")

    def play(self, *lines, options=(), status=0):
        return self.dnd("repl", "Mine", *options, said="".join(line + "\n" for line in lines), status=status)

    def load(self, *options):
        return json.loads(self.dnd("campaign", "load", "Mine", "--json", *options).stdout)

    def hp(self, creature):
        who = self.load()["state"]["creatures"][creature]
        return f"{who['hp']}/{who['max_hp']}"

    def fights(self):
        """The logs of fights that go on; there is one at most."""
        return sorted(self.campaign.glob("encounter-*.jsonl"))

    def events(self):
        """What happened, wherever it lies."""
        return [json.loads(line) for log in (self.log, *self.fights()) for line in log.read_bytes().splitlines()]

    def types(self):
        return [event["type"] for event in self.events()]

    def play_until(self, length, options=()):
        """Plays notes until the log has so many lines. Each is an event, and so is each snapshot that is taken."""
        while (missing := length - len(self.events())) > 0:
            # A line of its own once, so that the first event of all is counted as well.
            self.play(*["note x"] * (1 if missing < 3 or not self.events() else missing // 2), options=options)
        self.assertEqual(len(self.events()), length)


class Conversation:
    """The program with its input held open: one line, one answer."""

    def __init__(self, command, home, environment):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        cwd=home, env=environment)

    def say(self, line):
        """Answers the JSON of what the line came to."""
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise AssertionError(f"no answer to {line!r}: {self.process.stderr.read().decode()}")
        return json.loads(answer)

    def send(self, lines):
        self.process.stdin.write(lines.encode())
        self.process.stdin.flush()

    def narrow(self):
        """From now on an answer waits for its reader after one page. To be said before the first answer."""
        fcntl.fcntl(self.process.stdout, fcntl.F_SETPIPE_SZ, 4096)

    def wait_until_it_writes(self):
        """Until the program stands in the middle of an answer that nobody reads."""
        self.wait_until(lambda: "pipe_write" in self.of_the_kernel("wchan"))

    def wait_until_it_has_heard(self, number):
        """Until a signal that is caught once has been."""
        mask = lambda: int(re.search(r"SigCgt:\s*([0-9a-f]+)", self.of_the_kernel("status"))[1], 16)
        self.wait_until(lambda: not mask() >> (number - 1) & 1)

    def of_the_kernel(self, what):
        return pathlib.Path(f"/proc/{self.process.pid}/{what}").read_text()

    def wait_until(self, true):
        deadline = time.monotonic() + 60
        while not true():
            if time.monotonic() > deadline:
                raise AssertionError("what was waited for did not come")
            time.sleep(0.002)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                pass

"""What `make run-game` does."""
import contextlib
import http.client
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[4]
START = ROOT / "examples/convex_game/demo/start"
BUILD = pathlib.Path(os.environ["BUILD"])


class Start(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *command):
        """As from a shell: with a group of processes of its own, which Ctrl-C interrupts."""
        fresh = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, env=fresh)
        self.addCleanup(self.end, started)
        return started

    def end(self, started):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait(60)
        started.stdout.close()

    def address(self, started):
        """The line behind the one that says what it is."""
        said = []
        for line in started.stdout:
            if said and "The game is in the browser" in said[-1]:
                return re.fullmatch(r"http://([\d.]+):(\d+)", line.strip()).groups()
            said.append(line)
        self.fail("".join(said))

    def assert_gives_the_page(self, host, port):
        def get(target):
            with contextlib.closing(http.client.HTTPConnection(host, int(port), timeout=60)) as connection:
                connection.request("GET", target)
                answer = connection.getresponse()
                return answer.status, answer.getheader("Content-Type"), answer.read()

        status, kind, page = get("/")
        self.assertEqual((status, kind), (200, "text/html; charset=utf-8"))
        parts = re.findall(rb'(?:src|href)="(/assets/[^"]+)"', page)
        self.assertGreaterEqual(len(parts), 2)
        for part in parts:
            self.assertEqual(get(part.decode())[0], 200)
        self.assertIn(b'"status":"success"', get("/api/query?path=games:get")[2])

    def test_it_says_where_the_game_is_and_gives_the_page_until_it_is_interrupted(self):
        for how in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(how):
                started = self.start(START, BUILD, "--data", self.folder, "--pause", "0")
                self.assert_gives_the_page(*self.address(started))
                started.send_signal(how)
                self.assertEqual(started.wait(60), 0)

    @unittest.skipUnless(BUILD.name == "dev", "it is another build than that of `make run-game`")
    def test_make_run_game_starts_it_and_ctrl_c_ends_it(self):
        started = self.start("make", "-C", ROOT, "run-game", f"build={BUILD.parent}", f"options=--data {self.folder} --pause 0")
        host, port = self.address(started)
        self.assert_gives_the_page(host, port)
        self.assertTrue(pathlib.Path(self.folder, "games.jsonl").exists())  # the options were handed on
        os.killpg(started.pid, signal.SIGINT)
        started.wait(60)
        with self.assertRaises(ConnectionRefusedError):
            http.client.HTTPConnection(host, int(port), timeout=60).connect()


if __name__ == "__main__":
    unittest.main()

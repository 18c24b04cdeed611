"""What `make run-game` starts."""
import http.client
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import unittest

START = pathlib.Path(__file__).parents[4] / "examples/convex_game/demo/start"


class Start(unittest.TestCase):
    def test_it_says_where_the_game_is_and_gives_the_page_until_it_is_interrupted(self):
        with tempfile.TemporaryDirectory() as folder:
            started = subprocess.Popen([START, os.environ["BUILD"], "--data", folder, "--pause", "0"], stdout=subprocess.PIPE, text=True)
            try:
                self.assertIn("The game is in the browser", started.stdout.readline())
                address = started.stdout.readline().strip()
                host, port = re.fullmatch(r"http://([\d.]+):(\d+)", address).groups()

                def get(target):
                    connection = http.client.HTTPConnection(host, int(port), timeout=60)
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
            finally:
                started.send_signal(signal.SIGINT)
                self.assertEqual(started.wait(60), 0)
                started.stdout.close()


if __name__ == "__main__":
    unittest.main()

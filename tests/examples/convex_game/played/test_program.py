"""The program as clients without a browser see it."""
import hashlib
import json
import os
import pathlib
import socket
import tempfile
import threading
import unittest

from program import Game, as_bytes


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def start(self, *options):
        game = Game(self.folder, *options)
        self.addCleanup(game.end)
        return game

    def create(self, game):
        return game.mutate("games:create", state={"entities": {}}, rules="r", isActive=True, status="playing")

    def test_what_was_answered_is_there_after_kill(self):
        game = self.start()
        one = self.create(game)
        for i in range(20):
            game.mutate("games:updateState", gameId=one, newState={"turn": i}, command=f"c{i}", summary=f"s{i}")
        before = game.query("messages:list", gameId=one)
        game.kill()
        game.start()
        self.assertEqual(game.query("messages:list", gameId=one), before)
        self.assertEqual(game.query("games:get")["state"], {"turn": 19})

    def test_state_and_messages_are_there_both_or_neither_after_kill(self):
        game = self.start()
        one = self.create(game)
        acknowledged = []

        def play(player):
            try:
                for i in range(1000):
                    game.mutate("games:updateState", gameId=one, newState={"by": f"{player}-{i}"}, command="c",
                                summary=f"{player}-{i}")
                    acknowledged.append(f"{player}-{i}")
            except (OSError, RuntimeError, ValueError):
                pass  # the program is gone

        players = [threading.Thread(target=play, args=[player]) for player in range(4)]
        for player in players:
            player.start()
        while len(acknowledged) < 40:
            pass_time()
        game.kill()
        for player in players:
            player.join()
        game.start()
        said = game.query("messages:list", gameId=one)
        self.assertEqual(len(said) % 2, 0)
        summaries = [each["content"] for each in said[1::2]]
        self.assertEqual(summaries[-1], game.query("games:get")["state"]["by"])
        self.assertLessEqual(set(acknowledged), set(summaries))

    def test_asked_to_end_it_ends_well(self):
        game = self.start()
        self.assertEqual(game.end(), 0)

    def test_a_game_in_memory_is_gone_with_the_program(self):
        game = self.start("--store", "memory")
        self.create(game)
        game.end()
        game.start()
        self.assertIsNone(game.query("games:get"))

    def test_an_artifact_comes_as_it_was_stored(self):
        game = self.start()
        picture = b"\x89PNG\r\n\x1a\n" + os.urandom(100_000)
        stored = game.act("artifacts:store", runId="r1", name="extracted/archer.png", content=as_bytes(picture))
        self.assertEqual(stored["sha256"], hashlib.sha256(picture).hexdigest())
        target = "/api/asset-proxy/r1/extracted/archer.png"
        status, headers, body = game.ask("GET", target)
        self.assertEqual((status, headers["Content-Type"], body), (200, "image/png", picture))
        tag = headers["ETag"]
        status, headers, body = game.ask("HEAD", target)
        self.assertEqual((status, headers["Content-Length"], headers["ETag"], body), (200, str(len(picture)), tag, b""))
        status, headers, body = game.ask("GET", target, headers={"Range": "bytes=0-9"})
        self.assertEqual((status, headers["Content-Range"], body), (206, f"bytes 0-9/{len(picture)}", picture[:10]))
        status, _, body = game.ask("GET", target, headers={"If-None-Match": tag})
        self.assertEqual((status, body), (304, b""))
        for outside in ["/api/asset-proxy/r1/../../games.jsonl", "/api/asset-proxy/r1/%2e%2e/%2e%2e/games.jsonl",
                        "/api/asset-proxy/../games.jsonl", "/api/asset-proxy/r1/missing.png", "/../CMakeLists.txt"]:
            status, _, body = game.ask("GET", outside)
            self.assertEqual((status, json.loads(body)["code"]), (404, "NotFound"), outside)

    def test_a_large_artifact_leaves_little_in_the_log(self):
        game = self.start()
        log = pathlib.Path(self.folder, "games.jsonl")
        before = log.stat().st_size if log.exists() else 0
        game.act("artifacts:store", runId="r1", name="scene.png", content=as_bytes(bytes(10_000_000)))
        self.assertLess(log.stat().st_size - before, 2000)

    def test_after_kill_while_storing_no_half_file_has_a_name(self):
        game = self.start()
        contents = {bytes([i]) * 3_000_000 for i in range(2)}
        begun = threading.Event()

        def store():
            try:
                for _ in range(100):
                    for each in contents:
                        game.act("artifacts:store", runId="r1", name="scene.png", content=as_bytes(each))
                        begun.set()
            except (OSError, RuntimeError, ValueError):
                pass  # the program is gone

        writer = threading.Thread(target=store)
        writer.start()
        begun.wait(60)
        pass_time(0.3)
        game.kill()
        writer.join()
        self.assertIn(pathlib.Path(self.folder, "runs/r1/scene.png").read_bytes(), contents)
        game.start()
        self.assertEqual(game.act("runs:list"), ["r1"])

    def test_deep_values_are_taken_or_refused(self):
        game = self.start()
        deep = json.loads("[" * 500 + "]" * 500)
        one = game.mutate("games:create", state=deep, rules="r", isActive=True, status="idle")
        self.assertEqual(game.query("games:get", gameId=one)["state"], deep)
        abyss = '{"path":"games:create","args":[{"state":' + "[" * 100_000 + "]" * 100_000 + "}]}"
        with socket.create_connection(("127.0.0.1", game.port)) as raw:
            raw.sendall(b"POST /api/mutation HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (len(abyss), abyss.encode()))
            self.assertIn(b"400", raw.recv(100))
        self.assertIsNotNone(game.query("games:get", gameId=one))

    def test_the_past_can_be_asked_for(self):
        game = self.start()
        one = self.create(game)
        for turn in (1, 2):
            game.mutate("games:updateState", gameId=one, newState={"turn": turn})
        history = game.query("games:history", gameId=one)
        position = int(history[1]["position"])
        ts = as_bytes(position.to_bytes(8, "little"))["$bytes"]
        _, _, body = game.ask("POST", "/api/query_at_ts", {"path": "games:get", "args": [{"gameId": one}], "ts": ts, "format": "json"})
        self.assertEqual(json.loads(body)["value"]["state"], {"turn": 1})


def pass_time(seconds=0.01):
    threading.Event().wait(seconds)


if __name__ == "__main__":
    unittest.main()

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
from raw import WebSocket


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

    def test_however_often_it_is_killed_nothing_is_there_by_half(self):
        """State and messages of one commit, and files: killed in the middle of both, fifteen times."""
        game = self.start()
        one = self.create(game)
        contents = [bytes([i]) * 1_000_000 for i in range(2)]
        for round in range(15):
            done = threading.Semaphore(0)

            def repeat(once):
                try:
                    while True:
                        once()
                        done.release()
                except (OSError, RuntimeError, ValueError):
                    pass  # the program is gone

            def play(turn=iter(range(1 << 30)), round=round):
                word = f"{round}-{next(turn)}"
                game.mutate("games:updateState", gameId=one, newState={"by": word}, command="c", summary=word)

            def store(which=iter(range(1 << 30))):
                game.act("artifacts:store", runId="r1", name="scene.png", content=as_bytes(contents[next(which) % 2]))

            busy = [threading.Thread(target=repeat, args=[once]) for once in (play, store)]
            for each in busy:
                each.start()
            for _ in range(3 + round):
                done.acquire(timeout=60)
            game.kill()
            for each in busy:
                each.join()
            game.start()
            said = game.query("messages:list", gameId=one)
            self.assertEqual([each["role"] for each in said], ["user", "system"] * (len(said) // 2))
            self.assertEqual(said[-1]["content"], game.query("games:get")["state"]["by"])
            scene = pathlib.Path(self.folder, "runs/r1/scene.png")
            if scene.exists():
                self.assertIn(scene.read_bytes(), contents)
            for known in game.query("artifacts:list"):
                self.assertIn(known["sha256"], [hashlib.sha256(each).hexdigest() for each in contents])

    def figure(self, game, name):
        """Of /metrics."""
        [line] = [line for line in game.ask("GET", "/metrics")[2].decode().splitlines() if line.startswith(name + " ")]
        return float(line.split()[1])

    def say(self, game, games, count):
        """Messages to one game after the other."""
        with WebSocket(game.port) as speaker:
            speaker.connect()
            for i in range(count):
                speaker.send({"type": "Mutation", "requestId": i, "udfPath": "messages:send",
                              "args": [{"gameId": games[i % len(games)], "role": "user", "content": str(i), "timestamp": 1}]})
                while i % 500 == 499 or i == count - 1:  # no more than that are on their way
                    told = speaker.next_message()
                    if told["type"] == "MutationResponse" and told["requestId"] == i:
                        break

    def test_of_10_000_messages_a_game_has_its_own_and_hears_of_no_others(self):
        game = self.start("--store", "memory")
        games = [self.create(game) for _ in range(10)]
        self.say(game, games, 10_000)
        for number in (0, 7):
            said = game.query("messages:list", gameId=games[number])
            self.assertEqual([each["content"] for each in said], [str(i) for i in range(number, 10_000, 10)])
            self.assertEqual([each["_creationTime"] for each in said], sorted({each["_creationTime"] for each in said}))
        with WebSocket(game.port) as watching:
            watching.connect()
            watching.send({"type": "ModifyQuerySet", "baseVersion": 0, "newVersion": 1, "modifications": [
                {"type": "Add", "queryId": 0, "udfPath": "messages:list", "args": [{"gameId": games[3]}]}]})
            self.assertEqual(len(watching.next_message()["modifications"][0]["value"]), 1000)
            before = self.figure(game, "evstore_live_query_runs_total")
            for other in games[:3] + games[4:]:  # what is outside of the range of the index is not read, and no reason to run
                game.mutate("messages:send", gameId=other, role="user", content="x", timestamp=1)
            self.assertEqual(self.figure(game, "evstore_live_query_runs_total"), before)
            game.mutate("messages:send", gameId=games[3], role="user", content="heard", timestamp=1)
            self.assertEqual(watching.next_message()["modifications"][0]["value"][-1]["content"], "heard")
            self.assertEqual(self.figure(game, "evstore_live_query_runs_total"), before + 1)

    def test_what_was_taken_in_pieces_is_given_as_a_whole(self):
        """A long game and a list of large ones are more than one call may bring, and stay readable."""
        game = self.start("--store", "memory")
        large = "x" * 9_000_000
        games = [game.mutate("games:create", state=large, rules="", isActive=False, status="idle") for _ in range(2)]
        self.assertEqual([each["_id"] for each in game.query("games:list")], games)
        self.say(game, games[:1], 8_200)
        self.assertEqual(len(game.query("messages:list", gameId=games[0])), 8_200)
        self.assertEqual(len(game.query("games:history", gameId=games[0])), 8_201)

    def test_a_game_that_is_removed_takes_its_messages_along_and_its_files_when_they_are_collected(self):
        game = self.start()
        one = game.mutate("games:create", state={}, rules="", isActive=True, status="playing", runId="r1")
        two = game.mutate("games:create", state={}, rules="", isActive=True, status="playing", runId="r2")
        for each in (one, two):
            game.mutate("messages:send", gameId=each, role="user", content="x", timestamp=1)
        for run in ("r1", "r2"):
            for name in ("scene.png", "extracted/wolf.png"):
                game.act("artifacts:store", runId=run, name=name, content=as_bytes(b"12345"))
        left = pathlib.Path(self.folder, "runs/r1/.new-unfinished")
        left.write_bytes(b"x")
        self.assertEqual(game.act("artifacts:collect", apply=True), [])  # both are named by games
        _, _, then = game.ask("POST", "/api/query_ts")
        game.mutate("games:remove", gameId=one)
        with self.assertRaisesRegex(RuntimeError, "Game not found"):
            game.mutate("games:remove", gameId=one)
        self.assertIsNone(game.query("games:get", gameId=one))
        self.assertEqual(game.query("games:get")["_id"], two)
        self.assertEqual((game.query("messages:list", gameId=one), game.query("games:history", gameId=one)), ([], []))
        self.assertEqual(len(game.query("messages:list", gameId=two)), 1)

        files = [{"runId": "r1", "name": name, "size": 5} for name in ("extracted/wolf.png", "scene.png")]
        self.assertEqual(game.act("artifacts:collect"), files)  # so far it is only said
        self.assertEqual(game.ask("GET", "/api/asset-proxy/r1/scene.png")[0], 200)
        self.assertEqual(game.act("artifacts:collect", apply=True), files)
        self.assertEqual(game.ask("GET", "/api/asset-proxy/r1/scene.png")[0], 404)
        self.assertFalse(left.parent.exists())
        self.assertEqual(game.ask("GET", "/api/asset-proxy/r2/scene.png")[0], 200)
        self.assertEqual({each["runId"] for each in game.query("artifacts:list")}, {"r2"})
        self.assertEqual(game.act("artifacts:verify"), [])
        with self.assertRaisesRegex(RuntimeError, "Could not find public function"):
            game.mutate("artifacts:forget", runId="r2")

        game.end()
        game.start()
        self.assertEqual([each["_id"] for each in game.query("games:list")], [two])
        past = {"path": "games:get", "args": [{"gameId": one}], "ts": json.loads(then)["ts"]}
        self.assertEqual(json.loads(game.ask("POST", "/api/query_at_ts", past)[2])["value"]["_id"], one)  # the log forgets nothing

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

"""The example `convex_game` with its log on a PostgreSQL server."""
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.request

EXAMPLE = pathlib.Path(__file__).resolve().parent.parent / "examples/convex_game"
sys.path.insert(0, str(EXAMPLE / "played"))
from program import Game  # noqa: E402
from server import SERVER, sql  # noqa: E402


class OnServer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.schema = f"convex_game_test_{os.getpid()}_{id(self)}"
        self.addCleanup(lambda: sql(f'drop schema if exists "{self.schema}" cascade'))

    @property
    def store(self):
        return "--store", f"postgres:{SERVER} schema={self.schema}"

    def start(self):
        game = Game(self.folder, *self.store)
        self.addCleanup(game.end)
        return game

    def test_games_are_there_after_kill_and_no_file_is(self):
        game = self.start()
        one = game.mutate("games:create", state={"turn": 1, "odd": {"$float": "AAAAAAAA+H8="}}, rules="é \u0000 日本", isActive=True,
                          status="playing")
        game.mutate("games:updateState", gameId=one, command="go", summary="gone", status="idle")
        before = game.query("games:get"), game.query("messages:list", gameId=one)
        game.kill()
        game.start()
        self.assertEqual((game.query("games:get"), game.query("messages:list", gameId=one)), before)
        self.assertEqual(before[0]["rules"], "é \u0000 日本")
        self.assertFalse(pathlib.Path(self.folder, "games.jsonl").exists())
        self.assertEqual(sql(f'select count(*) from "{self.schema}".log'), "4")

    def test_players_of_two_programs_on_one_store_lose_nothing(self):
        programs = self.start(), self.start()
        one = programs[0].mutate("games:create", state={"turn": 1, "entities": {}}, rules="", isActive=True, status="playing")

        def play(game):
            for _ in range(10):
                game.mutate("play:endTurn", gameId=one)

        players = [threading.Thread(target=play, args=[each]) for each in programs]
        for player in players:
            player.start()
        for player in players:
            player.join()
        for game in programs:
            self.until(lambda: game.query("games:get")["state"]["turn"] == 21)

    def test_moves_that_are_sent_again_after_kill_are_made_once(self):
        game = self.start()
        one = game.mutate("games:create", state={"turn": 1, "entities": {}}, rules="", isActive=True, status="playing")
        answered, lock = set(), threading.Lock()

        def play(client):
            for number in range(20):
                body = {"path": "play:endTurn", "args": [{"gameId": one}]}
                while True:
                    try:
                        status, _, told = game.ask("POST", "/api/mutation", body, {"Idempotency-Key": f"{client}-{number}"})
                        if status == 200 and json.loads(told)["status"] == "success":
                            break
                    except (OSError, http.client.HTTPException):  # it is not there
                        time.sleep(0.01)
                with lock:
                    answered.add((client, number))

        clients = [threading.Thread(target=play, args=[client]) for client in range(16)]
        for client in clients:
            client.start()
        for kill in range(1, 4):
            self.until(lambda: len(answered) >= 80 * kill)
            game.kill()
            game.start()
        for client in clients:
            client.join()
        self.assertEqual(game.query("games:get")["state"]["turn"], 1 + 16 * 20)
        answers = f"select count(*), count(distinct stream) from \"{self.schema}\".log where type = 'convex_mutation_answered'"
        self.assertEqual(sql(answers), f"{16 * 20}|{16 * 20}")

    def test_what_one_program_commits_the_other_tells_at_once(self):
        one, other = self.start(), self.start()
        with urllib.request.urlopen(f"{other.address}/api/events?from=1", timeout=60) as events:
            made = one.mutate("games:create", state={}, rules="", isActive=True, status="idle")
            told = next(json.loads(line.removeprefix(b"data: ")) for line in events if line.startswith(b"data: "))
        self.assertEqual((told["type"], told["stream"]), ("game_created", f"game-{made}"))
        self.assertEqual(other.query("games:get", gameId=made)["_id"], made)

    def test_the_official_client_plays(self):
        played = subprocess.run([os.environ["NODE"], EXAMPLE / "official_client.cjs", os.environ["CONVEX_CLIENT"],
                                 os.environ["CONVEX_GAME"], *self.store], capture_output=True, text=True, timeout=180)
        self.assertEqual(played.returncode, 0, played.stdout + played.stderr)

    def until(self, is_so):
        """What another program commits is seen a moment later."""
        begin = time.monotonic()
        while not is_so():
            self.assertLess(time.monotonic() - begin, 60)


if __name__ == "__main__":
    unittest.main()

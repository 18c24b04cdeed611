"""The example `convex_game` with its log on a PostgreSQL server."""
import os
import pathlib
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "examples/convex_game/played"))
from program import Game  # noqa: E402
from server import SERVER, sql  # noqa: E402


class OnServer(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.schema = f"convex_game_test_{os.getpid()}_{id(self)}"
        self.addCleanup(lambda: sql(f'drop schema if exists "{self.schema}" cascade'))

    def start(self):
        game = Game(self.folder, "--store", f"postgres:{SERVER} schema={self.schema}")
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
            game.mutate("games:updateStatus", gameId=one, status="idle")  # takes in what the other has written
        self.assertEqual(programs[1].query("games:get")["state"]["turn"], 21)


if __name__ == "__main__":
    unittest.main()

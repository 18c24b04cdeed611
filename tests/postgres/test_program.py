"""The program `evstore` on stores in PostgreSQL."""
import os
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cli"))
from desk import Desk, BANK  # noqa: E402
from server import SERVER, sql  # noqa: E402


class OnPostgres(Desk):
    def setUp(self):
        super().setUp()
        self.schema = f"evstore_test_program_{os.getpid()}"
        self.store = f"postgres:{SERVER} schema={self.schema}"
        self.addCleanup(sql, f"drop schema if exists {self.schema} cascade")

    def test_a_log_goes_there_and_comes_back_byte_for_byte(self):
        log = self.bank()
        self.evstore("tombstone", "bank.jsonl", "till-1")
        self.evstore("copy", "bank.jsonl", "clean.jsonl")  # what is hidden stays behind
        self.assertIn(b"events copied", self.evstore("copy", "jsonl:clean.jsonl", self.store).stdout)
        self.assertIn(b"0 events copied", self.evstore("copy", "clean.jsonl", self.store).stdout)
        self.evstore("copy", self.store, "back.jsonl")
        self.assertEqual((self.home / "back.jsonl").read_bytes(), (self.home / "clean.jsonl").read_bytes())
        self.assertTrue(log.exists())

    def test_it_is_looked_into_like_any_other(self):
        self.bank()
        self.evstore("copy", "bank.jsonl", self.store)
        self.assertEqual(self.evstore("cat", self.store).stdout, self.evstore("cat", "bank.jsonl").stdout)
        self.assertEqual(self.positions(self.store, "--tag", "vip"), [1, 3])
        self.assertEqual(self.positions(self.store, "--backwards", "--limit", "2"), [5, 4])
        self.assertEqual(self.evstore("streams", self.store).stdout, self.evstore("streams", "bank.jsonl").stdout)
        self.evstore("truncate", self.store, "account-ada", "--before", "2")
        found = self.lines("stat", self.store)[0]
        self.assertEqual((found["events"], found["head"], found["streams"]), (5, 6, 3))
        self.assertGreater(found["bytes"], 0)

    def test_what_no_append_leaves_is_damage(self):
        self.bank()
        self.evstore("copy", "bank.jsonl", self.store)
        self.assertIn(b"5 events", self.evstore("verify", self.store).stdout)
        sql(f"delete from {self.schema}.events where position = 3")
        damaged = self.evstore("verify", self.store, status=1).stdout.decode()
        self.assertIn("position 4: events are missing before it", damaged)
        self.assertIn("position 4: its commit is not whole", damaged)
        self.evstore("repair", self.store, "--yes", status=1)

    def test_what_is_not_there_is_not_made_by_looking(self):
        said = self.evstore("stat", self.store, status=1).stderr.decode()
        self.assertIn("not found", said)
        self.assertIn(self.schema, said)
        self.assertIn("connection lost", self.evstore("stat", "postgres:host=/nowhere dbname=games",
                                                      status=1).stderr.decode())

    def test_a_password_is_refused_and_not_repeated(self):
        for address in ("postgres:host=/nowhere password=hush", "postgresql://ada:hush@localhost/games",
                        "postgresql://localhost/games?password=hush"):
            ran = self.evstore("stat", address, status=2)
            self.assertNotIn(b"hush", ran.stdout + ran.stderr)


if __name__ == "__main__":
    unittest.main()

import unittest

from desk import Desk


class Usage(Desk):
    def test_what_cannot_be_understood_exits_with_2(self):
        self.bank()
        before = self.files()
        for wrong in ([], ["dance"], ["cat"], ["cat", "bank.jsonl", "--limit", "many"],
                      ["cat", "bank.jsonl", "--time-from", "yesterday"],
                      ["cat", "bank.jsonl", "--time-from", "2026-11-20T10:00:00"],
                      ["cat", "bank.jsonl", "--follow", "--backwards"],
                      ["truncate", "bank.jsonl", "account-ada"],
                      ["truncate", "bank.jsonl", "account-ada", "--before", "0"],
                      ["truncate", "bank.jsonl", "account-ada", "--before", "-1"],
                      ["cat", "bank.jsonl", "--limit", "-1"], ["cat", "bank.jsonl", "--limit", "1.5"],
                      ["cat", "bank.jsonl", "--from", "-5"], ["cat", "bank.jsonl", "--to", "-0"],
                      ["cat", "bank.jsonl", "--to", "18446744073709551616"],
                      ["import", "lines", "new.jsonl", "--type", "a", "--stream", "b", "--from-line", "-3"],
                      ["import", "lines", "new.jsonl", "--type", "a"],
                      ["import", "lines", "new.jsonl", "--type", "a", "--type-from", "b", "--stream", "c"],
                      ["copy", "bank.jsonl"], ["stat", "postgrse:x"], ["stat", "memory:x"]):
            self.assertNotEqual(self.evstore(*wrong, status=2).stderr, b"", wrong)
        self.assertEqual(self.files(), before)

    def test_a_number_that_is_none_is_told_in_a_few_words(self):
        self.bank()
        for number in ("0", "-1", "9" * 30):
            said = self.evstore("truncate", "bank.jsonl", "account-ada", "--before", number, status=2).stderr.decode()
            self.assertIn(f'--before: "{number}" is no whole number from 1 on', said)
            self.assertLess(len(said), 200)

    def test_an_unknown_kind_of_store_is_told_the_known_ones(self):
        said = self.evstore("stat", "redis:6379", status=2).stderr.decode()
        self.assertIn("jsonl:PATH", said)
        self.assertIn("memory:", said)
        self.assertIn("./redis:6379", said)

    def test_a_log_that_is_not_there_is_named_and_not_made(self):
        for command in (["stat"], ["cat"], ["streams"], ["verify"], ["export"], ["repair", "--yes"],
                        ["truncate", "--before", "1"], ["tombstone"]):
            stream = ["s"] if command[0] in ("truncate", "tombstone") else []
            ran = self.evstore(command[0], "nothing.jsonl", *stream, *command[1:], status=1)
            self.assertIn("nothing.jsonl", ran.stderr.decode())
        self.assertEqual(self.files(), [])

    def test_the_address_of_a_log_may_say_that_it_is_one(self):
        self.bank()
        self.assertEqual(self.positions("jsonl:bank.jsonl"), [1, 2, 3, 4, 5])
        (self.home / "bank.jsonl").rename(self.home / "a:b")
        self.assertEqual(self.positions("./a:b"), [1, 2, 3, 4, 5])
        self.assertEqual(self.lines("stat", "memory:")[0]["events"], 0)

    def test_help_and_version_exit_with_0(self):
        self.assertIn(b"verify", self.evstore("--help").stdout)
        self.assertIn(b"--follow", self.evstore("cat", "--help").stdout)
        self.assertRegex(self.evstore("--version").stdout, rb"^evstore \d+\.\d+")


if __name__ == "__main__":
    unittest.main()

import unittest

from desk import Desk


class Moving(Desk):
    def test_a_copy_shows_the_same_events(self):
        self.bank("a.jsonl")
        said = self.evstore("copy", "a.jsonl", "jsonl:b.jsonl").stdout
        self.assertIn(b"5 events copied, 0 were there", said)
        self.assertEqual(self.evstore("cat", "a.jsonl", "--json").stdout, self.evstore("cat", "b.jsonl", "--json").stdout)
        self.evstore("verify", "b.jsonl")

    def test_a_copy_goes_on_where_it_was(self):
        log = self.bank("a.jsonl")
        self.evstore("copy", "a.jsonl", "b.jsonl")
        self.evstore("tombstone", "a.jsonl", "till-1")
        self.assertIn(b"1 event copied, 4 were there", self.evstore("copy", "a.jsonl", "b.jsonl").stdout)
        self.assertIn(b"0 events copied, 5 were there", self.evstore("copy", "a.jsonl", "b.jsonl").stdout)

    def test_a_copy_to_memory_reads_everything(self):
        self.bank("a.jsonl")
        self.assertIn(b"5 events copied", self.evstore("copy", "a.jsonl", "memory:").stdout)
        self.assertIn(b"0 events copied", self.evstore("copy", "memory:", "b.jsonl").stdout)

    def test_a_copy_into_another_log_is_refused_and_named(self):
        self.bank("a.jsonl")
        self.write("lines", '{"n":1}\n')
        self.evstore("import", "lines", "b.jsonl", "--type", "counted", "--stream", "n")
        before = (self.home / "b.jsonl").read_bytes()
        self.assertIn(b"stream account-ada", self.evstore("copy", "a.jsonl", "b.jsonl", status=1).stderr)
        self.assertEqual((self.home / "b.jsonl").read_bytes(), before)

    def test_a_copy_of_nothing_or_of_a_damaged_log_makes_nothing(self):
        self.evstore("copy", "nothing.jsonl", "b.jsonl", status=1)
        self.assertEqual(self.files(), [])
        log = self.bank("a.jsonl")
        log.write_bytes(log.read_bytes().replace(b"Bob", b"Rob"))
        self.assertIn(b"line 2", self.evstore("copy", "a.jsonl", "b.jsonl", status=1).stderr)
        self.assertNotIn("b.jsonl", self.files())
        self.bank("c.jsonl")
        self.assertIn(b"no/such", self.evstore("copy", "c.jsonl", "no/such/b.jsonl", status=1).stderr)

    def test_there_is_no_progress_bar_in_a_pipe(self):
        self.write("lines", "".join(f'{{"n":{n}}}\n' for n in range(3000)))
        ran = self.evstore("import", "lines", "a.jsonl", "--type", "counted", "--stream", "n")
        self.assertEqual(ran.stderr, b"")
        self.assertEqual(self.evstore("copy", "a.jsonl", "b.jsonl").stderr, b"")

    def test_there_is_a_progress_bar_on_a_terminal(self):
        self.write("lines", "".join(f'{{"n":{n}}}\n' for n in range(3000)))
        status, shown = self.on_a_terminal("import", "lines", "a.jsonl", "--type", "counted", "--stream", "n")
        self.assertEqual(status, 0)
        self.assertRegex(shown, rb"importing \[[#.]{30}\] +\d+ %  \d+ events")
        self.assertIn(b"\r\x1b[K", shown)  # and is wiped away


if __name__ == "__main__":
    unittest.main()

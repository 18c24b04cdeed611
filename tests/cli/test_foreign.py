import json
import unittest

from desk import Desk

FIELDS = ["--type-from", "kind", "--stream-from", "user", "--time-from", "at"]
APP = (b'\xef\xbb\xbf{"kind":"seen","user":9007199254740993,"at":"2026-11-20T21:20:00+01:00"}\r\n'
       b'\r\n'
       b' \t{ "at":"2026-11-20T21:20:00.123456Z", "user":"caf\\u00e9", "kind":"left", "x":1e2, "x":-0.0 } \n'
       b'{"kind":"seen","user":"b\xc3\xa9","at":"2026-11-20T21:20:01Z","deep":{"who":"z","a/b":"q"}}')


class Foreign(Desk):
    def test_an_export_is_what_the_import_read_byte_for_byte(self):
        for name, content in {"odd": APP, "plain": b'{"kind":"a","user":"b","at":"2026-11-20T21:20:00Z"}\n' * 3,
                              "blank_end": APP + b"\n\n  \n", "empty": b"", "crlf": APP.replace(b"\n", b"\r\n")}.items():
            with self.subTest(name):
                self.write(name, content)
                self.evstore("import", name, name + ".jsonl", *FIELDS)
                self.assertEqual(self.evstore("export", name + ".jsonl").stdout, content)
                self.evstore("export", name + ".jsonl", name + ".out")
                self.assertEqual((self.home / (name + ".out")).read_bytes(), content)

    def test_members_become_type_stream_and_time(self):
        self.write("app.log", APP)
        self.assertIn(b"3 events imported", self.evstore("import", "app.log", "app.jsonl", *FIELDS).stdout)
        self.assertEqual([(e["type"], e["stream"], e["time"]) for e in self.lines("cat", "app.jsonl")],
                         [("seen", "9007199254740993", "2026-11-20T20:20:00.000000Z"),
                          ("left", "café", "2026-11-20T21:20:00.123456Z"),
                          ("seen", "bé", "2026-11-20T21:20:01.000000Z")])

    def test_members_of_members_and_names_for_all(self):
        self.write("app.log", b'{"deep":{"who":"z","a/b":"q~"},"t":1700000000123}\n')
        self.evstore("import", "app.log", "app.jsonl", "--type-from", "/deep/a~1b", "--stream-from", "/deep/who",
                     "--time-from", "t", "--time-unit", "ms")
        self.evstore("import", "app.log", "app.jsonl", "--type", "seen", "--stream", "all")
        self.assertEqual([(e["type"], e["stream"]) for e in self.lines("cat", "app.jsonl")], [("q~", "z"), ("seen", "all")])
        self.assertEqual(self.lines("cat", "app.jsonl")[0]["time"], "2023-11-14T22:13:20.123000Z")

    def test_standard_input_is_imported(self):
        self.evstore("import", "-", "app.jsonl", *FIELDS, said=APP)
        self.assertEqual(self.evstore("export", "app.jsonl").stdout, APP)

    def test_a_line_that_cannot_be_an_event_is_named_and_nothing_is_made(self):
        good = b'{"kind":"a","user":"b","at":"2026-11-20T21:20:00Z"}\n'
        for bad in (b"[1]", b"{", b"{} {}", b'{"kind":"a"}', b'{"kind":null,"user":"b","at":"2026-11-20T21:20:00Z"}',
                    b'{"kind":"$truncated","user":"b","at":"2026-11-20T21:20:00Z"}',
                    b'{"kind":"","user":"b","at":"2026-11-20T21:20:00Z"}',
                    b'{"kind":"a","user":"$b","at":"2026-11-20T21:20:00Z"}',
                    b'{"kind":"a","kind":"c","user":"b","at":"2026-11-20T21:20:00Z"}',
                    b'{"kind":"a","user":"\xff","at":"2026-11-20T21:20:00Z"}'):
            with self.subTest(bad):
                self.write("app.log", good + b"\n" + bad + b"\n" + good)
                said = self.evstore("import", "app.log", "app.jsonl", *FIELDS, status=1).stderr.decode()
                self.assertRegex(said, r"file app.log, line 3, byte (5[3-9]|[6-9]\d|1\d\d)\]")
                self.assertEqual(self.files(), ["app.log"])

    def test_an_odd_time_is_an_error_that_names_the_line(self):
        for odd in ('"2026-11-20"', '"2026-02-30T00:00:00Z"', '"2026-11-20T21:20:00"', '"2026-11-20T21:20:60Z"',
                    '"2026-11-20T21:20:00.1234567Z"', '"2026-11-20T21:20:00+25:00"', '"yesterday"', "1700000000", "true"):
            with self.subTest(odd):
                self.write("app.log", '{"kind":"a","user":"b","at":%s}\n' % odd)
                said = self.evstore("import", "app.log", "app.jsonl", *FIELDS, status=1).stderr.decode()
                self.assertIn("line 1, byte 0", said)
        for odd in ("1.5", "1e9", "9223372036854775807", "-99999999999999"):
            with self.subTest(odd):
                self.write("app.log", '{"kind":"a","user":"b","at":%s}\n' % odd)
                self.evstore("import", "app.log", "app.jsonl", *FIELDS, "--time-unit", "s", status=1)
        self.assertEqual(self.files(), ["app.log"])

    def test_an_import_that_stopped_in_the_middle_says_where_to_go_on(self):
        line = '{"kind":"a","user":"%s","at":"2026-11-20T21:20:00Z"}\n'
        self.write("app.log", line % "gone")
        self.evstore("import", "app.log", "app.jsonl", *FIELDS)
        self.evstore("tombstone", "app.jsonl", "gone")
        self.write("app.log", line % "x" + line % "gone" + line % "y")
        said = self.evstore("import", "app.log", "app.jsonl", *FIELDS, status=1).stderr.decode()
        self.assertIn("--from-line 2", said)
        self.assertIn("line 2", said)
        self.evstore("import", "app.log", "app.jsonl", *FIELDS, "--from-line", 3)
        self.assertEqual([e["stream"] for e in self.lines("cat", "app.jsonl")], ["gone", "x", "y"])

    def test_files_that_cannot_be_read_are_named(self):
        self.assertIn(b"[file nothing]", self.evstore("import", "nothing", "a.jsonl", *FIELDS, status=1).stderr)
        (self.home / "folder").mkdir()
        self.assertIn(b"[file folder]", self.evstore("import", "folder", "a.jsonl", *FIELDS, status=1).stderr)
        self.assertEqual(self.files(), ["folder"])

    def test_a_file_without_a_last_line_end_is_not_glued_to_the_next(self):
        self.write("one", b'{"n":1}')
        for _ in range(2):
            self.evstore("import", "one", "a.jsonl", "--type", "a", "--stream", "b")
        self.assertEqual(self.evstore("export", "a.jsonl").stdout, b'{"n":1}\n{"n":1}')

    def test_an_export_of_other_events_says_what_it_leaves_out_or_puts_it_in(self):
        self.bank()
        self.evstore("truncate", "bank.jsonl", "account-ada", "--before", 2)
        ran = self.evstore("export", "bank.jsonl")
        self.assertEqual(ran.stdout.splitlines()[1], b'{"cents":1000}')
        self.assertIn(b"4 events were not imported", ran.stderr)
        self.assertIn(b"1 fact", ran.stderr)
        whole = self.evstore("export", "bank.jsonl", "--type-to", "type", "--stream-to", "of", "--time-to", "at")
        self.assertEqual(json.loads(whole.stdout.splitlines()[0]),
                         {"type": "opened", "of": "account-bob", "at": "2026-11-20T10:00:02.000000Z", "owner": "Bob"})
        self.evstore("import", "-", "again.jsonl", "--type-from", "type", "--stream-from", "of", "--time-from", "at",
                     said=whole.stdout)
        self.assertEqual([(e["type"], e["stream"], e["time"]) for e in self.lines("cat", "again.jsonl")],
                         [(e["type"], e["stream"], e["time"]) for e in self.lines("cat", "bank.jsonl")][:4])
        self.assertIn(b'"owner"', self.evstore("export", "bank.jsonl", "--type-to", "owner", status=1).stderr)

    def test_an_export_to_a_dash_is_to_standard_output(self):
        self.write("app.log", APP)
        self.evstore("import", "app.log", "app.jsonl", *FIELDS)
        before = self.files()
        self.assertEqual(self.evstore("export", "app.jsonl", "-").stdout, APP)
        self.assertEqual(self.files(), before)

    def test_a_file_of_empty_lines_only_is_told(self):
        for nothing in (b"\n\n", b" ", b"\xef\xbb\xbf\r\n"):
            self.write("empty", nothing)
            ran = self.evstore("import", "empty", "a.jsonl", *FIELDS)
            self.assertIn(b"0 events", ran.stdout)
            self.assertIn(b"note: empty has empty lines only", ran.stderr)
            self.assertEqual(self.evstore("export", "a.jsonl").stdout, b"")
        self.write("empty", b"")
        self.assertEqual(self.evstore("import", "empty", "a.jsonl", *FIELDS).stderr, b"")

    def test_an_import_into_what_is_no_log_leaves_nothing_beside_it(self):
        self.write("app.log", APP)
        self.write("notes.txt", "Dear diary\n")
        self.assertIn(b"is it an event log?", self.evstore("import", "app.log", "notes.txt", *FIELDS, status=1).stderr)
        self.assertEqual(self.files(), ["app.log", "notes.txt"])
        self.assertEqual((self.home / "notes.txt").read_text(), "Dear diary\n")

    def test_an_export_never_takes_the_place_of_a_file(self):
        self.bank()
        self.write("out", "mine")
        self.assertIn(b"[file out]", self.evstore("export", "bank.jsonl", "out", status=1).stderr)
        self.assertEqual((self.home / "out").read_text(), "mine")
        self.evstore("export", "bank.jsonl", "new", "--type-to", "owner", status=1)
        self.assertNotIn("new", self.files())
        self.assertNotIn("new.exporting", self.files())


if __name__ == "__main__":
    unittest.main()

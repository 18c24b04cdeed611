import subprocess
import unittest

from desk import Desk, record


class Changing(Desk):
    def damaged(self):
        log = self.bank()
        log.write_bytes(log.read_bytes().replace(b'"cents":1000', b'"cents":9000'))
        return log

    def test_verify_of_a_sound_log_exits_with_0(self):
        self.bank()
        self.assertEqual(self.evstore("verify", "bank.jsonl").stdout, b"bank.jsonl: 5 events, sound\n")

    def test_verify_names_file_line_and_byte_and_exits_with_1(self):
        log = self.damaged()
        byte = log.read_bytes().find(b'{"position":3')
        said = self.evstore("verify", "bank.jsonl", status=1).stdout.decode()
        self.assertIn(f"bank.jsonl:3: byte {byte}: ", said)
        found = self.evstore("verify", "bank.jsonl", "--json", status=1).stdout
        self.assertIn(f'"damage":[{{"line":3,"byte":{byte},'.encode(), found)
        self.assertIn(b'"sound":false', found)

    def test_verify_of_a_torn_log_is_a_note(self):
        log = self.bank()
        log.write_bytes(log.read_bytes()[:-20])
        said = self.evstore("verify", "bank.jsonl").stdout.decode()
        self.assertIn("note: an unfinished append", said)
        self.assertIn("4 events, sound", said)

    def test_verify_notes_what_cannot_be_copied(self):
        first = record(1, "s", 1, "opened", {})
        (self.home / "theirs.jsonl").write_text(first + record(2, "$odd", 1, "opened", {}))
        said = self.evstore("verify", "theirs.jsonl").stdout.decode()
        self.assertIn(f"note: line 2, byte {len(first)}: no append would take this", said)
        self.assertIn("2 events, sound", said)

    def test_damage_that_opening_would_take_for_torn_is_damage_all_the_same(self):
        log = self.damaged()
        (self.home / "bank.jsonl.lock").unlink()  # and with it the proof that the log was durable
        said = self.evstore("verify", "bank.jsonl", status=1).stdout.decode()
        self.assertIn("bank.jsonl:3: ", said)
        self.assertIn("the next writer cuts it off", said)
        self.evstore("repair", "bank.jsonl", "--yes")
        self.assertEqual(self.positions("bank.jsonl"), [1, 2, 3])

    def test_repair_says_what_it_drops_and_keeps_it(self):
        log = self.damaged()
        before = log.read_bytes()
        said = self.evstore("repair", "bank.jsonl", "--yes").stdout.decode()
        self.assertIn("bank.jsonl:3: ", said)
        self.assertIn("left out: bank.jsonl:4: ", said)  # the other part of its commit
        self.assertIn("3 events now; as it was: bank.jsonl.damaged-1", said)
        self.assertEqual((self.home / "bank.jsonl.damaged-1").read_bytes(), before)
        self.assertEqual([event["type"] for event in self.lines("cat", "bank.jsonl")], ["opened", "opened", "closed"])
        self.evstore("verify", "bank.jsonl")

    def test_repair_without_yes_and_without_a_terminal_changes_nothing(self):
        log = self.damaged()
        before = log.read_bytes(), self.files()
        self.assertIn(b"--yes", self.evstore("repair", "bank.jsonl", said=b"yes\n", status=2).stderr)
        self.assertEqual((log.read_bytes(), self.files()), before)

    def test_repair_asks_on_a_terminal(self):
        log = self.damaged()
        before = log.read_bytes()
        status, shown = self.on_a_terminal("repair", "bank.jsonl", typed=b"no\n")
        self.assertEqual((status, log.read_bytes()), (1, before))
        self.assertIn(b"Type yes", shown)
        status, _ = self.on_a_terminal("repair", "bank.jsonl", typed=b"yes\n")
        self.assertEqual(status, 0)
        self.evstore("verify", "bank.jsonl")

    def test_repair_leaves_a_file_alone_that_is_no_log(self):
        self.write("notes.txt", "Dear diary,\nnothing happened.\n")
        said = self.evstore("repair", "notes.txt", "--yes", status=1).stderr.decode()
        self.assertIn("is it an event log?", said)
        self.assertNotIn("let `evstore repair`", said)
        self.assertEqual((self.home / "notes.txt").read_text(), "Dear diary,\nnothing happened.\n")
        self.assertEqual(self.files(), ["notes.txt"])

    def test_repair_of_a_sound_log_does_nothing(self):
        log = self.bank()
        before = log.read_bytes(), self.files()
        self.assertIn(b"nothing to repair", self.evstore("repair", "bank.jsonl").stdout)
        self.assertEqual((log.read_bytes(), self.files()), before)
        self.evstore("repair", "memory:")

    def test_truncate_hides_the_first_events_of_a_stream(self):
        self.bank()
        said = self.evstore("truncate", "bank.jsonl", "account-ada", "--before", 2).stdout
        self.assertIn(b"position 6", said)
        self.assertEqual(self.positions("bank.jsonl"), [2, 3, 4, 5, 6])
        self.assertEqual(self.lines("stat", "bank.jsonl")[0]["events"], 5)
        self.assertIn(b"nothing was recorded", self.evstore("truncate", "bank.jsonl", "account-ada", "--before", 2).stdout)
        self.assertEqual(self.positions("bank.jsonl"), [2, 3, 4, 5, 6])

    def test_truncate_of_what_is_not_there_is_refused(self):
        log = self.bank()
        before = log.read_bytes()
        self.assertIn(b"stream nobody", self.evstore("truncate", "bank.jsonl", "nobody", "--before", 1, status=1).stderr)
        self.assertIn(b"version 2", self.evstore("truncate", "bank.jsonl", "account-ada", "--before", 4, status=1).stderr)
        self.assertEqual(log.read_bytes(), before)

    def test_tombstone_deletes_a_stream_once(self):
        self.bank()
        self.evstore("tombstone", "bank.jsonl", "account-ada")
        self.assertEqual(self.positions("bank.jsonl", "--stream", "account-ada"), [6])
        self.assertIn(b"stream account-ada", self.evstore("tombstone", "bank.jsonl", "account-ada", status=1).stderr)
        self.assertIn(b"account-ada", self.evstore("truncate", "bank.jsonl", "account-ada", "--before", 1, status=1).stderr)
        self.assertIn(b"stream nobody", self.evstore("tombstone", "bank.jsonl", "nobody", status=1).stderr)

    def test_a_log_that_somebody_writes_to_is_read_and_not_written(self):
        self.bank()
        writer = subprocess.Popen(["python3", "-c", """
import fcntl, struct, sys
lock = open('bank.jsonl.lock', 'r+b')
fcntl.fcntl(lock, 37, struct.pack('hhqqi4x', fcntl.F_WRLCK, 0, 0, 0, 0))  # F_OFD_SETLK
print('locked', flush=True)
sys.stdin.read()
"""], cwd=self.home, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(writer.stdout.close)
        self.addCleanup(writer.wait, 60)
        self.addCleanup(writer.stdin.close)
        writer.stdout.readline()
        for command in (["tombstone", "bank.jsonl", "till-1"], ["copy", "bank.jsonl", "bank.jsonl"]):
            self.assertIn(b"locked", self.evstore(*command, status=1).stderr)
        self.assertEqual(self.positions("bank.jsonl"), [1, 2, 3, 4, 5])


if __name__ == "__main__":
    unittest.main()

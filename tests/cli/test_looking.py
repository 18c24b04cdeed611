import json
import signal
import subprocess
import unittest

from desk import BANK, EVSTORE, Desk


class Looking(Desk):
    def test_stat_counts_events_streams_types_and_bytes(self):
        log = self.bank()
        said = self.lines("stat", "bank.jsonl")[0]
        self.assertEqual((said["events"], said["streams"], said["state"]), (5, 3, "sound"))
        self.assertEqual(said["types"], {"closed": 1, "moved": 2, "opened": 2})
        self.assertEqual(said["bytes"], log.stat().st_size)
        self.assertEqual((said["first"], said["last"]), ("2026-11-20T10:00:01.000000Z", "2026-11-20T10:00:05.000000Z"))
        words = self.evstore("stat", "bank.jsonl").stdout.decode()
        self.assertRegex(words, r"(?m)^events +5$")
        self.assertRegex(words, r"(?m)^index +none kept")

    def test_stat_tells_an_index_that_is_used_from_one_that_is_stale(self):
        self.write("lines", "".join(f'{{"n":{n}}}\n' for n in range(5000)))
        self.evstore("import", "lines", "big.jsonl", "--type", "counted", "--stream", "n")
        self.assertEqual(self.lines("stat", "big.jsonl")[0]["index"], "kept up to position 5000")
        (self.home / "big.jsonl.lock").unlink()
        self.assertIn("not of the log as it is now", self.lines("stat", "big.jsonl")[0]["index"])

    def test_stat_of_a_torn_and_of_a_damaged_log(self):
        log = self.bank()
        whole = log.read_bytes()
        log.write_bytes(whole[:-20])
        self.assertIn("unfinished append", self.lines("stat", "bank.jsonl")[0]["state"])
        log.write_bytes(whole.replace(b"Bob", b"Rob"))
        ran = self.evstore("stat", "bank.jsonl", status=1)
        self.assertRegex(ran.stdout.decode(), r"(?m)^state +damaged$")
        self.assertRegex(ran.stderr.decode(), r"file /\S*/bank.jsonl, line 2, byte \d+")
        self.assertRegex(ran.stderr.decode(), r"evstore verify /\S*/bank.jsonl")

    def test_looking_changes_nothing(self):
        log = self.bank()
        log.write_bytes(log.read_bytes()[:-20])
        before = log.read_bytes(), self.files()
        for command in ("stat", "cat", "streams", "verify", "export"):
            self.evstore(command, "bank.jsonl")
        self.assertEqual((log.read_bytes(), self.files()), before)

    def test_cat_shows_the_stored_bytes(self):
        self.write("odd.jsonl", BANK.replace('{"cents":1000}', '{ "cents" : 1e3, "a":-0.0 ,"a":9007199254740993}'))
        shown = self.evstore("cat", "odd.jsonl", "--json").stdout
        self.assertIn(b'"data":{ "cents" : 1e3, "a":-0.0 ,"a":9007199254740993}', shown)
        self.assertIn(b'{ "cents" : 1e3, "a":-0.0 ,"a":9007199254740993}\n', self.evstore("cat", "odd.jsonl").stdout)

    def test_cat_does_not_move_the_terminal(self):
        harmful = "\x7f \u009b2J \u0080\u009f"
        self.write("odd.jsonl", json.dumps({"position": 1, "stream": "é\u00a0", "version": 1, "type": "a",
                                            "time": "2026-11-20T10:00:00.000000Z", "data": {"a": harmful + "é\u00a0"}},
                                           ensure_ascii=False) + "\n")
        shown = self.evstore("cat", "odd.jsonl").stdout.decode()
        self.assertIn("é\u00a0@1  a  ", shown)
        self.assertIn(r'"\u007f \u009b2J \u0080\u009fé', shown)
        self.assertEqual(json.loads(shown[shown.index("{"):])["a"], harmful + "é\u00a0")
        self.assertEqual(self.lines("cat", "odd.jsonl")[0]["data"]["a"], harmful + "é\u00a0")  # the bytes

    def test_cat_in_json_is_the_log_without_its_checksums(self):
        self.write("bank.jsonl", BANK)
        self.assertEqual([json.loads(line) for line in BANK.splitlines()], self.lines("cat", "bank.jsonl"))

    def test_cat_filters_by_type_tag_and_stream(self):
        self.bank()
        self.assertEqual(self.positions("bank.jsonl", "--type", "moved"), [3, 4])
        self.assertEqual(self.positions("bank.jsonl", "--type", "moved", "--type", "closed"), [3, 4, 5])
        self.assertEqual(self.positions("bank.jsonl", "--tag", "vip"), [1, 3])
        self.assertEqual(self.positions("bank.jsonl", "--tag", "vip", "--tag", "owner:ada"), [1])
        self.assertEqual(self.positions("bank.jsonl", "--stream", "account-bob"), [2, 4])
        self.assertEqual(self.positions("bank.jsonl", "--stream", "account-bob", "--type", "moved"), [4])
        self.assertEqual(self.positions("bank.jsonl", "--stream", "nobody"), [])

    def test_cat_filters_by_position_and_time(self):
        self.bank()
        self.assertEqual(self.positions("bank.jsonl", "--from", 2, "--to", 4), [2, 3, 4])
        self.assertEqual(self.positions("bank.jsonl", "--from", 2, "--stream", "account-ada"), [3])
        self.assertEqual(self.positions("bank.jsonl", "--from", 99), [])
        self.assertEqual(self.positions("bank.jsonl", "--time-from", "2026-11-20T10:00:02Z",
                                        "--time-to", "2026-11-20T11:00:04+01:00"), [2, 3, 4])

    def test_cat_has_a_limit_and_goes_backwards(self):
        self.bank()
        self.assertEqual(self.positions("bank.jsonl", "--limit", 2), [1, 2])
        self.assertEqual(self.positions("bank.jsonl", "--limit", 0), [])
        self.assertEqual(self.positions("bank.jsonl", "--backwards", "--limit", 2), [5, 4])
        self.assertEqual(self.positions("bank.jsonl", "--backwards", "--from", 2, "--to", 3), [3, 2])
        self.assertEqual(self.positions("bank.jsonl", "--backwards", "--stream", "account-ada", "--limit", 1), [3])
        self.assertEqual(self.positions("bank.jsonl", "--type", "moved", "--limit", 1), [3])

    def test_follow_shows_what_another_process_appends_and_ends_with_ctrl_c(self):
        self.bank()
        following = subprocess.Popen([EVSTORE, "cat", "bank.jsonl", "--follow", "--json", "--from", "5"], cwd=self.home,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(following.stdout.close)
        self.addCleanup(following.stderr.close)
        self.addCleanup(following.kill)
        self.assertEqual(json.loads(following.stdout.readline())["position"], 5)
        self.evstore("tombstone", "bank.jsonl", "till-1")
        self.assertEqual(json.loads(following.stdout.readline())["type"], "$tombstoned")
        following.send_signal(signal.SIGINT)
        self.assertEqual(following.wait(60), 0)
        self.assertEqual(following.stderr.read(), b"")

    def test_follow_ends_at_its_limit_and_when_its_reader_goes_away(self):
        self.bank()
        self.assertEqual(self.positions("bank.jsonl", "--follow", "--limit", 2), [1, 2])
        following = subprocess.Popen([EVSTORE, "cat", "bank.jsonl", "--follow"], cwd=self.home, stdout=subprocess.PIPE)
        self.addCleanup(following.kill)
        following.stdout.readline()
        following.stdout.close()
        self.assertEqual(following.wait(60), 0)

    def test_streams_tells_versions_last_times_and_deletion(self):
        self.bank()
        self.evstore("truncate", "bank.jsonl", "account-ada", "--before", 2)
        self.evstore("tombstone", "bank.jsonl", "till-1")
        said = {stream["stream"]: stream for stream in self.lines("streams", "bank.jsonl")}
        self.assertEqual({name: (s["version"], s["first"], s["tombstoned"]) for name, s in said.items()},
                         {"account-ada": (3, 2, False), "account-bob": (2, 1, False), "till-1": (2, 2, True)})
        self.assertEqual(said["account-bob"]["last"], "2026-11-20T10:00:04.000000Z")
        words = self.evstore("streams", "bank.jsonl", "account-").stdout.decode()
        self.assertIn("account-ada@3  truncated before 2\n", words)
        self.assertNotIn("till-1", words)

    def test_a_log_of_another_program_is_read_with_a_warning(self):
        self.write("bank.jsonl", "\ufeff" + BANK.replace("\n", "\r\n").rstrip())
        ran = self.evstore("cat", "bank.jsonl")
        self.assertEqual(len(ran.stdout.splitlines()), 5)
        self.assertIn(b"have no checksum", ran.stderr)

    def test_a_pipe_that_closes_early_is_no_error(self):
        self.write("lines", "".join(f'{{"n":{n}}}\n' for n in range(20000)))
        self.evstore("import", "lines", "big.jsonl", "--type", "counted", "--stream", "n")
        for command in ("cat", "export", "streams"):
            head = subprocess.run(f"set -o pipefail; '{EVSTORE}' {command} big.jsonl | head -c 1", shell=True,
                                  executable="/bin/bash", cwd=self.home, capture_output=True, timeout=60)
            self.assertEqual((head.returncode, len(head.stdout), head.stderr), (0, 1, b""))

    def test_output_that_cannot_be_written_is_an_error(self):
        self.bank()
        for where in (">/dev/full", ">&-"):
            ran = subprocess.run(f"'{EVSTORE}' cat bank.jsonl {where}", shell=True, cwd=self.home, capture_output=True,
                                 timeout=60)
            self.assertEqual(ran.returncode, 1)
            self.assertIn(b"cannot write the output", ran.stderr)


if __name__ == "__main__":
    unittest.main()

"""Loading: what it shows, what it does to the disk, and what it says of damage."""
import json
import re
import shutil

from table import Table, digest


class Load(Table):
    def test_loading_shows_who_is_there_and_how_the_state_came_to_be(self):
        self.create()
        self.play("session start", "encounter start with: zombie", "turn", "damage to: zombie dice: 7d1 type: slashing")
        shown = self.dnd("campaign", "load", "Mine").stdout
        self.assertRegex(shown, r"zombie-1\s+HP 15/22")
        self.assertRegex(shown, r"turn of zombie-1")
        self.assertRegex(shown, r"events\s+8: no snapshot, replayed 8 events")
        self.play("session save")
        self.assertRegex(self.dnd("campaign", "load", "Mine").stdout, r"snapshot of event 8, then replayed 1 event")

    def test_json_is_the_same_each_time(self):
        self.create()
        self.play("encounter start with: zombie and: goblin", "note x")
        first = self.dnd("campaign", "load", "Mine", "--json").stdout
        self.assertEqual(first, self.dnd("campaign", "load", "Mine", "--json").stdout)
        self.assertEqual(list(json.loads(first)), ["campaign", "world", "events", "from_snapshot", "replayed",
                                                   "state_hash", "warnings", "state"])

    def test_looking_writes_nothing(self):
        self.create()
        before = digest(self.home)
        self.dnd("campaign", "load", "Mine")
        self.assertEqual(digest(self.home), before)
        self.play("add zombie", "session save", "note x")
        before = digest(self.home)
        for what in (["load"], ["load", "--json"], ["log"], ["state"], ["state", "--at-position", "2"], ["verify"]):
            self.dnd("campaign", what[0], "Mine", *what[1:])
        self.dnd("campaign", "list")
        self.assertEqual(digest(self.home), before)

    def test_the_state_of_any_moment_can_be_seen(self):
        self.create()
        self.play("add zombie", "damage to: zombie dice: 7d1 type: slashing")
        at = lambda n: json.loads(self.dnd("campaign", "state", "Mine", "--json", "--at-position", n).stdout)
        self.assertEqual(at(0)["creatures"], {})
        self.assertEqual(at(2)["creatures"]["zombie-1"]["hp"], 22)
        self.assertEqual(at(3), self.load()["state"])
        self.assertEqual(json.loads(self.dnd("campaign", "state", "Mine", "--json").stdout), at(3))
        self.assertEqual(json.loads(self.dnd("campaign", "state", "Mine", "--json", "--at-seq", 2).stdout), at(2))
        self.dnd("campaign", "state", "Mine", "--at-position", "4", status=2)

    def test_a_hundred_processes_see_the_same_state(self):
        self.create()
        self.play("encounter start with: zombie and: goblin", "attack by: goblin to: zombie", "roll 3d6")
        hashes = {self.load()["state_hash"] for _ in range(20)}
        self.assertEqual(len(hashes), 1)

    def test_damage_in_the_log_is_an_error_that_says_where(self):
        self.create()
        self.play("add zombie", "note one", "note two", "note three")
        damaged = bytearray(self.log.read_bytes())
        second = damaged.index(b"\n") + 20
        damaged[second] ^= 1
        self.log.write_bytes(damaged)
        before = digest(self.log)
        for what in (["campaign", "load", "Mine"], ["campaign", "log", "Mine"], ["repl", "Mine"]):
            ran = self.dnd(*what, status=1)
            self.assertIn("damaged", ran.stderr)
            self.assertIn("log.jsonl", ran.stderr)
            self.assertRegex(ran.stderr, r"line 2\b")
        ran = self.dnd("campaign", "verify", "Mine", status=1)
        self.assertRegex(ran.stdout, r"log\.jsonl line 2, byte \d+: ")
        self.assertEqual(digest(self.log), before)

    def test_repairing_keeps_what_is_whole_and_the_log_as_it_was(self):
        self.create()
        self.play("add zombie", "note one", "note two", "damage to: zombie dice: 7d1 type: slashing")
        self.assertIn("nothing to repair", self.dnd("campaign", "repair", "Mine").stdout)
        lines = self.log.read_bytes().splitlines(keepends=True)
        lines[2] = lines[2].replace(b"one", b"two")
        self.log.write_bytes(b"".join(lines))
        damaged = self.log.read_bytes()
        self.assertIn("left out: log.jsonl line 3", self.dnd("campaign", "repair", "Mine").stdout)
        self.assertEqual((self.campaign / "log.jsonl.damaged-1").read_bytes(), damaged)
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.assertEqual(self.load()["events"], 4)
        self.dnd("campaign", "verify", "Mine")

    def test_of_a_damaged_command_verifying_promises_nothing_that_repairing_does_not_keep(self):
        self.create()
        self.play("note one", "add zombie and: goblin and: wolf", "note two")
        lines = self.log.read_bytes().splitlines(keepends=True)
        lines[3] = lines[3].replace(b'"goblin-1"', b'"goblin-2"')
        self.log.write_bytes(b"".join(lines))
        said = self.dnd("campaign", "verify", "Mine", status=1).stdout
        self.assertIn(f"{len(lines) - 1} events are whole by themselves; dnd campaign repair keeps the commands that are whole",
                      said)
        self.dnd("campaign", "repair", "Mine")
        self.assertEqual(self.types(), ["campaign_started", "world_event_noted", "world_event_noted"])

    def test_a_torn_last_line_is_passed_over_and_said(self):
        self.create()
        self.play("add zombie", "note one", "note two")
        whole = self.log.read_bytes()
        self.log.write_bytes(whole[:-10])
        loaded = self.dnd("campaign", "load", "Mine", "--json")
        self.assertEqual(json.loads(loaded.stdout)["events"], 3)
        self.assertTrue(json.loads(loaded.stdout)["warnings"])
        ran = self.play("note three")
        self.assertIn("warning", ran.stderr)
        self.assertEqual(self.load()["events"], 4)

    def test_an_event_of_nobody_is_damage_that_names_its_place(self):
        self.create()
        self.play("add zombie", "note one")
        lines = self.log.read_text().splitlines()
        foreign = [re.sub(r',"crc":"[0-9a-f]{8}"', "", line) for line in lines]
        foreign[2] = foreign[2].replace("world_event_noted", "healed").replace(
            re.search(r'"data":\{.*?\}', foreign[2])[0], '"data":{"target":"ghost","amount":1}')
        self.log.write_text("\n".join(foreign) + "\n")
        ran = self.dnd("campaign", "load", "Mine", status=1)
        self.assertIn("ghost", ran.stderr)
        self.assertIn("damaged", ran.stderr)
        self.assertIn("line 3", ran.stderr)

    def test_a_log_of_something_else_is_refused(self):
        self.create()
        self.log.write_text('{"position":1,"stream":"account-ada","version":1,"type":"opened",'
                            '"time":"2026-01-01T00:00:00.000000Z","data":{}}\n')
        self.assertIn("not the log of a campaign", self.dnd("campaign", "load", "Mine", status=1).stderr)

    def test_a_campaign_is_known_by_its_log_when_its_page_is_lost(self):
        self.create()
        self.play("add zombie")
        (self.campaign / "campaign.yaml").unlink()
        self.play("note on we go")
        self.assertEqual(self.load()["campaign"], "Mine")
        self.assertEqual({e["stream"] for e in self.events()}, {self.events()[0]["stream"]})

    def test_a_renamed_directory_is_the_same_campaign(self):
        self.create()
        self.play("add zombie", "session save")
        shutil.move(self.campaign, self.campaign.parent / "Renamed")
        loaded = json.loads(self.dnd("campaign", "load", "Renamed", "--json").stdout)
        self.assertEqual((loaded["campaign"], loaded["from_snapshot"], loaded["warnings"]), ("Mine", 2, []))

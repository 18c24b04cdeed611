"""Snapshots: when they are taken, what they hold, and that they are never trusted blindly."""
import json
import os
import random
import signal
import time

import yaml

from table import HERO, Table, digest


class Rhythm(Table):
    def position(self):
        return yaml.safe_load(self.snapshot.read_text())["position"]

    def test_the_hundredth_event_brings_a_snapshot(self):
        self.create()
        self.play_until(99)
        self.assertFalse(self.snapshot.exists())
        self.play("note \"the hundredth\"")
        self.assertEqual(self.position(), 100)
        taken = self.events()[-1]
        self.assertEqual((taken["position"], taken["type"]), (101, "snapshot_taken"))
        self.assertEqual((taken["data"]["position"], taken["data"]["file"], taken["data"]["reason"]),
                         (100, "snapshot.yaml", "every-100"))

    def test_two_hundred_and_fifty_events_are_a_snapshot_and_fifty_events(self):
        self.create()
        self.play_until(250)
        self.assertEqual(self.position(), 200)
        loaded = self.load()
        self.assertEqual((loaded["events"], loaded["from_snapshot"], loaded["replayed"]), (250, 200, 50))

    def test_the_state_is_the_same_with_and_without_it(self):
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO)
        self.play("add brunhild", "encounter start with: zombie and: brunhild", "initiative", "turn",
                  "damage to: zombie dice: 7d1 type: slashing", "session save", "damage to: zombie dice: 1d1 type: fire")
        with_it = self.load()
        self.assertIsNotNone(with_it["from_snapshot"])
        log = digest(self.log)
        self.snapshot.unlink()
        without = self.load()
        self.assertIsNone(without["from_snapshot"])
        self.assertEqual(with_it["state_hash"], without["state_hash"])
        self.assertEqual(with_it["state"], without["state"])
        self.assertEqual(digest(self.log), log)

    def test_saving_takes_one_at_once(self):
        self.create()
        self.play("add zombie")
        self.dnd("session", "save", "Mine")
        self.assertEqual(self.position(), 2)
        self.assertEqual(self.events()[-1]["data"]["reason"], "saved")
        self.play("session save")
        self.assertEqual(self.position(), 3)

    def test_the_first_thing_may_be_to_save(self):
        self.create()
        self.dnd("session", "save", "Mine")
        self.assertEqual(self.types(), ["campaign_started", "snapshot_taken"])
        self.assertEqual(self.load()["from_snapshot"], 1)

    def test_by_session_means_at_its_end(self):
        self.create()
        self.play("session start", "note x", "session end", options=["--snapshots", "by-session"])
        self.assertEqual(self.types()[-2:], ["session_ended", "snapshot_taken"])
        self.assertEqual(self.events()[-1]["data"]["reason"], "by-session")
        self.assertEqual(self.position(), 4)

    def test_every_n_can_be_configured(self):
        self.create()
        (self.home / "dnd.yaml").write_text("snapshots: every-5\n")
        self.play_until(4)
        self.assertFalse(self.snapshot.exists())
        self.play("note five")
        self.assertEqual(self.position(), 5)
        self.assertEqual(self.types().count("snapshot_taken"), 1)

    def test_both_can_be_wanted(self):
        self.create()
        self.play("session start", "session end", "note x", "note y", options=["--snapshots", "every-6,by-session"])
        reasons = [e["data"]["reason"] for e in self.events() if e["type"] == "snapshot_taken"]
        self.assertEqual(reasons, ["by-session", "every-6"])

    def test_manual_and_off_take_none_by_themselves(self):
        self.create()
        self.play("session start", *["note x"] * 120, "session end", options=["--snapshots", "manual"])
        self.play("session start", *["note x"] * 120, "session end", options=["--snapshots", "off"])
        self.assertFalse(self.snapshot.exists())
        self.assertNotIn("snapshot_taken", self.types())
        ran = self.play("session save", options=["--snapshots", "off"])
        self.assertIn("off", ran.stderr)
        self.assertFalse(self.snapshot.exists())
        self.play("session save", options=["--snapshots", "manual"])
        self.assertIsNotNone(self.load()["from_snapshot"])
        self.assertIsNone(self.load("--snapshots", "off")["from_snapshot"])


class Content(Table):
    def test_any_reader_of_yaml_finds_the_whole_state(self):
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO)
        self.play("add brunhild", "encounter start with: zombie and: brunhild", "initiative by: brunhild 12", "turn",
                  "damage to: brunhild dice: 9d1 type: fire", "ask check: con of: zombie dc: 30 fails: prone", "check con",
                  "ask check: dex of: brunhild dc: 10 fails: prone", "session save")
        state = yaml.safe_load(self.snapshot.read_text())["state"]
        hero = state["creatures"]["brunhild"]
        self.assertEqual((hero["hp"], hero["max_hp"], hero["hit_dice_used"], hero["conditions"]), (19, 28, 0, []))
        self.assertEqual(state["creatures"]["zombie-1"]["conditions"], ["prone"])
        fight = state["encounter"]
        self.assertEqual(fight["initiatives"]["brunhild"], 12)
        self.assertEqual(sorted(fight["turn_order"]), ["brunhild", "zombie-1"])
        self.assertIn(fight["turn"], fight["turn_order"])
        self.assertEqual(state["pending_checks"], [{"creature": "brunhild", "ability": "dex", "dc": 10, "fails": "prone"}])
        self.assertEqual(state, self.load()["state"])

    def test_the_event_knows_the_digest_of_the_file(self):
        self.create()
        self.play("add zombie", "session save")
        self.assertEqual(self.events()[-1]["data"]["digest"], yaml.safe_load(self.snapshot.read_text())["digest"])


class Mistrust(Table):
    """Whatever is in snapshot.yaml, loading gives the state of the log."""

    def setUp(self):
        super().setUp()
        self.create()
        self.play("add zombie", "damage to: zombie dice: 7d1 type: slashing", "session save",
                  "damage to: zombie dice: 1d1 type: slashing")
        self.good = self.snapshot.read_text()
        self.right = self.load()
        self.assertEqual(self.right["from_snapshot"], 3)
        self.assertEqual(self.right["warnings"], [])

    def is_passed_over(self, text, reason=""):
        self.snapshot.write_bytes(text if isinstance(text, bytes) else text.encode())
        log = digest(self.log)
        loaded = self.load()
        self.assertIsNone(loaded["from_snapshot"], text[:80])
        self.assertEqual(loaded["state_hash"], self.right["state_hash"])
        self.assertEqual(len(loaded["warnings"]), 1)
        self.assertIn("snapshot.yaml", loaded["warnings"][0])
        self.assertIn(reason, loaded["warnings"][0])
        self.assertIn("warning", self.dnd("campaign", "load", "Mine").stderr)
        self.assertEqual(digest(self.log), log)

    def test_garbage_is_passed_over(self):
        self.is_passed_over("\0\1\2 garbage: [")
        self.is_passed_over("hello: world\n")
        self.is_passed_over(b"\xff\xfe\x00")
        self.is_passed_over("&a [*a, *a]\n")

    def test_an_empty_file_is_passed_over(self):
        self.is_passed_over("")

    def test_a_truncated_file_is_passed_over(self):
        for size in range(10, len(self.good) - 1, max(1, len(self.good) // 40)):
            self.is_passed_over(self.good[:size])

    def test_an_edited_value_is_found_by_the_digest(self):
        self.is_passed_over(self.good.replace("hp: 15", "hp: 22"), "digest")

    def test_a_snapshot_ahead_of_the_log_is_rejected(self):
        self.play("note x", "note y", "session save")
        ahead = self.snapshot.read_text()
        lines = self.log.read_bytes().splitlines(keepends=True)
        self.log.write_bytes(b"".join(lines[:5]))
        self.assertEqual(self.load()["state_hash"], self.right["state_hash"])
        self.is_passed_over(ahead, "the log has 5")

    def test_the_snapshot_of_another_campaign_is_rejected(self):
        self.dnd("campaign", "create", "Other")
        self.dnd("repl", "Other", said="add goblin\nnote x\nsession save\n")
        self.is_passed_over((self.campaign.parent / "Other/snapshot.yaml").read_text(), "campaign")

    def test_the_snapshot_of_another_history_of_this_campaign_is_rejected(self):
        lines = self.log.read_bytes().splitlines(keepends=True)
        self.log.write_bytes(b"".join(lines[:2]))
        self.play("damage to: zombie dice: 2d1 type: slashing", "note x", "note y")
        self.right = self.load("--snapshots", "off")
        self.is_passed_over(self.good, "another event 3")

    def test_the_snapshot_of_another_version_of_the_program_is_dropped_and_rebuilt(self):
        old = yaml.safe_load(self.good)
        old["shape"] = "0123456789abcdef"
        del old["state"]["pending_checks"]
        self.is_passed_over(yaml.safe_dump(old), "version")
        self.play("session save")
        self.assertEqual(self.load()["from_snapshot"], 5)

    def test_a_directory_or_a_link_in_its_place_is_passed_over(self):
        self.snapshot.unlink()
        self.snapshot.mkdir()
        loaded = self.load()
        self.assertEqual((loaded["from_snapshot"], loaded["state_hash"]), (None, self.right["state_hash"]))
        self.assertEqual(len(loaded["warnings"]), 1)
        ran = self.play("note goes on", *["note x"] * 100)
        self.assertIn("no snapshot was taken", ran.stderr)
        self.snapshot.rmdir()

    def forge(self, hp):
        """The good snapshot with other hit points, and a digest that fits: as a clever person would edit it."""
        forged = yaml.safe_load(self.good)
        forged["state"]["creatures"]["zombie-1"]["hp"] = hp
        text = json.dumps({**forged, "digest": ""}, separators=(",", ":"), ensure_ascii=False)
        number = 0xcbf29ce484222325
        for byte in text.encode():
            number = (number ^ byte) * 0x100000001b3 % 2**64
        return yaml.safe_dump({**forged, "digest": f"{number:016x}"}, sort_keys=False)

    def test_a_forged_snapshot_is_found_out_by_the_log(self):
        self.assertEqual(yaml.safe_load(self.forge(15)), yaml.safe_load(self.good))
        self.is_passed_over(self.forge(22), "the log remembers another")

    def test_verifying_says_whether_it_agrees(self):
        ran = self.dnd("campaign", "verify", "Mine")
        self.assertIn("agrees with the log", ran.stdout)
        self.snapshot.write_text("garbage")
        self.assertIn("not used", self.dnd("campaign", "verify", "Mine").stdout)

    def test_deleting_it_changes_no_log(self):
        log = digest(self.log)
        self.snapshot.unlink()
        self.load()
        self.snapshot.write_text("x")
        self.load()
        self.assertEqual(digest(self.log), log)

    def test_a_kill_while_one_is_written_leaves_the_old_or_the_new_one(self):
        chance = random.Random(3)
        for _ in range(12):
            game = self.start("repl", "Mine", "--json")
            game.say("hint")
            game.process.stdin.write(b"session save\n" * 400)
            game.process.stdin.flush()
            time.sleep(chance.uniform(0, 0.15))
            os.kill(game.process.pid, signal.SIGKILL)
            game.process.wait()
            found = yaml.safe_load(self.snapshot.read_text())
            loaded = self.load()
            self.assertEqual(loaded["from_snapshot"], found["position"])
            self.assertEqual(loaded["warnings"], [])
            self.assertEqual(loaded["state_hash"], self.load("--snapshots", "off")["state_hash"])

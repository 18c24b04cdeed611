"""A fight has a log of its own while it goes on, and becomes a part of the campaign's log when it ends."""
import json
import os
import random
import shutil
import signal
import subprocess
import time

from table import DND, HERO, Table, digest

WOUND = "damage to: zombie-1 dice: 7d1 type: slashing"


class Encounters(Table):
    def setUp(self):
        super().setUp()
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO)

    def lines(self):
        return self.log.read_bytes().splitlines()

    def keep(self):
        """All files as they are now, to be put back as a crash would have left them."""
        kept = self.home / f"kept-{len(list(self.home.glob('kept-*')))}"
        shutil.copytree(self.campaign, kept)
        return kept

    def put_back(self, kept, *names):
        for name in names:
            shutil.copy(kept / name, self.campaign / name)

    def test_a_fight_has_a_log_of_its_own(self):
        self.play("add brunhild")
        before = len(self.lines())
        self.play("encounter start with: zombie", WOUND, "note in between", "heal to: zombie-1 amount: 1")
        self.assertEqual(len(self.lines()), before + 1)
        self.assertEqual(json.loads(self.lines()[-1])["type"], "encounter_started")
        self.assertEqual([fight.name for fight in self.fights()], ["encounter-1.jsonl"])
        self.assertEqual(self.types()[-3:], ["damage_dealt", "world_event_noted", "healed"])
        self.assertEqual(self.load()["events"], len(self.events()))
        self.assertEqual(self.hp("zombie-1"), "16/22")

    def test_it_becomes_part_of_the_campaign_in_order_and_once(self):
        self.play("encounter start with: zombie", WOUND)
        during = self.events()
        self.play("encounter end")
        self.assertEqual(self.fights(), [])
        after = self.events()
        self.assertEqual([(e["type"], e["data"], e["time"], e["metadata"]) for e in after[:-1]],
                         [(e["type"], e["data"], e["time"], e["metadata"]) for e in during])
        self.assertEqual(after[-1]["type"], "encounter_ended")
        self.assertEqual([e["position"] for e in after], list(range(1, len(after) + 1)))
        self.assertEqual({e["stream"] for e in after}, {after[0]["stream"]})
        self.assertEqual(self.hp("zombie-1"), "15/22")

    def test_wounds_and_hit_dice_outlive_fights(self):
        self.play("add brunhild", "damage to: brunhild dice: 9d1 type: slashing", "rest short by: brunhild hit-dice: 1")
        before = self.load()["state"]["creatures"]["brunhild"]
        self.play("encounter start with: zombie", "encounter end", "encounter start with: zombie")
        self.assertEqual(self.load()["state"]["creatures"]["brunhild"], before)
        self.assertEqual([fight.name for fight in self.fights()], ["encounter-2.jsonl"])

    def test_levels_things_and_the_story_outlive_fights_and_programs(self):
        (self.campaign / "characters/brunhild.yaml").write_text(HERO + "level: 3\nequipment: [rope]\n")
        self.play("add brunhild", "level-up by: brunhild", "give \"silver key\" to: brunhild",
                  "take rope from: brunhild", "note The king is dead")
        before = self.load()["state"]["creatures"]["brunhild"]
        self.assertEqual((before["level"], before["inventory"]), (4, {"silver key": 1}))
        self.play("encounter start with: brunhild and: zombie")
        self.play("give torch to: brunhild")
        self.play("encounter end")
        after = self.load()["state"]["creatures"]["brunhild"]
        self.assertEqual((after["level"], after["max_hp"]), (4, before["max_hp"]))
        self.assertEqual(after["inventory"], {"silver key": 1, "torch": 1})
        self.assertEqual(self.types()[1:6], ["creature_added", "leveled_up", "inventory_changed", "inventory_changed",
                                             "world_event_noted"])

    def test_a_check_that_was_asked_for_is_waited_for_by_every_program(self):
        self.play("add brunhild", "encounter start with: brunhild and: zombie",
                  "ask check: con of: brunhild dc: 30 fails: prone succeeds: frightened")
        waiting = self.load()["state"]["pending_checks"]
        self.assertEqual(waiting, [{"creature": "brunhild", "ability": "con", "dc": 30, "fails": "prone",
                                    "succeeds": "frightened"}])
        self.play("session save", "note meanwhile")
        self.assertIn("pending_checks:\n    - creature: brunhild", self.snapshot.read_text())
        loaded = self.load()
        self.assertEqual((loaded["state"]["pending_checks"], loaded["replayed"] > 0), (waiting, True))
        self.assertIsNotNone(loaded["from_snapshot"])
        before = digest(self.fights()[0])
        for line in ("attack by: zombie to: brunhild", "initiative", "encounter end", "turn",
                     "rest short by: brunhild", "ask check: con of: brunhild dc: 10", "check dex", "check con by: zombie"):
            self.assertIn("error:", self.play(line).stderr, line)
        self.assertEqual(digest(self.fights()[0]), before)
        self.play("check con", "encounter end")
        after = self.load()["state"]
        self.assertEqual((after["pending_checks"], after["creatures"]["brunhild"]["conditions"]), ([], ["prone"]))
        self.play("undo steps: 2")
        self.assertEqual(self.load()["state"]["pending_checks"], waiting)

    def test_only_one_fight_goes_on_and_none_ends_twice(self):
        self.play("encounter start with: zombie")
        before = digest(self.campaign)["log.jsonl"][1], digest(self.fights()[0])
        self.assertIn("already active", self.play("encounter start with: zombie").stderr)
        self.assertEqual((digest(self.log), digest(self.fights()[0])), before)
        self.play("encounter end")
        self.assertIn("no fight", self.play("encounter end").stderr)

    # What a crash can leave is made by hand: each of the steps between two files is durable before the next begins.

    def test_a_crash_before_the_beginning_is_said(self):
        self.play("add brunhild")
        kept = self.keep()
        self.play("encounter start with: zombie")
        self.put_back(kept, "log.jsonl")  # the fight's log was there first
        loaded = self.load()
        self.assertFalse(loaded["state"]["encounter"]["active"])
        self.assertEqual(loaded["events"], 2)
        self.play("note x")
        self.assertEqual(self.fights(), [])
        self.play("encounter start with: zombie", WOUND)
        self.assertEqual(self.hp("zombie-1"), "15/22")

    def test_a_crash_after_the_move_and_before_the_fights_log_is_gone(self):
        self.play("encounter start with: zombie", WOUND)
        kept = self.keep()
        self.play("encounter end")
        ended = self.events()
        self.put_back(kept, "encounter-1.jsonl", "encounter-1.jsonl.lock")
        self.assertEqual(self.load()["events"], len(ended))
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.assertEqual([f.name for f in self.fights()], ["encounter-1.jsonl"])  # looking removes nothing
        self.play("note x")
        self.assertEqual(self.fights(), [])
        self.assertEqual(self.events()[:-1], ended)

    def test_the_states_before_during_and_after_agree(self):
        self.play("encounter start with: zombie", WOUND)
        before = self.load()["state"]["creatures"]
        kept = self.keep()
        self.play("encounter end")
        after = self.load()["state"]["creatures"]
        self.put_back(kept, "encounter-1.jsonl")
        during = self.load()["state"]["creatures"]
        self.assertEqual(before, during)
        self.assertEqual(before, after)

    def test_killed_at_any_time_it_neither_loses_nor_doubles(self):
        chance = random.Random(5)
        fights = wounds = 0
        for _ in range(12):
            game = self.start("repl", "Mine", "--json", "--snapshots", "every-20")
            if not self.load()["state"]["encounter"]["active"]:
                # Who comes back may have found the fight that the one before it was about to begin.
                fights += game.say("encounter start with: zombie")["ok"]
            deadline = time.monotonic() + chance.uniform(0.02, 0.3)
            while time.monotonic() < deadline:
                wounds += game.say(f"damage to: zombie-{fights} dice: 1d1 type: slashing")["ok"]
                game.say("encounter end")
                game.say("encounter start with: zombie")
                fights += 1
            # It is killed somewhere between the end of this fight and the beginning of the next.
            game.process.stdin.write(b"encounter end\nencounter start with: zombie\n" * 3)
            game.process.stdin.flush()
            time.sleep(chance.uniform(0, 0.02))
            os.kill(game.process.pid, signal.SIGKILL)
            game.process.wait()
            loaded = self.load()
            # A log that a fight would have had, had its beginning been said, does not count.
            active = loaded["state"]["encounter"]["active"]
            types = self.types() if active else [json.loads(line)["type"] for line in self.lines()]
            self.assertEqual(loaded["events"], len(types))
            self.assertGreaterEqual(types.count("encounter_started"), fights)
            self.assertEqual(types.count("damage_dealt"), wounds)
            self.assertEqual(types.count("encounter_started") - types.count("encounter_ended"),
                             int(active))
            self.assertEqual(loaded["state_hash"], self.load("--snapshots", "off")["state_hash"])
            fights = types.count("encounter_started")

    def test_killed_at_every_step_each_event_is_there_once(self):
        """A process that dies at any of the calls by which a fight begins, goes on and ends."""
        self.play("add zombie", "note before")
        kept = self.home / "untouched"
        shutil.copytree(self.campaign, kept)
        script = self.home / "fight.txt"
        script.write_text("\n".join(["encounter start with: zombie-1", WOUND, "note in", "encounter end", "note after"]))
        ends_of_commands = (3, 6, 7, 8, 9, 10)

        def run(call, number):
            shutil.rmtree(self.campaign)
            shutil.copytree(kept, self.campaign)
            return self.killed_at(call, number, "run", script, "Mine", "--json", "--seed", "3")

        def facts():
            shown = self.dnd("campaign", "log", "Mine", "--json").stdout
            return [(event["type"], event["data"]) for event in map(json.loads, shown.splitlines())]

        if run("fsync", 10_000).returncode != 0:
            self.skipTest("programs cannot be traced here")
        whole = facts()
        self.assertEqual(len(whole), ends_of_commands[-1])
        lengths = []
        for call in ("openat", "pwrite64", "write", "fdatasync", "fsync", "ftruncate", "unlink", "close"):
            number = 1
            while (ran := run(call, number)).returncode != 0:
                told = facts()
                self.assertEqual(told, whole[:len(told)], f"{call} {number}")
                self.assertIn(len(told), ends_of_commands, f"{call} {number}")
                acknowledged = sum(len(json.loads(line)["events"]) for line in ran.stdout.splitlines())
                self.assertGreaterEqual(len(told), ends_of_commands[0] + acknowledged, f"{call} {number}")
                self.assertEqual(self.hp("zombie-1"), "15/22" if len(told) > 6 else "22/22")
                # Whoever comes next can play on, and finds what was there.
                self.play("note next")
                self.assertEqual(facts()[:-1], told)
                lengths.append(len(told))
                number += 4 if call in ("openat", "close") else 1
        self.assertEqual(set(lengths), set(ends_of_commands))

    def test_whoever_looks_while_fights_begin_and_end_sees_one_state_or_the_next(self):
        self.play("add brunhild")
        game = self.start("repl", "Mine", "--json")
        looking = [self.start("campaign", "load", "Mine", "--json") for _ in range(8)]
        for _ in range(10):
            game.say("encounter start with: zombie")
            game.say("encounter end")
            looking.append(self.start("campaign", "load", "Mine", "--json"))
        for one in looking:
            said, complaint = one.process.communicate(timeout=60)
            self.assertEqual((one.process.returncode, complaint), (0, b""))
            self.assertIn("brunhild", json.loads(said)["state"]["creatures"])

    def test_whoever_looks_while_a_program_finds_the_end_of_a_fight_after_a_crash_sees_one_state_or_the_next(self):
        self.play("encounter start with: zombie", WOUND)
        trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "signal=none"]
        self.traced([*trace, "-e", "inject=fdatasync:signal=KILL:when=1", DND, "repl", "Mine"]).communicate(
            b"encounter end\n")
        if b"encounter_ended" not in self.log.read_bytes() or not self.fights():
            self.skipTest("programs cannot be traced here")
        [fight] = self.fights()  # its end is written, and was not acknowledged
        game = self.traced([*trace, "-e", "inject=fsync:delay_enter=1500000:when=1", DND, "repl", "Mine"])
        game.stdin.close()
        time.sleep(0.5)  # it holds the log, and is about to make known what it found
        reader = self.traced([*trace, "-P", fight, "-P", f"{self.home}/./{fight.relative_to(self.home)}",
                              "-e", "inject=openat:delay_enter=2500000", DND, "campaign", "load", "Mine", "--json"])
        self.assertEqual(game.wait(timeout=60), 0)
        said, complaint = reader.communicate(timeout=60)
        self.assertEqual((reader.returncode, self.fights()), (0, []), complaint)
        self.assertEqual(json.loads(said)["state"]["creatures"]["zombie-1"]["hp"], 15)

    def traced(self, command):
        process = subprocess.Popen(command, cwd=self.home, env=self.environment, stdin=subprocess.PIPE,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        for stream in (process.stdin, process.stdout, process.stderr):
            self.addCleanup(stream.close)
        return process

    def test_a_snapshot_in_a_fight_is_good_after_it(self):
        self.play("encounter start with: zombie", WOUND, "session save")
        snapshot = self.load()["from_snapshot"]
        self.assertEqual(snapshot, len(self.events()) - 1)
        self.play("encounter end")
        loaded = self.load()
        self.assertEqual(loaded["from_snapshot"], snapshot)
        self.assertEqual(loaded["warnings"], [])
        self.assertEqual(loaded["state_hash"], self.load("--snapshots", "off")["state_hash"])

    def test_a_fight_whose_log_is_gone_is_not_taken_for_a_fight_without_events(self):
        self.play("encounter start with: zombie", WOUND)
        self.fights()[0].unlink()
        for arguments in (("campaign", "load", "Mine"), ("repl", "Mine")):
            failed = self.dnd(*arguments, status=1)
            self.assertIn("encounter-1.jsonl", failed.stderr)
            self.assertIn("put it back from a backup", failed.stderr)

    def test_the_log_of_another_fight_is_refused(self):
        self.play("encounter start with: zombie", WOUND)
        kept = self.keep()
        self.play("encounter end", "undo steps: 3", "encounter start with: goblin")
        self.assertEqual([f.name for f in self.fights()], ["encounter-1.jsonl"])
        self.put_back(kept, "encounter-1.jsonl")
        self.assertIn("goes on in the log", self.dnd("campaign", "load", "Mine", status=1).stderr)

    def test_undo_leads_back_into_a_fight_and_out_of_it(self):
        self.play("add brunhild", "encounter start with: zombie", WOUND)
        fighting = self.load()["state"]
        self.play("encounter end", "note over", "undo steps: 2")
        self.assertEqual(self.load()["state"], fighting)
        self.assertEqual([f.name for f in self.fights()], ["encounter-1.jsonl"])
        self.play("heal to: zombie-1 amount: 1")
        self.assertEqual(self.hp("zombie-1"), "16/22")
        self.play("undo steps: 3")
        loaded = self.load()
        self.assertEqual(list(loaded["state"]["creatures"]), ["brunhild"])
        self.assertFalse(loaded["state"]["encounter"]["active"])
        self.assertEqual(self.fights(), [])
        self.assertEqual(self.types().count("undone"), 2)
        self.assertEqual(self.types().count("damage_dealt"), 1)  # history stays

    def test_undo_from_one_fight_into_the_one_before(self):
        self.play("encounter start with: zombie", WOUND)
        fighting = self.load()["state"]
        self.play("encounter end", "encounter start with: goblin", "undo steps: 2")
        self.assertEqual(self.load()["state"], fighting)
        self.assertEqual([f.name for f in self.fights()], ["encounter-1.jsonl"])
        self.play("encounter end")
        self.assertEqual(self.fights(), [])
        self.assertEqual(self.load()["events"], len(self.lines()))

    def test_undo_is_for_the_game_master(self):
        self.play("add brunhild")
        before = self.events()
        self.assertIn("only the game master (GM) can undo", self.play("undo by: brunhild").stderr)
        self.assertIn("only the game master (GM) can add", self.play("add zombie by: brunhild").stderr)
        self.assertEqual(self.events(), before)
        self.play("undo by: gm")
        self.assertEqual(self.types()[-1], "undone")

    def test_a_snapshot_after_an_undo_agrees_with_the_log(self):
        self.play("add brunhild", "encounter start with: zombie", WOUND, "undo", "session save", "note x", "undo steps: 2")
        self.assertEqual(self.load()["state_hash"], self.load("--snapshots", "off")["state_hash"])

    def damage(self, log, line):
        lines = log.read_bytes().splitlines(keepends=True)
        lines[line] = lines[line].replace(b"crc", b"crk")
        log.write_bytes(b"".join(lines))

    def test_damage_in_a_fights_log_is_named_and_left_out(self):
        self.play("add brunhild", "encounter start with: zombie", WOUND, "heal to: zombie-1 amount: 1", "note x")
        self.damage(self.fights()[0], 3)
        self.assertIn("encounter-1.jsonl line 4", self.dnd("campaign", "verify", "Mine", status=1).stdout)
        self.assertIn("encounter-1.jsonl", self.dnd("campaign", "load", "Mine", status=1).stderr)
        self.assertIn("left out: encounter-1.jsonl", self.dnd("campaign", "repair", "Mine").stdout)
        self.assertEqual(self.hp("zombie-1"), "22/22")
        self.dnd("campaign", "verify", "Mine")

    def test_a_fight_goes_on_when_something_before_it_is_left_out(self):
        self.play("add brunhild", "note x", "encounter start with: zombie", WOUND)
        self.damage(self.log, 2)
        self.dnd("campaign", "repair", "Mine")
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.play("encounter end")
        self.assertEqual(self.hp("zombie-1"), "15/22")

    def test_a_fight_whose_beginning_is_left_out_is_kept(self):
        self.play("add brunhild", "note x", "encounter start with: zombie", WOUND)
        fight = self.fights()[0].read_bytes()
        self.damage(self.log, 3)
        self.assertIn("set-aside-encounter-1.jsonl", self.dnd("campaign", "repair", "Mine").stdout)
        self.play("note y")
        self.assertEqual((self.campaign / "set-aside-encounter-1.jsonl").read_bytes(), fight)
        self.assertFalse(self.load()["state"]["encounter"]["active"])

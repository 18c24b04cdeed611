"""Commands as they are played: what is written when, and what creatures keep."""
import json
import os
import random
import resource
import signal
import time

from table import HERO, Table, digest


class Zombie(Table):
    def test_a_zombie_from_the_books_has_its_hit_points(self):
        self.create()
        self.play("add zombie")
        self.assertEqual(self.hp("zombie-1"), "22/22")

    def test_a_wound_is_still_there_for_a_new_process(self):
        self.create()
        self.play("add zombie", "damage to: zombie dice: 7d1 type: slashing", "quit")
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.assertRegex(self.dnd("campaign", "load", "Mine").stdout, r"zombie-1\s+HP 15/22")

    def test_a_wound_survives_the_killing_of_the_process(self):
        self.create()
        game = self.start("repl", "Mine", "--json")
        game.say("add zombie")
        self.assertTrue(game.say("damage to: zombie dice: 7d1 type: slashing")["ok"])
        game.process.send_signal(signal.SIGKILL)
        game.process.wait()
        self.assertEqual(self.hp("zombie-1"), "15/22")

    def test_an_immune_zombie_keeps_its_hit_points(self):
        self.create()
        self.play("add zombie", "damage to: zombie dice: 7d1 type: slashing", "damage to: zombie dice: 9d1 type: poison")
        self.assertEqual(self.hp("zombie-1"), "15/22")

    def test_hit_points_stay_between_nothing_and_the_maximum(self):
        self.create()
        self.play("add zombie", "damage to: zombie dice: 7d1 type: slashing", "heal to: zombie amount: 100")
        self.assertEqual(self.hp("zombie-1"), "22/22")
        self.play("damage to: zombie dice: 100d1 type: slashing")
        self.assertEqual(self.hp("zombie-1"), "0/22")
        self.play("damage to: zombie dice: 100d1 type: slashing", "heal to: zombie amount: 3")
        self.assertEqual(self.hp("zombie-1"), "3/22")

    def test_of_two_zombies_only_the_wounded_one_is_wounded(self):
        self.create()
        self.play("add zombie and: zombie", "damage to: zombie-2 dice: 7d1 type: slashing")
        self.assertEqual((self.hp("zombie-1"), self.hp("zombie-2")), ("22/22", "15/22"))

    def test_an_attack_that_equals_the_armor_class_hits_and_a_miss_does_no_damage(self):
        self.create()
        self.play("add zombie and: goblin")
        self.play("attack by: goblin to: zombie dice: 1d1+7", "damage dice: 2d1 type: slashing")
        self.assertEqual(self.events()[-2]["data"]["outcome"], "hit")
        self.assertEqual(self.hp("zombie-1"), "20/22")
        self.play("attack by: goblin to: zombie dice: 1d1+6")
        self.assertEqual(self.events()[-1]["data"]["outcome"], "miss")
        before = digest(self.log)
        self.play("damage dice: 2d1 type: slashing", "damage to: zombie dice: 2d1 type: slashing", "damage")
        self.assertEqual(digest(self.log), before)

    def test_hit_dice_that_were_spent_stay_spent(self):
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO)
        self.play("add brunhild", "damage to: brunhild dice: 20d1 type: fire", "rest short by: brunhild hit-dice: 1")
        self.assertIn("hit_dice_spent", self.types())
        hero = self.load()["state"]["creatures"]["brunhild"]
        self.assertEqual((hero["hit_dice_used"], hero["hit_dice"]), (1, 3))
        self.play("session save")
        loaded = self.load()
        self.assertIsNotNone(loaded["from_snapshot"])
        self.assertEqual(loaded["state"]["creatures"]["brunhild"]["hit_dice_used"], 1)

        self.play("rest short by: brunhild hit-dice: 2")
        before = digest(self.log)
        ran = self.play("rest short by: brunhild hit-dice: 1")
        self.assertIn("0 of 3", ran.stderr)
        self.assertEqual(digest(self.log), before)

    def test_an_encounter_adds_monsters_with_ids_and_initiative_of_their_own(self):
        self.create()
        self.play("encounter start with: zombie and: zombie")
        rolled = [e["data"] for e in self.events() if e["type"] == "initiative_rolled"]
        self.assertEqual([r["creature"] for r in rolled], ["zombie-1", "zombie-2"])
        for roll in rolled:
            self.assertEqual(roll["roll"]["modifier"], -2)
            self.assertEqual(roll["total"], roll["roll"]["raw"][0] - 2)
        before = digest(self.log)
        self.assertIn("already active", self.play("encounter start").stderr)
        self.assertEqual(digest(self.log), before)


class Commands(Table):
    def test_each_answer_comes_after_its_events_are_in_the_file(self):
        self.create()
        game = self.start("repl", "Mine", "--json")
        for number, line in enumerate(["add zombie", "damage to: zombie dice: 1d1 type: fire", "note x", "roll d20"]):
            answer = game.say(line)
            self.assertEqual(len(answer["events"]), 2 if number == 0 else 1)
            written = [{"type": e["type"], "data": e["data"]} for e in self.events()[-len(answer["events"]):]]
            self.assertEqual(written, answer["events"])

    def test_what_fails_or_asks_or_is_silent_writes_nothing(self):
        self.create()
        self.play("add zombie")
        before = digest(self.log)
        ran = self.play("hint", "help", "help attack", "help nonsense", "", "# remark", "rol 3d6", "damage to: nobody",
                        "attack by: zombie to: nobody", "heal to: zombie amount: x", "undo steps: 100", "session end",
                        "encounter end", "turn", "status", "status zombie", "rest short by: zombie hit-dice: 9", "level-up by: zombie")
        self.assertEqual(digest(self.log), before)
        self.assertIn("did you mean roll?", ran.stderr)
        # Every complaint points at a word, even if no name is to blame.
        self.assertEqual(ran.stderr.count("error:"), ran.stderr.count("^"))
        self.assertIn("  encounter end\n  ^~~~~~~~~~~~~\nerror: there is no fight", ran.stderr)

    def test_a_directory_is_no_script(self):
        self.create()
        self.assertIn(f"cannot be read: {self.home} is a directory", self.dnd("run", self.home, "Mine", status=1).stderr)
        self.assertIn("cannot be read: missing", self.dnd("run", "missing", "Mine", status=1).stderr)

    def test_a_mistake_is_shown_where_it_is_with_the_nearest_word(self):
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO + "equipment: [lantern, silk rope]\n")
        self.play("add brunhild and: zombie")
        for line, blamed, said in [
                ("atack by: zombie", "atack", "did you mean attack?"),
                ("help atack", "atack", "did you mean attack?"),
                ("encounter strat", "strat", "did you mean start?"),
                ("attack bye: zombie", "bye:", "did you mean by:?"),
                ("add zombi", "zombi", "did you mean zombie?"),
                ("status brunhidl", "brunhidl", "did you mean brunhild?"),
                ("heal to: zomie amount: 1", "zomie", "did you mean Zombie?"),
                ("attack by: brunhild with: longsward to: zombie", "longsward", "did you mean longsword?"),
                ("damage to: zombie dice: 1d6 type: fyre", "fyre", "did you mean fire?"),
                ("ask check: con of: zombie dc: 10 fails: pron", "pron", "did you mean prone?"),
                ("take lanterm from: brunhild", "lanterm", "did you mean lantern?"),
                ("take sword from: brunhild", "sword", "but lantern and silk rope"),
                ("heal to: zombie", "heal", "either amount: or dice:"),
                ("check lck", "lck", "abilities are str, dex, con, int, wis and cha"),
                ("undo steps: 100", "undo", "cannot undo 100"),
                ("roll 3y6", "y6", "a d was expected")]:
            error = json.loads(self.play(line, options=["--json"]).stdout)["error"]
            self.assertEqual(line[error["at"]:error["at"] + error["length"]], blamed)
            self.assertIn(said, error["message"])

    def test_the_table_can_be_looked_at_from_the_game(self):
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO + "equipment: [lantern, silk rope]\n")
        shown = self.play("add brunhild and: zombie", "ask check: con of: brunhild dc: 12 fails: prone", "status",
                          "status brunhild").stdout
        self.assertIn("waits for brunhild: check con by: brunhild (against 12)", shown)
        self.assertIn("brunhild  HP 28/28   [##########]  AC 16", shown)
        self.assertIn("con 14 (+2)", shown)
        self.assertIn("attacks with   longsword +5, 1d8+3 slashing", shown)
        self.assertIn("carries        lantern and silk rope", shown)

    def test_a_roll_is_recorded_as_it_lay_on_the_table(self):
        self.create()
        self.play(*["roll by: Someone1 3d6+1"] * 200, "roll 4d6kh3", "roll 2d20kl1", "roll 1d20a", "roll 1d20d",
                  "roll d20", "roll 3D6", "roll 1d6 + 2", options=["--seed", "7", "--snapshots", "off"])
        rolls = [e["data"] for e in self.events() if e["type"] == "dice_rolled"]
        self.assertEqual(len(rolls), 207)
        for roll in rolls:
            self.assertEqual(roll["total"], sum(roll["kept"]) + roll["modifier"])
            self.assertEqual(sorted(roll["raw"]), sorted(roll["kept"] + roll["dropped"]))
        self.assertTrue(all(r["by"] == "Someone1" and 4 <= r["total"] <= 19 for r in rolls[:200]))
        kept = [(len(r["kept"]), len(r["dropped"])) for r in rolls[200:]]
        self.assertEqual(kept, [(3, 1), (1, 1), (1, 1), (1, 1), (1, 0), (3, 0), (1, 0)])

    def test_dice_that_cannot_be_are_refused_at_once(self):
        self.create()
        began = time.monotonic()
        ran = self.play("roll 0d6", "roll 1d0", "roll 3x6", "roll 999999999d6", "roll 1d6+99999999999999")
        self.assertEqual(ran.stderr.count("error:"), 5)
        self.assertEqual(self.log.stat().st_size, 0)
        self.assertLess(time.monotonic() - began, 60)

    def test_commands_labels_and_names_are_the_same_in_capitals(self):
        self.create()
        self.play("ADD Zombie And: GOBLIN", "ATTACK By: goblin-1 TO: Zombie DICE: 1D1+7", "DAMAGE Dice: 7D1 Type: SLASHING")
        self.assertEqual(self.hp("zombie-1"), "15/22")
        attack = next(e for e in self.events() if e["type"] == "attack_made")
        self.assertEqual(attack["data"]["target"], "zombie-1")

    def test_sessions_are_marks_in_the_same_log(self):
        self.create()
        before = sorted(p.name for p in self.campaign.iterdir())
        self.dnd("session", "start", "Mine", "--title", "The \"first\" evening")
        self.dnd("session", "end", "Mine")
        self.dnd("session", "end", "Mine", status=1)
        self.assertEqual(self.types(), ["campaign_started", "session_started", "session_ended"])
        self.assertEqual(self.events()[1]["data"]["title"], "The \"first\" evening")
        after = sorted(p.name for p in self.campaign.iterdir() if p.is_dir())
        self.assertEqual(after, [name for name in before if (self.campaign / name).is_dir()])

    def test_the_log_of_a_session_is_what_happened_in_it(self):
        self.create()
        self.play("note early", "session start", "note one", "session end", "session start", "note two")
        logs = [self.dnd("campaign", "log", "Mine", "--json", *s).stdout for s in
                ([], ["--session", "0"], ["--session", "1"], ["--session", "2"])]
        self.assertEqual(logs[0], "".join(logs[1:]))
        self.assertEqual([json.loads(line)["type"] for line in logs[3].splitlines()],
                         ["session_started", "world_event_noted"])
        self.assertIn("note", self.dnd("campaign", "log", "Mine").stdout)

    def test_a_command_for_a_script_stops_it_where_it_fails(self):
        self.create()
        (self.home / "script.txt").write_text("add zombie\n\n# fight\nbite zombie\nadd wolf\n")
        ran = self.dnd("run", "script.txt", "Mine", status=1)
        self.assertIn("  bite zombie\n  ^~~~\nscript.txt:4: error: ", ran.stderr)
        self.assertEqual(self.types(), ["campaign_started", "creature_added"])
        self.dnd("run", "script.txt", "Mine", "--keep-going", status=1)
        self.assertEqual(self.types()[2:], ["creature_added", "creature_added"])
        self.assertIn("absent.txt", self.dnd("run", "absent.txt", "Mine", status=1).stderr)

    def facts(self, campaign):
        """What happened, in the order of the files, without what differs between two campaigns of one story."""
        logs = sorted((self.home / "worlds/default" / campaign).glob("*.jsonl"), key=lambda log: log.name != "log.jsonl")
        events = [json.loads(line) for log in logs for line in log.read_bytes().splitlines()]
        return [(e["type"], e["data"]) for e in events if e["type"] not in ("campaign_started", "snapshot_taken")]

    def test_a_thousand_commands_are_the_same_with_the_same_seed(self):
        chance = random.Random(5)
        deeds = ["roll 3d6+1", "attack by: zombie-1 to: goblin-1", "damage", "heal to: goblin-1 dice: 2d4",
                 "turn", "note \"so it goes\"", "attack by: goblin-1 to: zombie-1", "nonsense", "hint",
                 "roll by: \"Old Tom\" 2d20kl1"]
        script = ["encounter start with: zombie and: goblin"] + [chance.choice(deeds) for _ in range(999)]
        played = []
        for name in ("One", "Two"):
            self.dnd("campaign", "create", name)
            ran = self.dnd("repl", name, "--seed", "11", said="\n".join(script))
            played.append((self.facts(name), ran.stderr))
        self.assertEqual(played[0], played[1])
        self.assertGreater(len(played[0][0]), 300)
        self.dnd("campaign", "create", "Three")
        self.dnd("repl", "Three", "--seed", "12", said="\n".join(script))
        self.assertNotEqual(self.facts("Three"), played[0][0])

    def test_a_last_line_without_an_end_is_carried_out(self):
        self.create()
        self.dnd("repl", "Mine", said="note one\nnote two")
        self.assertEqual(self.types().count("world_event_noted"), 2)

    def test_a_hostile_line_costs_nothing_but_an_error(self):
        self.create()
        ran = self.dnd("repl", "Mine", said="note " + "x" * 3_000_000 + "\nnote fine\n")
        self.assertIn("longer than", ran.stderr)
        self.assertEqual(self.types().count("world_event_noted"), 1)


class Signals(Table):
    def test_being_asked_to_stop_loses_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            name = f"S{int(number)}"
            self.dnd("campaign", "create", name)
            game = self.start("repl", name, "--json")
            game.say("add zombie")
            game.say("damage to: zombie dice: 7d1 type: slashing")
            game.process.send_signal(number)
            self.assertEqual(game.process.wait(timeout=60), 128 + number)
            loaded = json.loads(self.dnd("campaign", "load", name, "--json").stdout)
            self.assertEqual(loaded["state"]["creatures"]["zombie-1"]["hp"], 15)

    def test_being_asked_to_stop_in_the_middle_of_many_commands_loses_no_answer(self):
        chance = random.Random(3)
        for number in (signal.SIGINT, signal.SIGTERM):
            for program in (["repl"], ["run", "-"]):
                name = f"Many{program[0]}{int(number)}"
                self.dnd("campaign", "create", name)
                game = self.start(*program, name, "--json", "--snapshots", "every-10")
                game.narrow()
                game.say("add zombie")
                game.send("damage to: zombie dice: 1d1 type: fire\nheal to: zombie amount: 1\n" * 800)
                answers = [game.process.stdout.readline() for _ in range(chance.randrange(1, 60))]
                game.wait_until_it_writes()
                game.process.send_signal(number)
                game.wait_until_it_has_heard(number)
                answers += game.process.stdout.readlines()
                self.assertEqual(game.process.wait(timeout=60), 128 + number)
                self.assertLess(len(answers), 1600)
                self.assertTrue(all(json.loads(answer)["ok"] for answer in answers))
                state = json.loads(self.dnd("campaign", "load", name, "--json").stdout)["state"]
                self.assertEqual(state["creatures"]["zombie-1"]["hp"], 22 - len(answers) % 2)
                types = [e["type"] for e in map(json.loads, self.dnd("campaign", "log", name, "--json").stdout.splitlines())]
                self.assertEqual(types.count("damage_dealt") + types.count("healed"), len(answers))

    def test_an_answer_in_the_middle_of_which_a_signal_comes_is_whole(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            self.dnd("campaign", "create", f"Long{int(number)}")
            game = self.start("repl", f"Long{int(number)}", "--json")
            game.narrow()
            game.say("add zombie")
            game.send(f"note {'x' * 20_000}\n")
            game.wait_until_it_writes()  # a page of it is in the pipe, and the rest is not
            game.process.send_signal(number)
            game.wait_until_it_has_heard(number)
            [answer] = game.process.stdout.readlines()
            self.assertEqual(json.loads(answer)["events"][0]["data"]["text"], "x" * 20_000)
            self.assertEqual(game.process.wait(timeout=60), 128 + number)

    def test_who_asks_twice_does_not_wait_for_a_reader(self):
        self.create()
        game = self.start("repl", "Mine", "--json")
        game.narrow()
        game.say("add zombie")
        game.send("note x\n" * 2000)
        game.wait_until_it_writes()
        game.process.send_signal(signal.SIGTERM)
        game.wait_until_it_has_heard(signal.SIGTERM)
        game.process.send_signal(signal.SIGTERM)
        self.assertEqual(game.process.wait(timeout=60), -signal.SIGTERM)
        answers = game.process.stdout.read().count(b"\n")
        self.assertGreaterEqual(self.types().count("world_event_noted"), answers)
        self.dnd("campaign", "verify", "Mine")

    def test_what_only_the_game_master_may_do_is_refused_to_others(self):
        self.create()
        self.play("add zombie", "session start")
        before = digest(self.log)
        for line in ("add zombie", "encounter start", "encounter end", "session end", "session save", "undo", "turn",
                     "damage to: zombie dice: 1d1 type: fire", "heal to: zombie amount: 1",
                     "inflict prone to: zombie", "ask check: con of: zombie dc: 1"):
            self.assertIn("error:", self.play(line + " by: zombie").stderr, line)
        self.assertEqual(digest(self.log), before)
        self.play("add zombie by: gm")
        self.assertNotEqual(digest(self.log), before)

    def test_a_second_game_master_is_refused_and_readers_are_not(self):
        self.create()
        game = self.start("repl", "Mine", "--json")
        game.say("add zombie")
        ran = self.dnd("repl", "Mine", said="note second\n", status=1)
        self.assertIn("locked", ran.stderr)
        self.assertEqual(self.hp("zombie-1"), "22/22")
        self.assertTrue(game.say("damage to: zombie dice: 7d1 type: slashing")["ok"])
        self.assertEqual(self.hp("zombie-1"), "15/22")

    def test_what_was_answered_before_a_kill_is_there_after_it(self):
        self.create()
        acknowledged = 0
        chance = random.Random(1)
        for _ in range(8):
            game = self.start("repl", "Mine", "--json", "--snapshots", "every-10")
            pid = game.process.pid
            deadline = time.monotonic() + chance.uniform(0.05, 0.4)
            while time.monotonic() < deadline:
                if game.say("note \"still here\"")["ok"]:
                    acknowledged += 1
            game.process.stdin.write(b"note \"perhaps\"\n" * 20)
            game.process.stdin.flush()
            os.kill(pid, signal.SIGKILL)
            game.process.wait()
            loaded = self.load()
            notes = self.types().count("world_event_noted")
            self.assertGreaterEqual(notes, acknowledged)
            self.assertEqual(loaded["events"], len(self.events()))
            acknowledged = notes


class Disk(Table):
    def test_a_full_disk_refuses_the_command_and_the_game_goes_on(self):
        self.create()
        self.play("add zombie", "damage to: zombie dice: 7d1 type: slashing")
        room = self.log.stat().st_size + 600

        def no_file_may_grow_beyond():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))

        ran = self.dnd("repl", "Mine", "--json", preexec_fn=no_file_may_grow_beyond,
                       said=f"note one\nnote {'x' * 2000}\nheal to: zombie amount: 1\nhint\n")
        answers = [json.loads(line) for line in ran.stdout.splitlines()]
        self.assertEqual([answer["ok"] for answer in answers], [True, False, True, True])
        self.assertIn("storage full", answers[1]["error"]["message"])
        self.assertEqual(self.types()[-2:], ["world_event_noted", "healed"])
        self.assertEqual(self.hp("zombie-1"), "16/22")

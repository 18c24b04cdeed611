"""Where things are: settings, worlds, campaigns, names."""
import os
import re

from table import BOOKS, KINDS, Table, digest


class Settings(Table):
    def test_without_settings_worlds_are_kept_in_worlds(self):
        self.dnd("campaign", "create", "Mine")
        self.assertTrue((self.home / "worlds/default/Mine/log.jsonl").is_file())

    def test_a_flag_beats_the_environment_beats_the_file_beats_the_default(self):
        (self.home / "conf.yaml").write_text("worlds_dir: from-file\n")
        variable = {"DND_WORLDS_DIR": "from-environment"}
        self.dnd("campaign", "create", "A", "--config", "conf.yaml", "--worlds-dir", "from-flag", env=variable)
        self.dnd("campaign", "create", "A", "--config", "conf.yaml", env=variable)
        self.dnd("campaign", "create", "A", "--config", "conf.yaml")
        self.dnd("campaign", "create", "A")
        for directory in ("from-flag", "from-environment", "from-file", "worlds"):
            self.assertTrue((self.home / directory / "default/A").is_dir(), directory)

    def test_the_usual_file_is_read_and_another_can_be_named_by_the_environment(self):
        (self.home / "dnd.yaml").write_text("worlds_dir: usual\nworld: Home\n")
        (self.home / "named.yaml").write_text("worlds_dir: named\n")
        self.dnd("campaign", "create", "A")
        self.dnd("campaign", "create", "A", env={"DND_CONFIG": "named.yaml"})
        self.assertTrue((self.home / "usual/Home/A").is_dir())
        self.assertTrue((self.home / "named/default/A").is_dir())

    def test_settings_that_make_no_sense_create_nothing(self):
        cases = {"broken.yaml": "worlds_dir: [", "typo.yaml": "worlds_dri: x\n", "list.yaml": "- a\n",
                 "wrong.yaml": "worlds_dir: {a: b}\n", "rhythm.yaml": "snapshots: sometimes\n",
                 "nul.yaml": "worlds_dir: \"a\0\"\n", "empty_dir.yaml": "worlds_dir: ''\n"}
        for name, text in cases.items():
            (self.home / name).write_text(text)
            before = digest(self.home)
            ran = self.dnd("campaign", "create", "A", "--config", name, status=2)
            self.assertRegex(ran.stderr, r"^dnd: \S")
            self.assertEqual(digest(self.home), before, name)
        self.assertIn("typo.yaml", self.dnd("world", "list", "--config", "typo.yaml", status=2).stderr)
        self.assertIn("missing.yaml", self.dnd("world", "list", "--config", "missing.yaml", status=2).stderr)

    def test_a_worlds_dir_that_is_a_file_is_refused(self):
        (self.home / "file").write_text("precious")
        before = digest(self.home)
        for what in (["campaign", "create", "A"], ["world", "create", "A"], ["world", "list"], ["campaign", "load", "A"]):
            self.assertIn("file", self.dnd(*what, "--worlds-dir", "file", status=2).stderr)
        self.assertEqual(digest(self.home), before)

    def test_an_empty_file_of_settings_says_nothing(self):
        (self.home / "dnd.yaml").write_text("\n")
        self.dnd("campaign", "create", "A")
        self.assertTrue((self.home / "worlds/default/A").is_dir())

    def test_a_slip_in_the_command_line_is_answered_with_the_nearest_word(self):
        for words, meant in [(["campain", "list"], "campaign"), (["campaign", "laod", "Mine"], "load"),
                             (["--worldsdir", "x", "world", "list"], "--worlds-dir"),
                             (["campaign", "log", "Mine", "--sesion=2"], "--session"),
                             (["--world", "campain", "sesion", "start"], "session")]:
            ran = self.dnd(*words, status=2)
            self.assertIn(f"did you mean {meant}?", ran.stderr)
            self.assertEqual(ran.stdout, "")
        self.create()
        self.assertIn('did you mean "Mine"?', self.dnd("campaign", "load", "Mien", status=1).stderr)
        self.assertIn("did you mean session:1?", self.dnd("campaign", "diff", "Mine", "sesion:1", status=2).stderr)
        # What is wrong otherwise is said by whoever knows it.
        self.assertIn("name is required", self.dnd("campaign", "load", status=2).stderr)

    def test_wrong_usage_is_told_from_failure(self):
        for arguments in ([], ["fly"], ["campaign"], ["campaign", "create"], ["campaign", "load"], ["world", "list", "--fast"],
                          ["repl", "--seed", "x"], ["world", "create", ""]):
            self.dnd(*arguments, status=2)
        self.assertIn("campaign", self.dnd("--help").stdout)
        self.assertRegex(self.dnd("--version").stdout, r"^dnd \d+\.\d+")


class Campaigns(Table):
    def test_a_new_campaign_is_a_directory_with_an_empty_log(self):
        self.dnd("campaign", "create", "The Lost Mine")
        log = self.home / "worlds/default/The-Lost-Mine/log.jsonl"
        self.assertEqual(log.stat().st_size, 0)

    def test_creating_it_again_is_refused_and_leaves_the_log_alone(self):
        self.create()
        self.play("note \"we were here\"")
        before = digest(self.log)
        ran = self.dnd("campaign", "create", "Mine", status=1)
        self.assertIn("exists", ran.stderr)
        self.assertEqual(digest(self.log), before)

    def test_two_names_with_one_directory_collide(self):
        self.dnd("campaign", "create", "The Lost Mine")
        for name in ("The-Lost-Mine", "the lost mine", "The.Lost..Mine"):
            ran = self.dnd("campaign", "create", name, status=1)
            self.assertIn("The Lost Mine", ran.stderr)
        self.assertEqual(len(list((self.home / "worlds/default").glob("*ost-*ine"))), 1)

    def test_no_name_leads_out_of_the_worlds(self):
        names = ["../x", "/etc", "", ".", "..", "...", "a/b", "a\\b", "x" * 300, "CON", "nul.", "\u202egnp.exe", " ",
                 "trailing ", "-", "monsters", "Characters", "line\nbreak", "\u200b", "\x7f"]
        before = digest(self.home)
        for name in names:
            for what in ("campaign", "world"):
                if what == "world" and name.lower() in ("monsters", "characters"):
                    continue  # a world may be called so: nothing else stands beside it
                ran = self.dnd(what, "create", "--", name, status=2)
                self.assertRegex(ran.stderr, r"\S", (what, name))
            self.dnd("campaign", "create", "Fine", "--world=" + name, status=2) if name.lower() not in (
                "monsters", "characters") else None
        self.assertEqual(digest(self.home), before, "something was created")
        for name in ("🐉", "Mörk Borg", "NULL"):
            self.dnd("campaign", "create", name)
            self.dnd("campaign", "load", name)
        made = os.listdir(self.home / "worlds/default")
        self.assertTrue(all(re.fullmatch(r"[A-Za-z0-9.-]+", name) for name in made), made)
        self.assertEqual([p.name for p in self.home.iterdir()], ["worlds"])

    def test_a_campaign_has_a_directory_for_each_kind_of_thing(self):
        self.create()
        self.assertEqual(sorted(p.name for p in self.campaign.iterdir() if p.is_dir()), sorted([*KINDS, "characters"]))
        self.assertEqual(len(KINDS), 24)

    def test_a_world_has_the_same_directories(self):
        self.dnd("world", "create", "Toril")
        world = self.home / "worlds/Toril"
        self.assertEqual(sorted(p.name for p in world.iterdir() if p.is_dir()), sorted([*KINDS, "characters"]))
        self.assertIn("Toril", self.dnd("world", "list").stdout)
        self.assertIn("exists", self.dnd("world", "create", "toril", status=1).stderr)

    def test_a_refused_campaign_leaves_no_world_behind(self):
        self.dnd("campaign", "create", "../x", "--world", "New", status=2)
        self.assertFalse((self.home / "worlds").exists())

    def test_a_missing_campaign_is_answered_with_those_that_exist(self):
        ran = self.dnd("campaign", "load", "Nowhere", status=1)
        self.assertIn("world", ran.stderr)
        self.create()
        self.dnd("campaign", "create", "Other")
        ran = self.dnd("campaign", "load", "Nowhere", status=1)
        self.assertIn("world default; there are: Mine and Other", ran.stderr)
        self.assertIn("did you mean \"Other\"? There are", self.dnd("campaign", "load", "Othr", status=1).stderr)
        self.assertIn("default", self.dnd("campaign", "load", "Mine", "--world", "Elsewhere", status=1).stderr)

    def test_the_only_campaign_need_not_be_named(self):
        self.create()
        self.dnd("repl", said="note alone\n")
        self.dnd("campaign", "create", "Other")
        self.assertIn("which campaign", self.dnd("repl", said="note two\n", status=2).stderr)
        self.assertEqual(self.types(), ["campaign_started", "world_event_noted"])

    def test_campaigns_are_listed_with_their_names(self):
        self.assertEqual(self.dnd("campaign", "list").stdout, "")
        self.dnd("campaign", "create", "The Lost Mine")
        self.assertIn("The Lost Mine", self.dnd("campaign", "list").stdout)


class Books(Table):
    def page(self, directory, name, hit_points):
        text = (f"name: {name}\narmor_class: [{{type: dex, value: 9}}]\nhit_points: {hit_points}\nhit_dice: 1d8\n" +
                "".join(f"{a}: 10\n" for a in ("strength", "dexterity", "constitution", "intelligence", "wisdom",
                                               "charisma")))
        (directory / "monsters" / f"{name.lower()}.yaml").write_text(text)

    def test_the_campaigns_page_hides_the_worlds_and_that_the_books(self):
        self.create()
        self.play("add zombie")
        self.assertEqual(self.hp("zombie-1"), "22/22")
        self.page(self.home / "worlds/default", "Zombie", 33)
        self.play("add zombie")
        self.assertEqual(self.hp("zombie-2"), "33/33")
        self.page(self.campaign, "Zombie", 44)
        self.play("add zombie")
        self.assertEqual(self.hp("zombie-3"), "44/44")
        self.assertEqual(self.hp("zombie-1"), "22/22")

    def test_a_page_of_the_world_is_seen_by_its_campaigns_only(self):
        for world in ("A", "B"):
            self.dnd("world", "create", world)
        for world, campaign in (("A", "One"), ("A", "Two"), ("B", "Three")):
            self.dnd("campaign", "create", campaign, "--world", world)
        self.page(self.home / "worlds/A", "Gloom", 5)
        for campaign in ("One", "Two"):
            self.assertIn("Gloom", self.dnd("repl", campaign, "--world", "A", said="add gloom\n").stdout)
        ran = self.dnd("repl", "Three", "--world", "B", said="add gloom\n")
        self.assertIn("no book knows", ran.stderr)

    def test_a_damaged_page_is_named_with_its_line(self):
        self.create()
        (self.campaign / "monsters/mist.yaml").write_text("name: Mist\nhit_points: many\n")
        ran = self.dnd("repl", "Mine", said="add mist\nadd zombie\n", status=None)
        self.assertIn("mist.yaml", ran.stderr)
        self.assertIn("line 2", ran.stderr)
        self.assertIn("zombie-1", ran.stdout)

    def test_the_books_own_hit_points_are_the_average_of_their_dice(self):
        self.create()
        names = sorted(page.stem for page in (BOOKS / "monsters").glob("*.yaml"))
        self.assertIn("zombie", names)
        self.play(*(f"add {name}" for name in names))
        for name, who in self.load()["state"]["creatures"].items():
            page = (BOOKS / "monsters" / (name.rsplit("-", 1)[0] + ".yaml")).read_text()
            roll = re.search(r'hit_points_roll: "(\d+)d(\d+)([+-]\d+)?"', page)
            count, sides, modifier = int(roll[1]), int(roll[2]), int(roll[3] or 0)
            self.assertEqual(who["max_hp"], max(count * (sides + 1) // 2 + modifier, 1), name)

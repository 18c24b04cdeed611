"""The public data set becomes pages: which, what they say, what is left alone, and what cannot be imported."""
import copy
import errno
import fcntl
import json
import os
import pathlib
import pty
import re
import shutil
import subprocess

import yaml

from table import BOOKS, DND, KINDS, Table, digest

# A part of the data set. DND_SRD may name a directory with the whole of it.
SRD = pathlib.Path(os.environ.get("DND_SRD") or pathlib.Path(__file__).parent / "srd")
READER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def kind_of(file):
    return file.stem.removeprefix("5e-SRD-").lower()


def items_of(kind):
    name = "-".join(word.capitalize() for word in kind.split("-"))
    return json.loads((SRD / f"5e-SRD-{name}.json").read_text())


def read(page):
    return yaml.load(page.read_text(), READER)


class Import(Table):
    @property
    def data(self):
        return self.home / "data"

    def init(self, *options, source=SRD, status=0):
        return self.dnd("init", "--from", source, *options, status=status)

    def report(self, *options, **more):
        return json.loads(self.init("--json", *options, **more).stdout)

    def pages(self):
        return {str(page.relative_to(self.data)) for page in self.data.rglob("*") if page.is_file()}

    def data_set(self, **files):
        """A data set of the test's own; what is no text is written as JSON."""
        directory = self.home / "set"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        for name, content in files.items():
            text = content if isinstance(content, (str, bytes)) else json.dumps(content)
            path = directory / f"5e-SRD-{name.replace('_', '-')}.json"
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return directory

    def value(self, content):
        """What a page says of a value."""
        self.init("--force", source=self.data_set(Feats=[{"index": "x", "value": content}]))
        return (self.data / "feats/x.yaml").read_text()


class Pages(Import):
    def same(self, item, page, at):
        """The same tree; of addresses either the reference to a page that exists, or the address."""
        self.assertEqual(type(item), type(page), at)
        if isinstance(item, dict):
            self.assertEqual(len(item), len(page), at)
            for (key, value), (name, said) in zip(item.items(), page.items()):
                self.assertIn(name, (key, re.sub("url$", "ref", key)), at)
                self.same(value, said, at + [key])
                if name != key:
                    self.assertNotEqual(value, said, at)
        elif isinstance(item, list):
            self.assertEqual(len(item), len(page), at)
            for index, (value, said) in enumerate(zip(item, page)):
                self.same(value, said, at + [index])
        elif item != page:
            self.assertTrue(item.startswith("/api/") and (self.data / page).is_file(), (at, item, page))

    def test_every_item_is_a_page_of_its_kind_and_says_the_same(self):
        self.init()
        self.assertEqual(sorted(os.listdir(self.data)), KINDS)
        expected = set()
        for kind in KINDS:
            for item in items_of(kind):
                expected.add(f"{kind}/{item['index']}.yaml")
                self.same(item, read(self.data / kind / f"{item['index']}.yaml"), [kind, item["index"]])
        self.assertEqual(self.pages(), expected)

    def test_addresses_become_references(self):
        self.init()
        slam = read(self.data / "monsters/zombie.yaml")["actions"][0]["damage"][0]
        self.assertEqual(slam["damage_type"], {"index": "bludgeoning", "name": "Bludgeoning",
                                               "ref": "damage-types/bludgeoning.yaml"})

    def test_addresses_lead_to_the_same_page_with_and_without_a_year_under_any_name(self):
        page = {"index": "x", "url": "/api/feats/x", "other_url": "/api/2014/feats/y", "image": "/api/2024/feats/y",
                "all": ["/api/feats/x", "no /api/feats/x"], "both": {"url": "/api/feats/x", "ref": "mine"}}
        self.init(source=self.data_set(Feats=[page, {"index": "y"}]))
        self.assertEqual(read(self.data / "feats/x.yaml"),
                         {"index": "x", "ref": "feats/x.yaml", "other_ref": "feats/y.yaml", "image": "feats/y.yaml",
                          "all": ["feats/x.yaml", "no /api/feats/x"], "both": {"url": "feats/x.yaml", "ref": "mine"}})

    def test_addresses_of_no_page_stay_and_are_reported(self):
        addresses = {"/api/images/feats/x.png": "image", "/api/2014/classes/bard/levels": "list",
                     "/api/2014/languages": "list", "/api/2014/languages/deep-speech": "missing_page",
                     "/api/2014/feats/X": "missing_page", "/api/": "list", "/api/2014/../feats": "missing_page"}
        page = {"index": "x", "urls": [{"url": url} for url in addresses]}
        source = self.data_set(Feats=[page])
        report = self.report(source=source)
        self.assertEqual(report["unresolved"],
                         [{"page": "feats/x.yaml", "at": f"$.urls[{i}].url", "url": url, "leads_to": leads_to}
                          for i, (url, leads_to) in enumerate(addresses.items())])
        self.assertEqual(read(self.data / "feats/x.yaml"), page)
        said = self.init(source=source).stdout
        self.assertIn("deep-speech  (feats/x.yaml $.urls[3].url)", said)

    def test_what_yaml_could_take_for_something_else_stays_a_text(self):
        texts = ["yes", "No", "on", "null", "~", "", "1e3", "1", "0x1F", "0o7", "012", ".5", "1:30", "2024-01-01"]
        texts += [".inf", "- a", "a: b", "a #b", "#", "[a", "{a", "&a", "*a", "!a", "%a", "@a", "`a", "'", '"', "\\"]
        texts += ["? a", "=", "<<", " a", "a ", "\t", "---", "...", "|"]
        texts += ["\u0000\u0007\u0085\u2028\ufeff", "\u2019 \u00e9 \U0001f409"]
        self.assertEqual(read_text(self.value(texts)), texts)
        self.assertEqual(read_text(self.value({text: text for text in texts})), {text: text for text in texts})

    def test_numbers_are_exact(self):
        numbers = ["0", "-0", "22", "-1", "0.25", "1.10", "1e3", "1E-7", "1.5e+10", "12345678901234567890123", "1e400"]
        text = self.value(0)
        self.init("--force", source=self.data_set(Feats='[{"index": "x", "value": [' + ",".join(numbers) + "]}]"))
        text = (self.data / "feats/x.yaml").read_text()
        self.assertEqual(read_text(text), [json.loads(number) for number in numbers])
        for number in ("0.25", "1.10", "12345678901234567890123"):
            self.assertIn(f"  - {number}\n", text)
        self.assertEqual(read_text(self.value([True, False, None, [], {}, [[1], [[]]]])),
                         [True, False, None, [], {}, [[1], [[]]]])

    def test_texts_of_several_lines_are_blocks(self):
        text = "# Actions\n\nWhen you act:\n  - indented\n---\nthe end"
        self.assertIn("value: |-\n  # Actions\n\n  When you act:\n    - indented\n", self.value(text))
        more = (text + "\n", text + "\n\n", "\n" + text, " " + text, text + " \n", text + "\t", "\n", "a\r\nb")
        for text in (text, *more):
            self.assertEqual(read_text(self.value(text)), text)
            self.assertEqual(read_text(self.value([[{"deep": text}]])), [[{"deep": text}]])


class Again(Import):
    def visible(self):
        """The pages that readers see."""
        return {str(page.relative_to(self.data)): page.read_bytes() for page in self.data.rglob("*.yaml")
                if not page.name.startswith(".")}

    def init_with(self, fault, *options):
        """An import, and what strace does to one of its calls."""
        if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode != 0:
            self.skipTest("strace is missing, or tracing is not allowed here")
        call = re.match("inject=([^:]+)", fault)[1]
        ran = subprocess.run(["strace", "-o", "/dev/null", "-e", "trace=" + call, "-e", fault, DND, "init", "--from",
                              str(SRD), *options], cwd=self.home, env=self.environment, capture_output=True, text=True)
        self.assertNotEqual(ran.returncode, 0, fault)
        return ran

    def test_a_second_import_writes_nothing(self):
        first = self.report()
        self.assertEqual((first["written"], first["unchanged"], first["kept"]), (first["pages"], 0, []))
        before = digest(self.data)
        second = self.report()
        self.assertEqual((second["written"], second["unchanged"], second["kept"]), (0, first["pages"], []))
        self.assertEqual(digest(self.data), before)
        self.assertIn("wrote 0 pages", self.init().stdout)

    def test_a_page_that_somebody_changed_is_kept_unless_forced(self):
        self.init()
        mine = self.data / "monsters/zombie.yaml"
        original = mine.read_text()
        mine.write_text(original.replace("hit_points: 22", "hit_points: 33"))
        report = self.report()
        self.assertEqual((report["written"], report["kept"]), (0, ["monsters/zombie.yaml"]))
        self.assertIn("hit_points: 33", mine.read_text())
        self.assertIn("monsters/zombie.yaml", self.init().stdout)
        forced = self.report("--force")
        self.assertEqual((forced["written"], forced["kept"]), (forced["pages"], []))
        self.assertEqual(mine.read_text(), original)

    def test_a_page_of_ones_own_is_left_alone(self):
        (self.data / "monsters").mkdir(parents=True)
        own = self.data / "monsters/mist.yaml"
        own.write_text("name: Mist\n")
        self.init("--force")
        self.assertEqual(own.read_text(), "name: Mist\n")

    def test_a_page_that_is_missing_is_written_again(self):
        self.init()
        (self.data / "feats/grappler.yaml").unlink()
        report = self.report()
        self.assertEqual(report["written"], 1)
        self.assertEqual([kind["kind"] for kind in report["kinds"] if kind["written"]], ["feats"])

    def test_only_the_kinds_that_are_named(self):
        report = self.report("--monsters")
        self.assertEqual([kind["kind"] for kind in report["kinds"]], ["monsters"])
        self.assertEqual(os.listdir(self.data), ["monsters"])
        alone = (self.data / "monsters/zombie.yaml").read_text()
        self.assertIn("damage-types/bludgeoning.yaml", alone)
        self.report("--damage-types", "--feats")
        self.assertEqual(sorted(os.listdir(self.data)), ["damage-types", "feats", "monsters"])
        self.init()
        self.assertEqual((self.data / "monsters/zombie.yaml").read_text(), alone)
        self.assertEqual(sorted(os.listdir(self.data)), KINDS)

    def test_there_is_a_flag_for_every_kind(self):
        for kind in KINDS:
            self.init("--" + kind, "--data-dir", kind)
            self.assertEqual(os.listdir(self.home / kind), [kind])

    def test_killed_at_any_step_it_leaves_whole_pages_and_is_finished_by_the_next(self):
        self.init("--data-dir", "whole")
        whole = {str(page.relative_to(self.home / "whole")): page.read_bytes()
                 for page in (self.home / "whole").rglob("*.yaml")}
        steps = [("mkdir", 2), ("pwrite64", 1), ("pwrite64", 30), ("syncfs", 1), ("syncfs", 24), ("renameat2", 1),
                 ("renameat2", 2), ("renameat2", 25), ("renameat2", len(whole)), ("fsync", 1), ("fsync", 20)]
        for call, when in steps:
            shutil.rmtree(self.data, ignore_errors=True)
            self.init_with(f"inject={call}:signal=KILL:when={when}")
            there = self.visible()
            for page, contents in there.items():
                self.assertEqual(contents, whole[page], (call, when))
            report = self.report()
            self.assertEqual((report["unchanged"], report["kept"]), (len(there), []))
            self.assertEqual({page: (self.data / page).read_bytes() for page in self.pages()}, whole, (call, when))

    def test_killed_while_it_writes_anew_it_leaves_old_pages_and_new_ones(self):
        self.init()
        new = self.visible()
        for page in self.data.rglob("*.yaml"):
            page.write_text("name: old\n")
        self.init_with("inject=/renameat:signal=KILL:when=20", "--force")
        there = self.visible()
        self.assertEqual(len(there), len(new))
        fresh = {page for page, contents in there.items() if contents == new[page]}
        self.assertIn(len(fresh), (19, 20))
        self.assertEqual({contents for page, contents in there.items() if page not in fresh}, {b"name: old\n"})
        self.init("--force")
        self.assertEqual({page: (self.data / page).read_bytes() for page in self.pages()}, new)

    def test_what_fails_half_way_leaves_nothing_half_done(self):
        self.init("--data-dir", "whole")
        for failure in ("pwrite64:error=ENOSPC:when=30", "syncfs:error=EIO", "renameat2:error=EIO:when=30"):
            shutil.rmtree(self.data, ignore_errors=True)
            ran = self.init_with("inject=" + failure)
            self.assertEqual(ran.returncode, 1, failure)
            self.assertRegex(ran.stderr, r"\Adnd: [^\n]+\n\Z")
            there = self.visible()
            self.assertEqual(self.pages(), set(there), failure)
            self.assertEqual(len(there), 29 if failure.startswith("rename") else 0)
            self.assertEqual(self.report()["unchanged"], len(there))

    def test_two_at_once_do_not_meet(self):
        self.init()
        held = os.open(self.data, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_EX)
        self.assertIn("somebody else", self.init(status=1).stderr)
        os.close(held)
        self.init()


class Refusals(Import):
    def refuse(self, source, status, *words, options=()):
        before = digest(self.home)
        ran = self.init(*options, source=source, status=status)
        for word in words:
            self.assertIn(word, ran.stderr)
        self.assertRegex(ran.stderr, r"\Adnd: [^\n]+\n\Z")
        self.assertEqual(ran.stdout, "")
        self.assertEqual(digest(self.home), before)

    def test_directories_that_are_not_what_is_needed(self):
        (self.home / "file").write_text("precious")
        (self.home / "empty").mkdir()
        self.refuse("missing", 2, "missing", "No such file")
        self.refuse("file", 2, "file", "Not a directory")
        self.refuse("empty", 2, "empty", "5e-SRD-Monsters.json")
        self.refuse(SRD, 2, "data_dir", "file", options=["--data-dir", "file"])
        self.data.mkdir()
        (self.data / "spells").write_text("precious")
        self.refuse(SRD, 2, "data/spells")
        self.assertEqual(self.init("--monsters").returncode, 0)

    def test_a_page_that_is_no_file_is_refused_before_anything_is_written(self):
        (self.data / "monsters/zombie.yaml").mkdir(parents=True)
        self.refuse(SRD, 1, "zombie.yaml")

    def test_who_names_the_repository_is_told_where_in_it_the_files_are(self):
        shutil.copytree(SRD, self.home / "clone/src/2014/en")
        self.refuse("clone", 2, "clone/src/2014/en")

    def test_a_kind_that_has_no_file_is_refused(self):
        self.refuse(self.data_set(Feats=[]), 2, "monsters", options=["--monsters", "--feats"])

    def test_wrong_usage(self):
        for arguments in (["init"], ["init", "--from"], ["init", "--from", SRD, "--dragons"]):
            self.dnd(*arguments, status=2)
        self.assertFalse(self.data.exists())

    def test_names_that_lead_elsewhere(self):
        for index in ("../x", "..", "a/b", "/etc/x", "", ".hidden", "-x", "a\\b", "a\0", "a b", "é", "x" * 101, "a\n"):
            source = self.data_set(Feats=[{"index": "good"}, {"index": index}])
            self.refuse(source, 1, "5e-SRD-Feats.json", "$[1]", "page")

    def test_names_that_are_missing_or_there_twice(self):
        for index in ({}, {"index": 3}, {"index": None}, {"index": ["a"]}):
            self.refuse(self.data_set(Feats=[index]), 1, "$[0]", "index")
        for item in (3, "a", [], None):
            self.refuse(self.data_set(Feats=[{"index": "a"}, item]), 1, "$[1]", "index")
        for second in ("x", "X"):
            self.refuse(self.data_set(Feats=[{"index": "x"}, {"index": second}]), 1, "twice", second)

    def test_the_same_name_in_two_kinds_is_no_harm(self):
        self.init(source=self.data_set(Feats=[{"index": "x"}], Skills=[{"index": "x"}]))
        self.assertEqual(self.pages(), {"feats/x.yaml", "skills/x.yaml"})

    def test_what_is_not_json_is_named_with_its_place(self):
        good = '[{"index": "x"}]'
        for text, byte in (("", 0), ("[", 1), (good[:9], 9), (good + "x", 16), ("[{'index'", 2), (good[:-1] + ",]", 16),
                           ('[{"index": "x", "n": 01}]', 22), (b'[{"index": "\xff"}]', 12),
                           ('[{"index": "x", "text": "\\ud800"}]', 31), ('[{"index": "x", "text": "\n"}]', 25)):
            self.refuse(self.data_set(Monsters="[]", Feats=text), 1, "5e-SRD-Feats.json", f"byte {byte}", "not JSON")
        for text in ('{"index": "x"}', "3", '"x"', "null"):
            self.refuse(self.data_set(Feats=text), 1, "5e-SRD-Feats.json", "expected a list")

    def test_what_no_page_could_say_is_named_with_its_place(self):
        def nested(depth):
            return '[{"index": "x", "deep": ' + "[" * depth + "]" * depth + "}]"
        for depth in (63, 1_000, 10_000, 1_000_000):
            self.refuse(self.data_set(Feats=nested(depth)), 1, "5e-SRD-Feats.json", "byte", "nested deeper")
        self.refuse(self.data_set(Feats='[{"index": "x", "a": 1, "a": 2}]'), 1, "byte 1", '"a" twice')
        self.refuse(self.data_set(Feats='[{"index": "x", "' + "a" * 101 + '": 1}]'), 1, "byte 1", "100 bytes")
        self.init(source=self.data_set(Feats=nested(62)))
        self.assertEqual(read(self.data / "feats/x.yaml")["index"], "x")

    def test_a_byte_order_mark_is_passed_over(self):
        self.init(source=self.data_set(Feats=b'\xef\xbb\xbf[{"index": "x"}]'))
        self.assertEqual(self.pages(), {"feats/x.yaml"})
        self.refuse(self.data_set(Feats=b'\xef\xbb\xbf['), 1, "byte 4")

    def test_files_of_no_kind_are_named_and_left_out(self):
        report = self.report(source=self.data_set(Feats=[], Levels="not even JSON"))
        self.assertEqual(report["left_out"], ["5e-SRD-Levels.json"])

    def test_a_worlds_own_directories_can_be_filled(self):
        self.dnd("world", "create", "Toril")
        self.init("--monsters", "--data-dir", "worlds/Toril")
        self.dnd("campaign", "create", "Mine", "--world", "Toril")
        self.assertIn("zombie-1", self.dnd("repl", "Mine", "--world", "Toril", said="add zombie\n").stdout)


class Play(Import):
    def test_the_readme_says_how(self):
        shutil.copytree(SRD, self.home / "5e-database/src/2014/en")
        command = re.search(r"^dnd (init --from .*)$", (BOOKS.parent / "README.md").read_text(), re.MULTILINE)[1]
        self.dnd(*command.split())
        self.assertTrue((self.data / "monsters/zombie.yaml").is_file())

    def test_who_says_nothing_about_data_plays_with_what_was_imported(self):
        books = digest(BOOKS)
        self.init()
        shutil.copy(self.data / "monsters/zombie.yaml", self.data / "monsters/only-here.yaml")
        self.create()
        self.play("add zombie", "add only-here")
        self.assertEqual(self.hp("zombie-1"), "22/22")
        self.assertEqual(self.hp("only-here-1"), "22/22")
        self.assertEqual(digest(BOOKS), books)

    def test_every_imported_monster_is_read_and_has_the_average_of_its_hit_points(self):
        report = self.report()
        self.assertEqual(report["misprints"], [])
        self.create()
        names = [item["index"] for item in items_of("monsters")]
        self.play(*(f"add {name}" for name in names))
        creatures = self.load()["state"]["creatures"]
        self.assertEqual(sorted(creatures), sorted(name + "-1" for name in names))
        for name in names:
            page = read(self.data / f"monsters/{name}.yaml")
            count, sides, modifier = re.fullmatch(r"(\d+)d(\d+)([+-]\d+)?", page["hit_points_roll"]).groups()
            average = max(int(count) * (int(sides) + 1) // 2 + int(modifier or 0), 1)
            self.assertEqual((creatures[name + "-1"]["hp"], page["hit_points"]), (average, average), name)

    def test_monsters_to_be_looked_at_are_reported(self):
        zombie = next(item for item in items_of("monsters") if item["index"] == "zombie")
        def monster(index, **changed):
            return {**copy.deepcopy(zombie), "index": index, **changed}
        changed = [monster("tough", hit_points=23), monster("odd", hit_points_roll="lots"),
                   monster("bare", hit_dice=None), monster("con"), monster("two_words")]
        source = self.data_set(Monsters=[zombie, *changed])
        report = self.report(source=source)
        found = {entry["page"]: entry["why"] for entry in report["misprints"]}
        self.assertEqual(sorted(found), ["monsters/bare.yaml", "monsters/con.yaml", "monsters/odd.yaml",
                                         "monsters/tough.yaml"])  # "two words" is a name
        self.assertIn("23 hit points, and 3d8+9 are 22 on average", found["monsters/tough.yaml"])
        self.assertIn("hit_dice", found["monsters/bare.yaml"])
        self.assertIn("no command can name it", found["monsters/con.yaml"])
        self.assertIn("monsters/tough.yaml", self.init(source=source).stdout)

    def test_an_imported_attack_does_what_its_page_says(self):
        bat = next(item for item in items_of("monsters") if item["index"] == "bat")
        self.assertEqual(bat["actions"][0]["damage"][0]["damage_dice"], "1")
        fire = {"index": "fire", "name": "Fire", "url": "/api/2014/damage-types/fire"}
        cold = {"index": "cold", "name": "Cold", "url": "/api/2014/damage-types/cold"}
        options = [{"option_type": "damage", "damage_type": kind, "damage_dice": "2d1"} for kind in (fire, cold)]
        dragonet = {**copy.deepcopy(bat), "index": "dragonet", "name": "Dragonet", "actions": [
            {"name": "Breath", "desc": "One of two.", "attack_bonus": 40, "damage": [
                {"damage_dice": "1", "damage_type": fire},
                {"choose": 1, "type": "damage", "from": {"option_set_type": "options_array", "options": options}}]}]}
        types = [{"index": name, "name": name} for name in ("fire", "cold")]
        self.init(source=self.data_set(Monsters=[bat, dragonet], Damage_Types=types))
        self.create()
        (self.data / "monsters/wall.yaml").write_text(
            (self.data / "monsters/bat.yaml").read_text().replace("hit_points: 1\n", "hit_points: 9\n"))
        self.play("encounter start with: dragonet and: wall", "attack by: dragonet-1 with: breath to: wall-1", "damage",
                  options=["--seed", "1"])
        self.assertEqual(self.hp("wall-1"), "6/9")

    def test_thousands_of_items_are_imported(self):
        """As many and as large as the whole public data set, from the part of it that is here."""
        files = {}
        for file in sorted(SRD.glob("5e-SRD-*.json")):
            items = json.loads(file.read_text())
            wanted = 340 if kind_of(file) == "monsters" else 120
            items += [{**items[0], "index": f"another-{number}", "more": "Text, and more of it. " * 150}
                      for number in range(wanted - len(items))]
            files[file.stem.removeprefix("5e-SRD-").replace("-", "_")] = items
        source = self.data_set(**files)
        self.assertGreater(sum(file.stat().st_size for file in source.iterdir()), 10_000_000)
        report = self.report(source=source)
        self.assertGreater(report["written"], 3_000)
        self.assertEqual((report["pages"], report["misprints"]), (report["written"], []))
        self.assertEqual(len(self.pages()), report["pages"])
        self.assertEqual(self.report(source=source)["written"], 0)

    def test_how_far_it_is_can_be_seen_on_a_terminal_only(self):
        controller, terminal = pty.openpty()
        ran = subprocess.run([DND, "init", "--from", SRD], cwd=self.home, env=self.environment,
                             stdout=subprocess.PIPE, stderr=terminal, timeout=300)
        os.close(terminal)
        drawn = everything_from(controller)
        os.close(controller)
        self.assertEqual(ran.returncode, 0)
        self.assertRegex(drawn, r"writing pages \[#*\.+\] +\d+ %")
        self.assertTrue(drawn.endswith("\r\033[K"), drawn)
        self.assertEqual(self.init("--force").stderr, "")


def everything_from(controller):
    """What was written to a terminal that nobody has open any more; it comes in pieces."""
    read = b""
    try:
        while piece := os.read(controller, 1 << 16):
            read += piece
    except OSError as why:
        if why.errno != errno.EIO:
            raise
    return read.decode()


def read_text(text):
    return yaml.load(text, READER)["value"]

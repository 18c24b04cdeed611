"""Backups: whole and consistent while somebody plays, and restored in one step or not at all."""
import gzip
import io
import json
import pathlib
import shutil
import tarfile
import threading

import yaml

from table import HERO, Table, digest


def contents(directory):
    """What is in a directory that a backup keeps: names and bytes, without locks and what is derived."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in sorted(pathlib.Path(directory).rglob("*"))
            if path.is_file() and ".jsonl." not in path.name}


class Backup(Table):
    def setUp(self):
        super().setUp()
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO)
        (self.campaign / "monsters/Ünhold.yaml").write_text("name: Unhold\nhit_points: 5\narmor_class: 9\n")
        self.play("add brunhild and: zombie", "damage to: zombie dice: 7d1 type: slashing")

    @property
    def world(self):
        return self.campaign.parent

    def back_up(self, *options):
        return json.loads(self.dnd("campaign", "backup", "Mine", "--json", *options).stdout)

    def restore(self, backup, *options, status=0):
        ran = self.dnd("campaign", "restore", backup, "--json", *options, status=status)
        answer = json.loads(ran.stdout)
        return answer if status == 0 else answer["error"]["message"]

    def repack(self, backup, change):
        """The backup with its files, a dict of names and bytes, changed by a function."""
        with tarfile.open(backup) as archive:
            files = {each.name: archive.extractfile(each).read() for each in archive}
        change(files)
        changed = self.home / "changed.tar.gz"
        with tarfile.open(changed, "w:gz") as archive:
            for name, data in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
        return changed

    def test_a_restored_campaign_is_what_was_saved(self):
        self.play("session save")
        saved = self.back_up()
        self.assertEqual(pathlib.Path(self.home / saved["backup"]).parent, self.world / "backups")
        self.assertEqual(saved["position"], len(self.events()))
        before, state = contents(self.campaign), self.load()
        shutil.rmtree(self.campaign)
        self.assertIsNone(self.restore(saved["backup"])["previous"])
        self.assertEqual(contents(self.campaign), before)
        self.assertEqual(self.load(), state)
        self.assertIsNotNone(self.load()["from_snapshot"])
        self.assertIn("agrees with the log", self.dnd("campaign", "verify", "Mine").stdout)
        self.play("damage to: zombie dice: 3d1 type: slashing")
        self.assertEqual(self.hp("zombie-1"), "12/22")

    def test_a_backup_is_restored_where_there_is_nothing_at_all(self):
        backup = self.home / "mine.tar.gz"
        self.back_up("--to", backup)
        shutil.rmtree(self.home / "worlds")
        self.restore(backup)
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.assertTrue((self.campaign / "spells").is_dir())

    def test_the_present_is_saved_before_the_past_takes_its_place(self):
        backup = self.back_up()["backup"]
        self.play("damage to: zombie dice: 5d1 type: slashing")
        (self.campaign / "characters/aldric.yaml").write_text(HERO)
        present = contents(self.campaign)
        restored = self.restore(backup)
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.assertFalse((self.campaign / "characters/aldric.yaml").exists())
        self.restore(restored["previous"])
        self.assertEqual(contents(self.campaign), present)
        self.assertEqual(self.hp("zombie-1"), "10/22")
        self.assertEqual(len(list((self.world / "backups").iterdir())), 3)

    def test_a_backup_can_be_restored_beside_the_campaign(self):
        backup = self.back_up()["backup"]
        before = digest(self.campaign)
        self.assertEqual(self.restore(backup, "--as", "Mine, once")["restored"], "Mine, once")
        self.assertEqual(digest(self.campaign), before)
        self.assertIn("Mine, once", self.dnd("campaign", "list").stdout)
        self.assertIn("Mine, once  (world default)", self.dnd("campaign", "load", "Mine, once").stdout)
        self.dnd("repl", "Mine, once", said="damage to: zombie dice: 1d1 type: slashing\n")
        self.assertEqual(self.hp("zombie-1"), "15/22")

    def test_a_fight_that_goes_on_is_saved_as_well(self):
        self.play("encounter start with: zombie-1 and: brunhild", "initiative by: brunhild 30", "turn",
                  "damage to: zombie dice: 2d1 type: slashing")
        state = self.load()["state"]
        backup = self.back_up()["backup"]
        self.play("encounter end")
        self.restore(backup)
        self.assertEqual(self.load()["state"], state)
        self.play("damage to: zombie dice: 2d1 type: slashing", "encounter end")
        self.assertEqual(self.hp("zombie-1"), "11/22")

    def test_a_backup_that_is_taken_while_somebody_plays_is_a_beginning_of_the_log(self):
        game = self.start("repl", "Mine", "--json", "--snapshots", "every-10")
        done = threading.Event()

        def play():
            number = 0
            while not done.is_set():
                number += 1
                # Commands of many events, which must be there as a whole or not at all, and fights that come and go.
                game.say("encounter start with: zombie and: goblin and: goblin")
                game.say(f'note "{number}"')
                game.say("encounter end")

        player = threading.Thread(target=play)
        player.start()
        try:
            saved = [self.back_up("--to", f"backup-{i}.tar.gz") for i in range(15)]
        finally:
            done.set()
            player.join()
        game.kill()
        self.assertGreater(len({each["position"] for each in saved}), 3)
        final = [json.loads(line) for line in
                 self.dnd("campaign", "log", "Mine", "--json").stdout.splitlines()]
        for i, each in enumerate(saved):
            self.restore(f"backup-{i}.tar.gz", "--as", f"Copy {i}")
            shown = self.dnd("campaign", "log", f"Copy {i}", "--json").stdout
            copy = [json.loads(line) for line in shown.splitlines()]
            self.assertEqual(len(copy), each["position"])
            self.assertEqual(copy, final[:len(copy)])
            cut = final[len(copy):]
            # A command's events have one time, or at least none of it is missing.
            self.assertFalse(cut and cut[0]["type"] in ("combatant_joined", "initiative_rolled"))
            self.dnd("campaign", "verify", f"Copy {i}")

    def test_a_damaged_backup_is_refused_and_nothing_changes(self):
        backup = self.home / "mine.tar.gz"
        self.back_up("--to", backup)
        whole = backup.read_bytes()
        before = digest(self.home / "worlds")
        damages = {"cut": whole[:len(whole) // 2], "cut at the end": whole[:-20], "empty": b"", "text": b"hello\n" * 99,
                   "bit": whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
                   "cut inside": gzip.compress(gzip.decompress(whole)[:2048])}
        for what, data in damages.items():
            with self.subTest(what):
                (self.home / "damaged.tar.gz").write_bytes(data)
                self.assertNotEqual(self.restore("damaged.tar.gz", status=1), "")
        self.assertNotEqual(self.restore("missing.tar.gz", status=1), "")
        self.assertEqual(digest(self.home / "worlds"), before)

    def test_a_backup_that_was_tampered_with_is_refused_and_nothing_changes(self):
        backup = self.home / "mine.tar.gz"
        self.back_up("--to", backup)

        def manifest(change):
            def edit(files):
                page = yaml.safe_load(files["backup.yaml"])
                change(page, files)
                files["backup.yaml"] = yaml.safe_dump(page).encode()
            return edit

        def escape(page, files):
            page["files"][0]["name"] = "../../escaped"
            files["../../escaped"] = files.pop("campaign.yaml")

        def swap(files):
            files["campaign.yaml"] = files["campaign.yaml"].replace(b"Mine", b"Nine")

        tricks = {"not a backup": lambda files: files.pop("backup.yaml"),
                  "another form": manifest(lambda page, files: page.update(format="dnd campaign backup 99")),
                  "a path that leads out": manifest(escape),
                  "a changed page": swap,
                  "a missing page": lambda files: files.pop("characters/brunhild.yaml"),
                  "an additional page": lambda files: files.update({"spells/x.yaml": b"name: x\n"}),
                  "another number of events": manifest(lambda page, files: page.update(position=3)),
                  "another campaign": manifest(lambda page, files: page.update(id="Other-1"))}
        before = [digest(self.campaign), contents(self.home / "worlds")]
        for what, change in tricks.items():
            with self.subTest(what):
                self.assertNotEqual(self.restore(self.repack(backup, change), status=1), "")
                shutil.move(self.home / "worlds", self.home / "elsewhere")
                self.restore(self.repack(backup, change), status=1)
                self.assertEqual([p for p in self.home.glob("worlds/*") if p.is_dir()], [])
                shutil.rmtree(self.home / "worlds", ignore_errors=True)
                shutil.move(self.home / "elsewhere", self.home / "worlds")
        self.assertEqual([digest(self.campaign), contents(self.home / "worlds")], before)
        self.assertFalse(list(self.home.parent.glob("escaped")))
        self.assertIn("restored", self.restore(self.repack(backup, lambda files: None)))

    def test_another_campaign_of_that_name_is_not_replaced(self):
        backup = self.home / "mine.tar.gz"
        self.back_up("--to", backup)
        shutil.rmtree(self.campaign)
        self.create()
        self.play("add goblin")
        before = digest(self.campaign)
        self.assertIn("--as", self.restore(backup, status=1))
        self.assertEqual(digest(self.campaign), before)

    def test_nobody_is_thrown_out_of_a_game(self):
        backup = self.back_up()["backup"]
        game = self.start("repl", "Mine", "--json")
        game.say("note x")
        before = digest(self.campaign)
        self.assertIn("open for writing", self.restore(backup, status=1))
        self.assertEqual(digest(self.campaign), before)
        self.assertTrue(game.say("note y")["ok"])

    def test_a_damaged_campaign_is_kept_as_it_is_when_its_backup_is_restored(self):
        backup = self.back_up()["backup"]
        damaged = self.log.read_bytes().replace(b'"total":7', b'"total":8')
        self.log.write_bytes(damaged)
        self.assertIn("damaged", self.dnd("campaign", "backup", "Mine", status=1).stderr)
        previous = self.restore(backup)["previous"]
        self.assertEqual(self.hp("zombie-1"), "15/22")
        with tarfile.open(self.home / previous) as archive:
            self.assertEqual(archive.extractfile("log.jsonl").read(), damaged)
        self.assertIn("damaged campaign", self.restore(previous, status=1))

    def test_a_backup_never_replaces_a_file(self):
        there = self.home / "there.tar.gz"
        there.write_text("precious")
        self.assertIn("exists already", self.dnd("campaign", "backup", "Mine", "--to", there, status=1).stderr)
        self.assertEqual(there.read_text(), "precious")
        self.assertEqual(len({self.back_up()["backup"] for _ in range(3)}), 3)
        self.assertFalse([path for path in self.world.rglob(".new-*")])

    def test_links_are_left_out_and_named(self):
        (self.campaign / "monsters/link.yaml").symlink_to("/etc/passwd")
        saved = self.back_up()
        self.assertEqual(saved["left_out"], ["monsters/link.yaml"])
        with tarfile.open(self.home / saved["backup"]) as archive:
            self.assertNotIn("monsters/link.yaml", archive.getnames())

    def test_a_campaign_cannot_be_called_like_the_directory_of_backups(self):
        self.assertIn("cannot be a name", self.dnd("campaign", "create", "Backups", status=2).stderr)

    def test_killed_at_any_step_the_old_campaign_or_the_new_one_is_there(self):
        backup = self.home / "mine.tar.gz"
        self.back_up("--to", backup)
        self.play("damage to: zombie dice: 5d1 type: slashing")
        present = contents(self.campaign)
        kept = self.home / "kept"
        shutil.copytree(self.home / "worlds", kept)

        def run(call, number):
            shutil.rmtree(self.home / "worlds")
            shutil.copytree(kept, self.home / "worlds")
            return self.killed_at(call, number, "campaign", "restore", backup).returncode

        if run("fsync", 10_000) != 0:
            self.skipTest("programs cannot be traced here")
        seen = []
        for call, step in [("renameat2", 1), ("mkdir", 20), ("fsync", 9), ("pwrite64", 3), ("unlink", 1), ("unlinkat", 9)]:
            number = 1
            while run(call, number) != 0:
                seen.append(self.hp("zombie-1"))
                if seen[-1] == "10/22":
                    self.assertEqual(contents(self.campaign), present)
                else:
                    self.assertEqual(seen[-1], "15/22")
                    [previous] = (self.world / "backups").glob("Mine-*.tar.gz")
                    self.dnd("campaign", "restore", previous, "--as", "Previous")
                    self.assertEqual(contents(self.world / "Previous")["log.jsonl"], present["log.jsonl"])
                # What a crash leaves behind is hidden, and in nobody's way.
                self.restore(backup)
                self.assertEqual(self.hp("zombie-1"), "15/22")
                number += step
        self.assertGreater(len(seen), 12)
        self.assertEqual(set(seen), {"10/22", "15/22"})

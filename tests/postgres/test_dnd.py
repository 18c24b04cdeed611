"""The example `dnd` with its campaigns on a PostgreSQL server, chosen by its configuration."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "examples/dnd/played"))
from server import SERVER, sql  # noqa: E402
from table import HERO, Table, digest  # noqa: E402

EVSTORE = os.environ["EVSTORE"]


class OnServer(Table):
    def setUp(self):
        super().setUp()
        self.prefix = f"dnd_test_{os.getpid()}"
        self.configure(f"postgres:{SERVER} schema={self.prefix}")
        self.addCleanup(self.remove_schemas)

    def configure(self, store):
        (self.home / "dnd.yaml").write_text("store: " + json.dumps(store) + "\n")

    def schemas(self):
        return sql(f"select nspname from pg_namespace where starts_with(nspname, '{self.prefix}')").split()

    def remove_schemas(self):
        for schema in self.schemas():
            sql(f'drop schema "{schema}" cascade')

    def address(self):
        schema, = self.schemas()
        return f"postgres:{SERVER} schema={schema}"

    def evstore(self, *arguments):
        subprocess.run([EVSTORE, *map(str, arguments)], check=True, capture_output=True, cwd=self.home)

    def test_the_zombie_keeps_its_wound_there_too(self):
        self.create()
        game = self.start("repl", "--json", "Mine")
        game.say("add zombie")
        game.say("encounter start with: zombie-1")
        self.assertTrue(game.say("damage to: zombie dice: 7d1 type: slashing")["ok"])
        game.process.kill()
        self.assertFalse(self.log.exists())
        self.assertEqual(self.fights(), [])
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.assertRegex(self.dnd("campaign", "load", "Mine").stdout, r"zombie-1\s+HP 15/22")
        self.assertEqual(sql(f"""select data ->> 'target' from "{self.schemas()[0]}".log
                                      where type = 'damage_dealt'"""), "zombie-1")
        self.dnd("campaign", "verify", "Mine")

    def test_it_goes_from_a_file_to_the_server_and_back_byte_for_byte(self):
        self.configure("files")
        self.create()
        self.play("add zombie", "damage to: zombie dice: 7d1 type: slashing", "note \"é \\\" \\\\ 日本\"", "session save")
        self.configure(f"postgres:{SERVER} schema={self.prefix}")
        refused = self.dnd("repl", "Mine", said="note x\n", status=1).stderr
        self.assertIn("evstore copy", refused)  # nobody begins anew by accident
        _, source, _, destination, _ = refused.split("evstore copy", 1)[1].split("'")
        self.evstore("copy", source, destination)
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.evstore("copy", self.address(), "back.jsonl")
        self.evstore("copy", self.log, "clean.jsonl")  # written in one go, as the other is
        self.assertEqual((self.home / "back.jsonl").read_bytes(), (self.home / "clean.jsonl").read_bytes())
        self.play("damage to: zombie dice: 5d1 type: slashing")
        self.assertEqual(self.hp("zombie-1"), "10/22")
        self.log.unlink()
        self.evstore("copy", self.address(), self.log)
        self.configure("files")
        self.assertEqual(self.hp("zombie-1"), "10/22")
        self.dnd("campaign", "verify", "Mine")

    def test_two_who_play_at_once_do_not_overwrite_each_other(self):
        self.create()
        self.play("add zombie")
        one, other = self.start("repl", "--json", "Mine"), self.start("repl", "--json", "Mine")
        self.assertTrue(one.say("status")["ok"])
        self.assertTrue(other.say("damage to: zombie dice: 7d1 type: slashing")["ok"])
        one.process.stdin.write(b"damage to: zombie dice: 1d1 type: slashing\n")
        one.process.stdin.close()
        self.assertIn("played on meanwhile", one.process.stdout.read().decode() + one.process.stderr.read().decode())
        self.assertEqual(self.hp("zombie-1"), "15/22")

    def test_a_backup_is_one_of_files_and_can_be_played(self):
        self.create()
        self.play("add zombie", "damage to: zombie dice: 7d1 type: slashing")
        self.dnd("campaign", "backup", "Mine", "--to", "saved.tar.gz")
        self.assertIn("backup of the server", self.dnd("campaign", "repair", "Mine", status=1).stderr)
        self.dnd("--store", "files", "--world", "other", "campaign", "restore", "saved.tar.gz")
        restored = self.dnd("--store", "files", "--world", "other", "campaign", "load", "Mine").stdout
        self.assertRegex(restored, r"zombie-1\s+HP 15/22")

    # Restoring onto the server.

    def back_up(self, *options):
        return json.loads(self.dnd("campaign", "backup", "Mine", "--json", *options).stdout)["backup"]

    def restore(self, backup, *options, status=0):
        answer = json.loads(self.dnd("campaign", "restore", backup, "--json", *options, status=status).stdout)
        return answer if status == 0 else answer["error"]["message"]

    def begin(self):
        """A zombie with 15 of its 22 hit points, and a page that only this campaign has."""
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO)
        self.play("add brunhild and: zombie", "damage to: zombie dice: 7d1 type: slashing")

    def shown_log(self, campaign="Mine"):
        shown = self.dnd("campaign", "log", campaign, "--json").stdout
        return [json.loads(line) for line in shown.splitlines()]

    def test_a_restored_campaign_is_what_was_saved_and_what_was_there_is_saved_first(self):
        self.begin()
        self.play("session save")
        before, state = self.shown_log(), self.load()["state"]
        backup = self.back_up()
        self.play("damage to: zombie dice: 5d1 type: slashing", "add goblin")
        (self.campaign / "characters/aldric.yaml").write_text(HERO)
        later = self.shown_log()
        restored = self.restore(backup)
        self.assertEqual((restored["restored"], restored["position"]), ("Mine", len(before)))
        self.assertEqual((self.shown_log(), self.load()["state"]), (before, state))
        self.assertIsNotNone(self.load()["from_snapshot"])
        self.assertFalse((self.campaign / "characters/aldric.yaml").exists())
        self.assertFalse(self.log.exists())
        self.assertIn("all of them whole", self.dnd("campaign", "verify", "Mine").stdout)
        self.play("damage to: zombie dice: 3d1 type: slashing")
        self.assertEqual(self.hp("zombie-1"), "12/22")
        self.restore(restored["previous"])
        self.assertEqual(self.shown_log(), later)
        self.assertTrue((self.campaign / "characters/aldric.yaml").exists())
        self.assertEqual(self.hp("zombie-1"), "10/22")
        self.assertFalse([path for path in self.campaign.parent.glob(".new-*")])

    def test_a_fight_that_went_on_in_a_file_goes_on_on_the_server(self):
        self.configure("files")
        self.begin()
        self.play("encounter start with: zombie-1 and: brunhild", "initiative by: brunhild 30", "turn",
                  "damage to: zombie dice: 2d1 type: slashing")
        self.assertTrue(self.fights())
        before, state = self.shown_log(), self.load()["state"]
        backup = self.back_up()
        self.configure(f"postgres:{SERVER} schema={self.prefix}")
        # The present is in a file still: that is what is saved.
        previous = self.restore(backup)["previous"]
        self.assertEqual((self.shown_log(), self.load()["state"]), (before, state))
        self.assertEqual((self.fights(), self.log.exists()), ([], False))
        self.play("damage to: zombie dice: 2d1 type: slashing", "encounter end")
        self.assertEqual(self.hp("zombie-1"), "11/22")
        self.restore(previous)
        self.assertEqual(self.load()["state"], state)

    def test_who_plays_while_it_is_restored_is_told_so(self):
        self.begin()
        backup = self.back_up()
        game = self.start("repl", "--json", "Mine")  # has as many events before it as the backup
        self.assertTrue(game.say("status")["ok"])
        self.restore(backup)
        game.process.stdin.write(b"note x\n")
        game.process.stdin.close()
        self.assertIn("played on meanwhile", game.process.stdout.read().decode() + game.process.stderr.read().decode())
        self.assertEqual(self.shown_log()[-1]["type"], "damage_dealt")
        self.play("note y")

    def test_everybody_is_led_to_the_restored_log_also_who_has_other_files(self):
        self.begin()
        backup = self.back_up()
        shutil.copytree(self.home / "worlds", self.home / "elsewhere")
        for wound in (3, 1, 2):
            self.play(f"damage to: zombie dice: {wound}d1 type: slashing")
            self.restore(backup)
        self.play("damage to: zombie dice: 4d1 type: slashing")
        there = ["--worlds-dir", "elsewhere"]
        self.assertRegex(self.dnd(*there, "campaign", "load", "Mine").stdout, r"zombie-1\s+HP 11/22")
        self.dnd(*there, "repl", "Mine", said="damage to: zombie dice: 1d1 type: slashing\n")
        self.dnd(*there, "campaign", "verify", "Mine")
        self.assertEqual(self.hp("zombie-1"), "10/22")

    def test_a_backup_is_restored_beside_the_campaign_into_a_log_of_its_own(self):
        self.begin()
        backup = self.back_up()
        self.restore(backup, "--as", "Once")
        self.dnd("repl", "Once", said="damage to: zombie dice: 5d1 type: slashing\n")
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.assertEqual(len(self.shown_log("Once")), len(self.shown_log()) + 1)

    def test_it_is_restored_where_files_and_server_have_nothing(self):
        self.begin()
        before = self.shown_log()
        backup = self.home / "mine.tar.gz"
        self.back_up("--to", backup)
        shutil.rmtree(self.home / "worlds")
        self.remove_schemas()
        self.assertIsNone(self.restore(backup)["previous"])
        self.assertEqual(self.shown_log(), before)
        # The server is lost, and the files are not.
        self.remove_schemas()
        self.assertIn("restore a backup", self.dnd("repl", "Mine", status=1).stderr)
        self.assertIsNotNone(self.restore(backup)["previous"])
        self.assertEqual(self.shown_log(), before)

    def test_what_cannot_be_restored_leaves_nothing_on_the_server(self):
        self.begin()
        backup = self.home / "mine.tar.gz"
        self.back_up("--to", backup)
        (self.home / "damaged.tar.gz").write_bytes(backup.read_bytes()[:-30])
        before = self.schemas(), digest(self.campaign)
        self.restore("damaged.tar.gz", status=1)
        backups = self.campaign.parent / "backups"
        backups.write_text("in the way of saving the present")
        self.restore(backup, status=1)
        backups.unlink()
        self.assertEqual((self.schemas(), digest(self.campaign)), before)
        self.dnd("campaign", "create", "Other")
        other = self.home / "other.tar.gz"
        self.dnd("repl", "Other", said="note x\n")
        self.dnd("campaign", "backup", "Other", "--to", other)
        self.assertIn("--as", self.restore(other, "--as", "Mine", status=1))

    def test_a_damaged_log_on_the_server_stays_there_when_a_backup_takes_its_place(self):
        self.begin()
        backup = self.back_up()
        damaged, = self.schemas()
        sql(f"""update "{damaged}".events set data = '{{"nonsense":1}}' where type = 'damage_dealt'""")
        self.dnd("campaign", "load", "Mine", status=1)
        self.assertIsNotNone(self.restore(backup)["previous"])
        self.assertEqual(self.hp("zombie-1"), "15/22")
        self.assertEqual(sql(f"""select data from "{damaged}".events where type = 'damage_dealt'"""), '{"nonsense":1}')

    def test_killed_at_any_step_the_old_campaign_or_the_new_one_is_there(self):
        self.begin()
        backup = self.home / "mine.tar.gz"
        self.back_up("--to", backup)
        self.play("damage to: zombie dice: 5d1 type: slashing")
        (self.campaign / "characters/aldric.yaml").write_text(HERO)
        present = self.shown_log()
        original = self.address()
        kept = self.home / "kept"
        shutil.copytree(self.home / "worlds", kept)
        self.evstore("copy", original, "present.jsonl")

        def run(call, number):
            shutil.rmtree(self.home / "worlds")
            shutil.copytree(kept, self.home / "worlds")
            self.remove_schemas()
            self.evstore("copy", "present.jsonl", original)
            return self.killed_at(call, number, "campaign", "restore", backup).returncode

        if run("fsync", 10_000) != 0:
            self.skipTest("programs cannot be traced here")
        seen = []
        for call, step in [("renameat2", 1), ("sendto", 9), ("fsync", 29), ("unlinkat", 40)]:
            number = 1
            while run(call, number) != 0:
                world = digest(self.home / "worlds")
                log = self.shown_log()
                self.assertEqual(digest(self.home / "worlds"), world)  # who looks changes nothing
                if self.hp("zombie-1") == "10/22":
                    self.assertEqual(log, present)
                else:
                    self.assertEqual(log, present[:-1])
                    saved = max((self.campaign.parent / "backups").glob("Mine-*.tar.gz"))
                    self.restore(saved, "--as", "Previous")
                    self.assertEqual(self.shown_log("Previous"), present)
                # Who plays on finds the pages that go with the log.
                self.play("note x")
                restored = self.hp("zombie-1") == "15/22"
                self.assertEqual((self.campaign / "characters/aldric.yaml").exists(), not restored)
                seen.append((call, restored))
                self.restore(backup)
                self.assertEqual(self.shown_log(), present[:-1])
                number += step
        self.assertEqual({restored for _, restored in seen}, {True, False})
        self.assertIn(("renameat2", True), seen)

    def test_a_store_that_makes_no_sense_is_refused_and_no_password_repeated(self):
        for store in ("mysql:host=x", "nonsense", f"postgres:{SERVER} password=hush",
                      "postgresql://ada:hush@localhost/games"):
            ran = self.dnd("--store", store, "campaign", "list", status=2)
            self.assertNotIn("hush", ran.stdout + ran.stderr)
        ran = self.dnd("--store", "postgres:host=/nowhere dbname=games", "campaign", "create", "Mine", status=1)
        self.assertIn("games", ran.stderr)
        self.assertIn("/nowhere", ran.stderr)


if __name__ == "__main__":
    unittest.main()

"""The example `dnd` with its campaigns on a PostgreSQL server, chosen by its configuration."""
import json
import os
import pathlib
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "examples/dnd/played"))
from server import SERVER, sql  # noqa: E402
from table import Table  # noqa: E402

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
        self.assertIn("--store files", self.dnd("campaign", "restore", "saved.tar.gz", status=1).stderr)
        self.assertIn("backup of the server", self.dnd("campaign", "repair", "Mine", status=1).stderr)
        self.dnd("--store", "files", "--world", "other", "campaign", "restore", "saved.tar.gz")
        restored = self.dnd("--store", "files", "--world", "other", "campaign", "load", "Mine").stdout
        self.assertRegex(restored, r"zombie-1\s+HP 15/22")

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

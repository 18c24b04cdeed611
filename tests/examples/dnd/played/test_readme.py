"""The README of the example says what is true."""
import re
import shlex

from table import BOOKS, Table


class Readme(Table):
    def setUp(self):
        super().setUp()
        self.text = (BOOKS.parent / "README.md").read_text()

    def test_its_first_lines_can_be_typed(self):
        block = re.search(r"```\n(.*?)```", self.text, re.DOTALL)[1]
        steps = []
        for line in block.splitlines():
            if line.startswith("dnd "):
                steps.append((shlex.split(line)[1:], []))
            elif line.startswith("    "):
                steps[-1][1].append(line.strip())
        shown = [self.dnd(*arguments, said="\n".join(lines)) for arguments, lines in steps]
        self.assertEqual("".join(ran.stderr for ran in shown), "")
        self.assertRegex(shown[-1].stdout, r"zombie-1\s+HP 15/22")

    def test_its_character_can_be_played(self):
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(re.search(r"```yaml\n(.*?)```", self.text, re.DOTALL)[1])
        self.assertIn("brunhild is here: Brunhild, AC 16, HP 28/28", self.play("add brunhild").stdout)

    def test_it_names_every_command_and_every_option(self):
        self.create()
        for line in self.play("help").stdout.splitlines():
            self.assertIn("`" + line.split("  ")[0], self.text)
        usage = self.dnd("--help").stdout
        for option in re.findall(r"--[a-z-]+", usage):
            if option not in ("--help", "--version"):
                self.assertIn(f"`{option}", self.text)

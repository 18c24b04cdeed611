"""The tutorial, line by line: what it says to type is typed, and what it shows must be what is shown.

With UPDATE_TUTORIAL=1 in the environment the answers in the file are written anew."""
import os
import pathlib
import re
import subprocess

from table import BOOKS, DND, Table

TUTORIAL = BOOKS.parents[2] / "docs/guides/dnd.md"

# Said after each line of a conversation, to find the end of the answer; it writes nothing and throws no dice.
QUESTION, ANSWER = "help quit", "quit\n    leave; everything is saved already\n"


class Line:
    """Something that is typed, with what is typed into it, and the answer that the tutorial shows."""

    def __init__(self, typed):
        self.typed, self.more, self.shown = typed, [], ""


def lines_of(block):
    lines = []
    for text in block.splitlines():
        if text.startswith("$ "):
            lines.append(Line(text[2:]))
        elif text.startswith("> "):
            lines[-1].more.append(Line(text[2:]))
        else:
            last = lines[-1]
            (last.more[-1] if last.more else last).shown += text + "\n"
    return lines


class Tutorial(Table):
    def run_in_shell(self, command, said=""):
        ran = subprocess.run(["bash", "-c", command], input=said, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, cwd=self.home, timeout=300,
                             env={**self.environment, "BOOKS": str(BOOKS),
                                  "PATH": f"{pathlib.Path(DND).resolve().parent}:{self.environment['PATH']}"})
        return ran.stdout

    def play(self, line):
        """Types a line, and fills in what the program answers: pairs of what is shown and what should be."""
        if "<<'" in line.typed:  # a file that is written
            text = "".join(more.typed + "\n" for more in line.more)
            return [(line.more[-1], self.run_in_shell(line.typed + "\n" + text))]
        if not line.more:
            return [(line, self.run_in_shell(line.typed))]
        said = "".join(f"{more.typed}\n{QUESTION}\n" for more in line.more[:-1]) + line.more[-1].typed + "\n"
        answers = self.run_in_shell(line.typed, said).split(ANSWER)
        self.assertEqual(len(answers), len(line.more), answers)
        return list(zip(line.more, answers))

    def test_every_line_can_be_typed_and_answers_what_the_page_says(self):
        text, update = TUTORIAL.read_text(), os.environ.get("UPDATE_TUTORIAL") == "1"
        blocks = re.findall(r"```console\n(.*?)```\n", text, re.DOTALL)
        self.assertGreater(len(blocks), 10)
        for block in blocks:
            lines = lines_of(block)
            for line in lines:
                for asked, answer in self.play(line):
                    wanted = re.escape(asked.shown).replace(re.escape("..."), ".*")
                    if update and not re.fullmatch(wanted, answer):
                        asked.shown = answer
                    elif not re.fullmatch(wanted, answer):
                        self.assertEqual(asked.shown, answer, f"the answer to: {asked.typed}")
            if update:
                told = "".join(f"$ {line.typed}\n{line.shown}" +
                               "".join(f"> {more.typed}\n{more.shown}" for more in line.more) for line in lines)
                text = text.replace(f"```console\n{block}```\n", f"```console\n{told}```\n")
        if update:
            TUTORIAL.write_text(text)
        self.assertGreater((self.home / "The-Lost-Mine.html").stat().st_size, 10_000)

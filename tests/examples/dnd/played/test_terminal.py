"""The conversation as a person has it: on a terminal, with an editor."""
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time

from table import DND, HERO, Table


class Terminal(Table):
    def converse(self, *keys, env=None):
        """Plays on a terminal: keys that are pressed at each prompt, or a signal. How it ended, and what was shown."""
        controller, terminal = pty.openpty()
        process = subprocess.Popen([DND, "repl", "Mine"], stdin=terminal, stdout=terminal, stderr=terminal,
                                   cwd=self.home, env={**self.environment, "TERM": "xterm", **(env or {})},
                                   start_new_session=True,
                                   preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(terminal)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        shown = b""

        def read_until(wanted):
            nonlocal shown
            seen = b""
            while wanted not in seen:
                ready, _, _ = select.select([controller], [], [], 60)
                if not ready:
                    self.fail(f"waited for {wanted} after {shown}")
                try:
                    part = os.read(controller, 4096)
                except OSError:
                    part = b""
                if not part:
                    break
                seen += part
                shown += part

        for key in keys:
            read_until(b"Mine> ")
            while termios.tcgetattr(controller)[3] & termios.ICANON:  # the editor is not listening yet
                time.sleep(0.01)
            if isinstance(key, signal.Signals):
                process.send_signal(key)
            else:
                os.write(controller, key)
        read_until(b"nothing more is ever shown")
        os.close(controller)
        return process.wait(timeout=60), shown.decode()

    def test_a_person_has_a_prompt_and_a_history(self):
        self.create()
        status, shown = self.converse(b"add zombie\r", b"\x1b[A\r", "note Mörk Borg 🐉\r".encode(), b"quit\r")
        self.assertEqual(status, 0)  # arrow up was the line before
        self.assertEqual(self.events()[-1]["data"]["text"], "Mörk Borg 🐉")
        self.assertIn("zombie-2 is here", shown)
        history = self.home / "nobody/.local/state/dnd/history"
        self.assertIn("add", history.read_text())

    def test_the_end_of_the_input_ends_the_conversation(self):
        self.create()
        self.assertEqual(self.converse(b"add zombie\r", b"\x04")[0], 0)
        self.assertEqual(self.hp("zombie-1"), "22/22")

    def test_an_interrupt_at_the_prompt_ends_it_and_loses_nothing(self):
        self.create()
        status, _ = self.converse(b"add zombie\r", b"\x03")
        self.assertEqual(status, 128 + signal.SIGINT)
        self.assertEqual(self.hp("zombie-1"), "22/22")

    def test_being_asked_to_stop_at_the_prompt_loses_nothing(self):
        self.create()
        status, _ = self.converse(b"add zombie\r", signal.SIGTERM)
        self.assertEqual(status, 128 + signal.SIGTERM)
        self.assertEqual(self.hp("zombie-1"), "22/22")

    def test_the_tabulator_completes_commands_labels_and_names(self):
        self.create()
        status, shown = self.converse(b"ad\tzom\t\r",                          # add zombie
                                      b"dam\tto\tzom\td\t7d1 ty\tsla\t\r",     # damage to: zombie-1 dice: 7d1 type: slashing
                                      b"quit\r")
        self.assertEqual(status, 0)
        self.assertEqual(self.hp("zombie-1"), "15/22", shown)

    def test_the_tabulator_lists_what_could_be_meant(self):
        self.create()
        _, shown = self.converse(b"he\tx\x7f\t\x15quit\r")
        self.assertRegex(shown, r"heal +help")

    def test_names_with_spaces_come_in_quotes(self):
        self.create()
        (self.campaign / "characters/old tom.yaml").write_text(HERO.replace("Brunhild", "Old Tom"))
        _, shown = self.converse(b"add ol\t\r", b"give \"silver key\" to: \"ol\t\r", b"take sil\tfr\tol\t\r",
                                 b"quit\r")
        self.assertEqual(self.types()[1:], ["creature_added", "inventory_changed", "inventory_changed"], shown)
        self.assertIn("old-tom loses silver key", shown)

    def test_there_are_colours_on_a_terminal_only(self):
        self.create()
        lines = [b"add zombie\r", b"damage to: zombie dice: 7d1 type: slashing\r", b"bite\r", b"quit\r"]
        _, shown = self.converse(*lines)
        self.assertRegex(shown, "\x1b\\[31mzombie-1 takes 7 slashing damage.*\x1b\\[0m")
        self.assertIn("\x1b[31merror:\x1b[0m", shown)
        for quiet in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            _, shown = self.converse(*lines, env=quiet)
            self.assertIn("zombie-2 is here", shown.replace("zombie-3", "zombie-2"))
            self.assertNotIn("\x1b[31m", shown)
        for options in ([], ["--json"]):
            ran = self.dnd("repl", "Mine", *options, said="damage to: zombie-1 dice: 1d1 type: fire\nbite\n", status=None)
            self.assertNotIn("\x1b", ran.stdout + ran.stderr)
        self.assertNotIn("\x1b", self.dnd("campaign", "log", "Mine").stdout)

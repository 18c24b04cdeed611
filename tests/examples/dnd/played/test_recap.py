"""A session, retold: what is said must be what the log says."""
import json
import re

from table import HERO, Table, digest

EVENING = ["add brunhild and: Aldric", 'session start "Ashes of the mine"', 'note "The door is cold to the touch."',
           "encounter start with: brunhild and: aldric and: zombie and: zombie and: goblin",
           "initiative by: brunhild 30", "initiative by: aldric 29", "turn",
           "attack by: brunhild to: zombie-1 dice: 1d1+20", "damage dice: 7d1 type: slashing",
           "turn", "attack by: aldric to: zombie-1 dice: 1d1+20", "damage dice: 15d1 type: radiant",
           "turn", "damage to: aldric with: pit-trap dice: 40d1 type: piercing",
           "turn", "turn", "turn", "heal to: aldric amount: 5",
           "attack by: brunhild to: goblin-1 dice: 1d1+20", "damage dice: 9d1 type: slashing",
           "encounter end", "rest short by: brunhild", "rest short by: aldric", "level-up by: brunhild",
           "level-up by: aldric", "give torch to: aldric", "give torch to: aldric", "give rope to: aldric",
           "session end", 'session start "Later"', 'note "Nothing happened"']


class Recap(Table):
    def setUp(self):
        super().setUp()
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO + "level: 3\n")
        (self.campaign / "characters/aldric.yaml").write_text(HERO.replace("Brunhild", "Aldric the Wise") + "level: 3\n")
        self.play(*EVENING, options=["--seed", "7"])

    def recap(self, *options):
        return json.loads(self.dnd("campaign", "recap", "Mine", "--json", *options).stdout)

    def prose(self, *options):
        return "\n".join(text for part in self.recap(*options)["parts"] for text in part["paragraphs"])

    def test_a_session_is_told_in_the_order_in_which_it_happened(self):
        told = self.prose("--session", 1)
        at = 0
        for sentence in ["Aldric the Wise (level 3) and Brunhild (level 3) were at the table.",
                         "The game master noted: “The door is cold to the touch.”",
                         "Brunhild and Aldric faced two zombies and a goblin. Brunhild acted first.",
                         "In the first round first blood was drawn when Brunhild hit Zombie 1 with a longsword for 7 slashing",
                         "Aldric felled Zombie 1 with a longsword, for 15 radiant damage, the heaviest blow of the fight.",
                         "Aldric took 40 piercing damage from pit trap and went down.",
                         "In the second round Aldric was brought back with five hit points.",
                         "Brunhild struck down the goblin with a longsword, for 9 slashing damage.",
                         "After two rounds it was over, and Zombie 1 and the goblin lay dead.",
                         "Of the damage, Brunhild dealt 14 and took none; Aldric dealt 15 and took 28.",
                         "Brunhild and Aldric took a short rest.", "Brunhild and Aldric reached level 4.",
                         "Aldric received two torches and a rope.",
                         "When the session ended, Aldric had 12 of 35 hit points and Brunhild was unhurt."]:
            self.assertIn(sentence, told[at:])
            at = told.index(sentence, at)

    def test_figures_fights_and_moments_are_what_the_log_says(self):
        told = self.recap("--session", 1)
        figures = {who["creature"]: who for who in told["figures"]}
        self.assertEqual(figures["brunhild"]["counts"]["dealt"], 14)  # 16, of which 2 were more than the goblin had left
        self.assertEqual(figures["brunhild"]["counts"]["felled"], 1)
        self.assertEqual(figures["aldric"]["counts"], {"dealt": 15, "taken": 28, "healed": 5, "attacks": 1, "hits": 1,
                                                       "criticals": 0, "natural_ones": 0, "felled": 1, "fell": 1})
        self.assertEqual(figures["aldric"]["end"], {"hp": 12, "max_hp": 35, "level": 4})
        said = sum(e["data"]["total"] for e in self.events() if e["type"] == "damage_dealt")
        self.assertEqual(sum(who["counts"]["taken"] for who in figures.values()), said - 2 - 12)  # beyond 0 hit points
        [fight] = told["fights"]
        self.assertEqual((fight["encounter"], fight["over"], fight["rounds"], fight["down"]),
                         (1, True, 2, ["zombie-1", "goblin-1"]))
        by_position = {event["position"]: event["type"] for event in self.events()}
        for moment in told["moments"]:
            self.assertIn(by_position[moment["position"]],
                          ("attack_made", "damage_dealt", "healed", "leveled_up", "world_event_noted"))
            self.assertRegex(moment["text"], r"[^.”]\.$|[.!?]”$")
        self.assertEqual((told["from"], told["to"]), tuple(
            next(e["position"] for e in self.events() if e["type"] == kind)
            for kind in ("session_started", "session_ended")))

    def test_of_a_short_fight_every_hit_is_told_and_of_a_long_one_what_matters(self):
        for foe, blows, told in [("bat", 1, 1), ("ogre", 3, 3), ("owlbear", 30, 10)]:
            self.play(f"encounter start with: brunhild and: {foe}", "initiative", "turn",
                      *[f"attack by: brunhild to: {foe} dice: 1d1+20", "damage dice: 1d1 type: slashing"] * blows,
                      "encounter end", options=["--seed", "4"])
            self.assertEqual(self.prose().count(f"hit the {foe}") + self.prose().count(f"felled the {foe}"), told)

    def test_who_rests_twice_is_named_once(self):
        self.play("rest long by: aldric", "rest short by: brunhild", "rest short by: brunhild")
        self.assertIn("Brunhild took two short rests.", self.prose())
        self.play("rest short by: aldric", "damage to: brunhild dice: 1d1 type: fire",
                  "rest short by: brunhild hit-dice: 1", "rest short by: aldric hit-dice: 1",
                  "rest short by: brunhild hit-dice: 1")
        self.assertIn("Brunhild took two short rests and Aldric took a short rest: "
                      "Brunhild regained one hit point and Aldric was at the maximum.", self.prose())

    def test_without_a_number_the_last_session_is_told(self):
        self.assertEqual(self.recap(), self.recap("--session", 2))
        self.assertIn("The last session had left its marks: Aldric had 12 of 35 hit points.", self.prose())
        self.assertEqual(self.recap()["title"], "Later")
        self.assertFalse(self.recap()["over"])

    def test_equal_logs_are_told_equally_and_fit_the_terminal(self):
        shown = self.dnd("campaign", "recap", "Mine", "--session", 1).stdout
        self.assertEqual(shown, self.dnd("campaign", "recap", "Mine", "--session", 1).stdout)
        self.assertLessEqual(max(map(len, shown.splitlines())), 80)
        self.assertRegex(shown, r"\AMine\nSession 1, “Ashes of the mine”\n\d+ \w+ \d{4}, \d\d:\d\d to \d\d:\d\d UTC\n")

    def test_natural_twenties_and_ones_are_remembered(self):
        self.play("add zombie", *["roll by: brunhild d20"] * 100, options=["--seed", "3"])
        naturals = [e["data"]["kept"][0] for e in self.events() if e["type"] == "dice_rolled"]
        twenties, ones = naturals.count(20), naturals.count(1)
        self.assertGreater(twenties * ones, 0)
        said = re.search(r"The dice showed (\w+) natural 20s? and (\w+) natural 1s?\.", self.prose())
        words = "no one two three four five six seven eight nine ten eleven twelve".split()
        self.assertEqual([words[twenties], words[ones]], [said[1], said[2]])

    def test_what_was_undone_did_not_happen(self):
        before = self.recap()
        self.play("damage to: brunhild dice: 9d1 type: fire", "undo")
        after = self.recap()
        self.assertGreater(after["to"], before["to"])
        for told in (before, after):
            del told["to"], told["ended"]
        self.assertEqual(after, before)

    def test_a_session_that_was_undone_is_no_session(self):
        self.play("session end", "session start", "note x", "undo steps: 2")
        self.assertEqual(self.recap()["session"], 2)
        self.assertIn("there are 0, 1 and 2", self.dnd("campaign", "recap", "Mine", "--session", 3, status=1).stderr)

    def test_a_fight_that_goes_on_is_told_as_one(self):
        self.play("encounter start with: zombie-2 and: brunhild", "initiative by: brunhild 30", "turn")
        self.assertIn("The fight is not over: this is round 1.", self.prose())

    def test_what_cannot_be_told_is_refused(self):
        self.assertIn("there are 0, 1 and 2", self.dnd("campaign", "recap", "Mine", "--session", 3, status=1).stderr)
        self.dnd("campaign", "create", "Empty")
        self.assertIn("nothing has happened yet", self.dnd("campaign", "recap", "Empty", status=1).stderr)

    def test_telling_writes_nothing(self):
        before = digest(self.campaign)
        self.dnd("campaign", "recap", "Mine")
        self.assertEqual(digest(self.campaign), before)

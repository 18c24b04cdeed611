"""Looking back: which events, and what changed between two points."""
import json

from table import HERO, Table, digest

EVENING = ["add brunhild", 'session start "Ashes"', 'note "The door is cold"',
           "encounter start with: brunhild and: zombie and: goblin", "initiative by: brunhild 25", "turn",
           "attack by: brunhild to: zombie dice: 1d1+20", "damage dice: 7d1 type: slashing", "turn", "turn", "turn",
           "damage to: goblin dice: 9d1 type: fire", "encounter end", "take rope from: brunhild", "session end",
           'session start "Second"', "level-up by: brunhild", "give torch to: brunhild"]


class History(Table):
    def setUp(self):
        super().setUp()
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO + "level: 3\nequipment: [rope]\n")
        self.play(*EVENING, options=["--seed", "7"])

    def positions(self, *filters):
        shown = self.dnd("campaign", "log", "Mine", "--json", *filters).stdout
        return [json.loads(line)["position"] for line in shown.splitlines()]

    def where(self, kind):
        """The positions of the events of a type."""
        return [event["position"] for event in self.events() if event["type"] == kind]

    def diff(self, *points):
        return json.loads(self.dnd("campaign", "diff", "Mine", *points, "--json").stdout)

    def test_the_log_can_be_cut_by_position_and_from_its_end(self):
        everything = self.positions()
        self.assertEqual(everything, list(range(1, len(self.events()) + 1)))
        self.assertEqual(self.positions("--from", 5, "--to", 9), [5, 6, 7, 8, 9])
        self.assertEqual(self.positions("--last", 3), everything[-3:])
        self.assertEqual(self.positions("--to", 9, "--last", 2), [8, 9])
        self.assertEqual(self.positions("--last", 10_000), everything)
        self.assertEqual(self.positions("--last", 0), [])

    def test_the_log_can_be_cut_by_session(self):
        parts = [self.positions("--session", number) for number in (0, 1, 2)]
        self.assertEqual(sum(parts, []), self.positions())
        self.assertEqual(parts[1][0], self.where("session_started")[0])
        self.assertEqual(parts[1][-1], self.where("session_ended")[0])

    def test_the_log_can_be_cut_by_encounter_and_round(self):
        fight = self.positions("--encounter", 1)
        self.assertEqual([fight[0], fight[-1]], [self.where("encounter_started")[0], self.where("encounter_ended")[0]])
        first, *_, last = self.where("turn_started")
        self.assertEqual(self.positions("--round", 2)[0], last)
        self.assertEqual(self.positions("--round", 0)[-1] + 1, first)

    def test_the_log_can_be_asked_about_creatures_and_types(self):
        zombie = self.positions("--creature", "ZOMBIE")
        self.assertEqual(zombie, self.positions("--creature", "zombie-1"))
        self.assertEqual(zombie, [e["position"] for e in self.events() if "zombie-1" in e["data"].values()])
        both = self.positions("--creature", "goblin-1", "--creature", "zombie-1")
        self.assertEqual(both, sorted({*zombie, *self.positions("--creature", "goblin")}))
        self.assertEqual(self.positions("--type", "damage_dealt", "--type", "attack_made"),
                         sorted(self.where("damage_dealt") + self.where("attack_made")))
        self.assertEqual(self.positions("--type", "damage_dealt", "--creature", "zombie", "--encounter", "1"),
                         self.where("damage_dealt")[:1])

    def test_the_log_can_be_cut_by_time(self):
        times = [event["time"] for event in self.events()]
        self.assertEqual(self.positions("--since", times[4]),
                         [i + 1 for i, time in enumerate(times) if time >= times[4]])
        day, second = times[-1][:10], times[-1][:19].replace("T", " ")
        self.assertEqual(self.positions("--until", day), self.positions())
        self.assertEqual(self.positions("--until", second), self.positions())
        self.assertEqual(self.positions("--since", second + "Z"),
                         [i + 1 for i, time in enumerate(times) if time[:19] >= times[-1][:19]])
        self.assertEqual(self.positions("--until", "2001-01-01T00:00"), [])

    def test_a_filter_that_makes_no_sense_is_refused(self):
        for filters, status, why in [(["--type", "heald"], 2, "did you mean healed?"),
                                     (["--creature", "zombi"], 1, "did you mean Zombie?"),
                                     (["--since", "2026-1"], 2, "is no time"),
                                     (["--since", "2026-11-20T21"], 2, "is no time"),
                                     (["--since", "2026-13-45"], 2, "is no time"),
                                     (["--until", "2026-02-30"], 2, "is no time"),
                                     (["--since", "2026-02-28T25:61:00"], 2, "is no time"),
                                     (["--session", 7], 1, "there is no session 7; there are 0, 1 and 2"),
                                     (["--session", 7, "--last", 1], 1, "there is no session 7"),
                                     (["--encounter", 77], 1, "there is no encounter 77; there is only 1"),
                                     (["--from", 5, "--to", 4], 2, "no event is both")]:
            self.assertIn(why, self.dnd("campaign", "log", "Mine", *filters, status=status).stderr)

    def test_a_session_of_which_no_event_meets_the_other_filters_is_there_nevertheless(self):
        self.assertEqual(self.positions("--session", 2, "--type", "encounter_started"), [])
        self.assertEqual(self.positions("--session", 2, "--to", 3), [])
        self.assertEqual(self.positions("--encounter", 1, "--round", 99), [])

    def test_a_number_below_zero_is_wrong_usage(self):
        for words in (["log", "Mine", "--last", "-1"], ["log", "Mine", "--from", "-5"], ["log", "Mine", "--to", "-1"],
                      ["log", "Mine", "--session", "-1"], ["log", "Mine", "--encounter", "-1"],
                      ["log", "Mine", "--round", "-1"], ["recap", "Mine", "--session", "-1"], ["list", "--seed", "-1"]):
            ran = self.dnd("campaign", *words, status=2)
            self.assertIn(f'"{words[-1]}" is no whole number from 0 on', ran.stderr, words)

    def test_a_state_is_shown_at_any_point_that_has_a_name(self):
        at = lambda point, status=0: self.dnd("campaign", "state", "Mine", "--at-position", point, status=status)
        end = self.positions("--session", 1)[-1]
        self.assertEqual(at("session:1:end").stdout, at(end).stdout)
        self.assertEqual(at("now").stdout, self.dnd("campaign", "state", "Mine").stdout)
        self.assertIn("did you mean session:1?", at("sesion:1", 2).stderr)
        self.assertIn('"-1" is no point', at("-1", 2).stderr)

    def test_what_cannot_be_answered_is_said_in_json_too(self):
        for words, status, why in [(["state", "Nope"], 1, "Nope"), (["recap", "Mine", "--session", 9], 1, "no session 9"),
                                   (["log", "Mine", "--last", "-1"], 2, "no whole number"), (["laod", "Mine"], 2, "load"),
                                   (["load"], 2, "name is required"), (["log", "Mine", "--since", "soon"], 2, "is no time")]:
            ran = self.dnd("campaign", *words, "--json", status=status)
            [answer] = [json.loads(line) for line in ran.stdout.splitlines()]
            self.assertEqual((list(answer), answer["ok"], ran.stderr), (["ok", "error"], False, ""), words)
            self.assertIn(why, answer["error"]["message"])
            self.assertIn("dnd: ", self.dnd("campaign", *words, status=status).stderr)

    def test_a_session_is_compared_with_what_was_before_it(self):
        found = self.diff("session:1")
        self.assertEqual(found["session"], {"from": 0, "to": 1})
        self.assertEqual(found["fight"]["to"], {"encounter": 1, "active": False, "round": 0})
        self.assertEqual([who["creature"] for who in found["came"]], ["goblin-1", "zombie-1"])
        self.assertEqual(found["fell"], ["goblin-1"])
        [brunhild] = found["changed"]
        self.assertEqual(brunhild["items"], [{"item": "rope", "from": 1, "to": 0}])
        self.assertEqual(self.diff("session:0:end", "session:1:end"), found)

    def test_two_points_are_compared_in_the_order_of_the_log(self):
        found = self.diff("session:1:end", "now")
        self.assertEqual(found, self.diff("now", "session:1:end"))
        [brunhild] = found["changed"]
        self.assertEqual((brunhild["level"], brunhild["hit_dice"]), ({"from": 3, "to": 4}, {"from": 3, "to": 4}))
        self.assertEqual(brunhild["items"], [{"item": "torch", "from": 0, "to": 1}])
        shown = self.dnd("campaign", "diff", "Mine", "session:1:end").stdout
        self.assertRegex(shown, r"session +1 -> 2\n +brunhild +HP 28 -> \d+, at most 28 -> \d+, level 3 -> 4")
        self.assertRegex(self.dnd("campaign", "diff", "Mine", "7", "7").stdout, "nothing changed")

    def test_from_the_start_to_a_point_is_the_state_at_that_point(self):
        for position in range(len(self.events()) + 1):
            state = json.loads(self.dnd("campaign", "state", "Mine", "--at-position", position, "--json").stdout)
            found = self.diff("start", str(position))
            self.assertEqual({who["creature"]: who["hp"] for who in found["came"]},
                             {name: who["hp"] for name, who in state["creatures"].items()})

    def test_a_point_that_is_none_is_refused(self):
        for point, status, why in [("99", 2, "there is no 99"), ("session:7", 1, "there are 0, 1 and 2"),
                                   ("soon", 2, "is no point")]:
            self.assertIn(why, self.dnd("campaign", "diff", "Mine", point, status=status).stderr)

    def test_every_way_of_looking_back_answers_programs_in_json(self):
        end = len(self.events())
        for what, count, key in [
                (["log"], end, "position"), (["log", "--session", "2", "--type", "leveled_up"], 1, "position"),
                (["state"], 1, "creatures"), (["state", "--at-position", "5"], 1, "creatures"),
                (["diff", "session:1"], 1, "changed"), (["diff", "3", "9"], 1, "changed"),
                (["recap"], 1, "parts"), (["recap", "--session", "1"], 1, "figures"),
                (["report"], 1, "report"), (["load"], 1, "state_hash"), (["verify"], 1, "sound"),
                (["backup"], 1, "backup"), (["list"], 1, "slug")]:
            name = [] if what == ["list"] else ["Mine"]
            ran = self.dnd("campaign", what[0], *name, *what[1:], "--json")
            answers = [json.loads(line) for line in ran.stdout.splitlines()]
            self.assertEqual((len(answers), ran.stderr), (count, ""), what)
            self.assertTrue(all(key in answer for answer in answers), what)
        [undone] = [json.loads(line) for line in self.play("undo", options=["--json"]).stdout.splitlines()]
        self.assertEqual(undone["events"][0]["data"]["first"], end)

    def test_looking_back_writes_nothing(self):
        before = digest(self.campaign)
        self.dnd("campaign", "log", "Mine", "--last", "3")
        self.dnd("campaign", "diff", "Mine", "session:1")
        self.assertEqual(digest(self.campaign), before)

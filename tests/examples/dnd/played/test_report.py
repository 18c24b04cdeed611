"""The report: one page that needs nothing else, says what the log says, and is seen to be there."""
import collections
import html.parser
import json
import re
import unittest

from pictures import BROWSER, browse, picture_of
from table import HERO, Table, digest


class Page(html.parser.HTMLParser):
    """The elements of a page, which must be closed in order, and their text."""

    EMPTY = ("meta", "br")  # written by browsers without an end

    def __init__(self, text, checked=True):
        """`checked`: as the program writes it, each element with its end."""
        super().__init__()
        self.checked, self.open, self.elements, self.texts = checked, [], [], []
        self.feed(text)
        self.close()
        assert not self.open, self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if self.checked or tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag

    def handle_data(self, text):
        if text.strip() and self.open[-1] != "style":
            self.texts.append(text.strip())

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


class Drawn(Table):
    def setUp(self):
        super().setUp()
        self.create()
        (self.campaign / "characters/brunhild.yaml").write_text(HERO + "level: 3\n")
        (self.campaign / "characters/aldric.yaml").write_text(HERO.replace("Brunhild", "Aldric") + "level: 3\n")
        self.report = self.home / "Mine.html"

    def fight(self, *foes):
        self.play("add brunhild and: aldric", 'session start "Ashes"',
                  "encounter start with: brunhild and: aldric" + "".join(f" and: {foe}" for foe in foes),
                  "initiative", *["turn", "attack by: brunhild to: zombie-1 dice: 1d1+20",
                                  "damage dice: 5d1 type: slashing", "turn",
                                  "attack by: zombie-1 to: aldric dice: 1d1+20", "damage dice: 9d1 type: slashing"] * 4,
                  options=["--seed", "5"])

    def meet(self, evil):
        """Everything that people can name is named so."""
        (self.campaign / "monsters/evil.yaml").write_text(
            "name: " + json.dumps(evil) + "\nhit_points: 9\narmor_class: [{value: 9}]\nhit_dice: 2d8\n" +
            "".join(f"{ability}: 10\n" for ability in
                    "strength dexterity constitution intelligence wisdom charisma".split()))
        self.play("add brunhild", "session start " + json.dumps(evil), "note " + json.dumps(evil),
                  "encounter start with: brunhild and: evil", "initiative", "turn",
                  "attack by: brunhild to: evil-1 dice: 1d1+20", "damage dice: 9d1 type: slashing", "encounter end")
        self.assertEqual(self.load()["state"]["creatures"]["evil-1"]["hp"], 0)

    def draw(self, *options):
        self.dnd("campaign", "report", "Mine", *options)
        return self.report.read_text()

    def events_of_fight(self, kind):
        shown = self.dnd("campaign", "log", "Mine", "--type", kind, "--json").stdout
        return [json.loads(line) for line in shown.splitlines()]



class Report(Drawn):
    """The page as text."""

    def test_the_page_needs_nothing_else(self):
        self.fight("zombie", "goblin")
        text = self.draw()
        page = Page(text)
        self.assertEqual(page.all("script") + page.all("link") + page.all("img") + page.all("iframe"), [])
        for tag, attributes in page.elements:
            self.assertFalse({"src", "href", "xlink:href", "srcset", "onload", "onclick"} & set(attributes), tag)
        self.assertNotIn("://", text)
        self.assertNotIn("url(", text)
        self.assertNotIn("@import", text)
        [policy] = [meta["content"] for meta in page.all("meta") if meta.get("http-equiv") == "Content-Security-Policy"]
        self.assertEqual(policy, "default-src 'none'; style-src 'unsafe-inline'")

    def test_the_page_says_what_the_log_says(self):
        self.fight("zombie", "goblin")
        page = Page(self.draw())
        dealt, hp = collections.Counter(), {"aldric": 28, "zombie-1": 22}
        for event in map(lambda each: each["data"], self.events_of_fight("damage_dealt")):
            lost = min(event["total"], hp[event["target"]])
            dealt[event["target"]] += lost
            hp[event["target"]] -= lost
        self.assertEqual(self.events_of_fight("end_defied"), [])
        rows = {}
        for name in ("Brunhild", "Aldric", "The zombie"):
            at = page.texts.index(name, page.texts.index("Damage taken and dealt"))
            rows[name] = page.texts[at + 1:at + 3]
        self.assertEqual(rows["Aldric"], [str(dealt["aldric"]), "0"])
        self.assertEqual(rows["The zombie"], [str(dealt["zombie-1"]), str(dealt["aldric"])])
        self.assertEqual(rows["Brunhild"], ["0", str(dealt["zombie-1"])])
        shown = [text for text in page.texts if "felled the zombie" in text or "brought Aldric down" in text]
        self.assertTrue(shown)
        self.assertIn("Session 1, “Ashes”", page.texts)

    def test_what_a_blow_does_beyond_the_last_hit_point_is_not_counted(self):
        self.play("add brunhild", "encounter start with: brunhild and: zombie", "initiative by: brunhild 30", "turn",
                  "attack to: zombie dice: 1d1+20", "damage dice: 100d1 type: radiant")
        texts = Page(self.draw()).texts
        at = texts.index("Brunhild", texts.index("Damage taken and dealt"))
        self.assertEqual(texts[at + 1:at + 3], ["0", "22"])

    def test_the_fallen_and_those_who_left_are_folded_away(self):
        self.play("add brunhild and: zombie and: goblin and: wolf", "remove wolf",
                  "damage to: goblin dice: 99d1 type: fire")
        text = self.draw()
        others = text[text.index('id="others"'):text.index('id="now"')]
        folded = others[others.index("<details>"):]
        self.assertIn("The fallen, and those who left", folded)
        self.assertEqual(["zombie-1" in folded, "goblin-1" in folded, "wolf-1" in folded], [False, True, True])
        self.assertNotIn("wolf-1", text[text.index('id="now"'):])

    def test_of_many_monsters_the_first_are_listed_and_the_others_counted(self):
        self.play("add brunhild", *["add goblin"] * 20)
        text = self.draw()
        self.assertIn("Not listed: eight goblins.", text)
        now = text[text.index('id="now"'):]
        self.assertEqual(re.findall(r"goblin-\d+", now), [f"goblin-{n}" for n in range(1, 13)])

    def test_every_drawing_says_in_words_what_it_shows(self):
        self.fight("zombie")
        page = Page(self.draw())
        self.assertEqual(page.all("html")[0]["lang"], "en")
        for svg in page.all("svg"):
            self.assertTrue(svg.get("aria-hidden") or svg.get("role") == "img", svg)
        self.assertRegex(" ".join(page.texts), r"Brunhild came with 28 hit points and has 28 of 28\.")
        self.assertTrue(all(cell["scope"] for cell in page.all("th")))

    def test_a_fight_that_is_longer_than_the_page_is_wide_goes_on_below(self):
        self.play("add brunhild and: aldric", "encounter start with: brunhild and: aldric and: zombie and: goblin",
                  "initiative", *["turn"] * 60)
        turns = [svg for svg in Page(self.draw()).all("svg") if svg.get("aria-label", "").startswith("Turns")]
        self.assertEqual([svg["aria-label"] for svg in turns],
                         [f"Turns of encounter 1 from round {rounds}" for rounds in ("1 to 6", "7 to 12", "13 to 15")])
        self.assertLess(max(float(svg["width"]) for svg in turns), 800)

    def test_healing_is_a_deed_of_the_turn(self):
        self.play("add brunhild and: aldric", "encounter start with: brunhild and: aldric and: zombie", "initiative",
                  "turn", "heal to: aldric amount: 5", "damage to: aldric dice: 9d1 type: fire",
                  "heal to: aldric amount: 7")
        titles = [text for text in Page(self.draw()).texts if "round 1" in text]
        self.assertRegex(titles[0], r"^\S.*, round 1: 7 healed$")

    def test_names_cannot_become_markup(self):
        evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
        self.meet(evil)
        text = self.draw()
        page = Page(text)
        self.assertEqual(page.all("script") + page.all("img"), [])
        self.assertIn("&lt;script&gt;alert(1)&lt;/script&gt;", text)
        self.assertIn(f"Session 1, “{evil}”", "".join(page.texts))

    def test_equal_logs_give_equal_pages_and_writing_one_changes_nothing_else(self):
        self.fight("zombie")
        before = digest(self.campaign)
        self.assertEqual(self.draw(), self.draw())
        self.assertEqual(digest(self.campaign), before)

    def test_an_empty_campaign_has_a_page(self):
        self.assertIn("0 sessions", self.draw())

    def test_only_a_report_is_replaced(self):
        self.fight("zombie")
        self.report.write_text("my novel")
        ran = self.dnd("campaign", "report", "Mine", status=1)
        self.assertIn("--force", ran.stderr)
        self.assertEqual(self.report.read_text(), "my novel")
        self.draw("--force")
        self.draw()
        elsewhere = self.home / "elsewhere.html"
        answer = json.loads(self.dnd("campaign", "report", "Mine", "--out", elsewhere, "--json").stdout)
        self.assertEqual(answer, {"report": str(elsewhere), "position": self.load()["events"],
                                  "bytes": elsewhere.stat().st_size})
        self.assertEqual(elsewhere.read_text(), self.report.read_text())
        self.assertIn("is a directory", self.dnd("campaign", "report", "Mine", "--out", self.home, status=2).stderr)
        self.assertIn("no directory nowhere",
                      self.dnd("campaign", "report", "Mine", "--out", "nowhere/mine.html", status=1).stderr)

    def test_thousands_of_events_stay_a_page_that_can_be_read(self):
        fight = ["encounter start with: brunhild and: zombie and: zombie and: goblin and: goblin", "initiative"]
        for _ in range(120):
            fight += ["turn", "damage to: brunhild dice: 3d1 type: fire", "heal to: brunhild amount: 3"]
        self.play("add brunhild", "session start", *fight, "encounter end",
                  *["damage to: brunhild dice: 1d1 type: fire", "heal to: brunhild amount: 1"] * 1500,
                  *(["encounter start with: brunhild and: zombie", "encounter end"] * 30), options=["--seed", "5"])
        self.assertGreater(self.load()["events"], 3000)
        page = Page(self.draw())
        self.assertLess(self.report.stat().st_size, 600_000)
        self.assertLess(max(len(path.get("d", "")) for path in page.all("path")), 60_000)
        self.assertLess(len(page.elements), 6000)


@unittest.skipUnless(BROWSER, "there is no Chromium here (tools/install_dependencies)")
class Seen(Drawn):
    """The page in a browser."""

    def seen(self, width, height, *options):
        rows = picture_of(self.report, width, height, *options)
        self.assertEqual((len(rows[0]), len(rows)), (width, height))
        colours = collections.Counter(colour for row in rows[::2] for colour in row[::2])
        paper, count = colours.most_common(1)[0]
        # Neither blank nor a mess: most of it paper, a good deal of it not, in many shades.
        share = count / sum(colours.values())
        self.assertGreater(len(colours), 60)
        self.assertTrue(0.4 < share < 0.97, share)
        return paper, colours

    def test_it_is_seen_on_a_screen_and_on_a_telephone(self):
        self.fight("zombie", "goblin")
        self.draw()
        paper, colours = self.seen(1200, 900)
        self.assertEqual(paper, (0xFB, 0xF8, 0xF1))
        for line in ((0x24, 0x60, 0x8F), (0xB4, 0x53, 0x0F)):
            self.assertIn(line, colours)
        self.assertEqual(self.seen(390, 844)[0], paper)

    def test_it_is_dark_where_people_want_it_dark(self):
        self.fight("zombie", "goblin")
        self.draw()
        paper, colours = self.seen(1200, 900, "--blink-settings=preferredColorScheme=0")
        self.assertEqual(paper, (0x17, 0x14, 0x0F))

    def test_the_browser_finds_no_fault_and_every_part(self):
        self.fight("zombie", "goblin")
        self.draw()
        dom, said = browse(self.report, "--dump-dom")
        self.assertNotIn("CONSOLE", said)
        for part in ("hit-points", "damage", "fights", "moments", "sessions", "others", "now"):
            self.assertIn(f'<section id="{part}">', dom)
        self.assertEqual(len(re.findall(r'<path class="curve"', dom)), 2)

    def test_no_name_runs_in_a_browser(self):
        owned = "document.title='owned'"
        for evil in (f"<script>{owned}</script>", f"</title></style><script>{owned}</script>",
                     f"<img src=x onerror={owned}>", f"\" onmouseover={owned} autofocus onfocus={owned} x=\"",
                     f"<svg onload={owned}>", f"]]>--></svg><iframe srcdoc='<script>parent.{owned}</script>'>",
                     f"<a href=javascript:{owned}>", f"&lt;script&gt;{owned}&lt;/script&gt;"):
            self.setUp()  # another campaign
            self.meet(evil)
            text = self.draw()
            # The page must not depend on its own policy, which would forbid the scripts anyway.
            bare = self.home / "bare.html"
            bare.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text))
            self.assertNotEqual(bare.read_text(), text)
            for page in (self.report, bare):
                dom, said = browse(page, "--dump-dom")
                self.assertIn("<title>Mine</title>", dom)
                self.assertNotIn("CONSOLE", said)
                seen = Page(dom, checked=False)
                self.assertEqual(seen.all("script") + seen.all("img") + seen.all("iframe") + seen.all("a"), [])
                self.assertFalse([a for _, attributes in seen.elements for a in attributes if a.startswith("on")])
                self.assertIn(f"Session 1, “{evil}”", "".join(seen.texts))

    def test_nothing_sticks_out_of_a_telephone(self):
        self.fight("zombie", "goblin", "goblin", "goblin")
        text = self.draw()
        # A copy that may run a script, which writes down how wide it all is.
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
        measure = "<script>document.title = document.documentElement.scrollWidth</script></body>"
        copy = self.home / "measured.html"
        copy.write_text(text.replace("</body>", measure))
        for width in (390, 1200):
            dom, _ = browse(copy, "--dump-dom", width=width, height=844)
            self.assertEqual(re.search(r"<title>(\d+)</title>", dom)[1], str(width))

    def printed(self, page):
        """How many pages it is on paper, and how many bytes."""
        paper = self.home / "page.pdf"
        browse(page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
        data = paper.read_bytes()
        return len(re.findall(rb"/Type\s*/Page\b(?!s)", data)), len(data)

    def test_on_paper_nothing_is_folded_away(self):
        for evening in range(3):
            self.play("session start", *["note \"" + "So it goes. " * 20 + "\""] * 40, "session end")
        text = self.draw()
        self.assertEqual(text.count("<details>"), 2)
        opened = self.home / "opened.html"
        opened.write_text(text.replace("<details>", '<details open="">'))
        pages, size = self.printed(self.report)
        self.assertEqual(pages, self.printed(opened)[0])
        self.assertAlmostEqual(size, self.printed(opened)[1], delta=size // 100)
        ruleless = self.home / "ruleless.html"
        ruleless.write_text(text.replace("details::details-content", "details::nothing"))
        self.assertLess(self.printed(ruleless)[0], pages)

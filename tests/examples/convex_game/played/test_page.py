"""The page in browsers. EVSTORE_SCREENSHOTS names a folder in which pictures of it are left."""
import os
import pathlib
import tempfile
import unittest

from browser import BROWSER, Browser
from program import Game, as_bytes, as_integer

PLAYING = "document.querySelector('[data-testid=status]')?.innerText === 'playing'"
NAN = {"$float": "AAAAAAAA+H8="}
BOX_OF_RANGER = "document.querySelector('[data-testid=sprite-ranger]').getAttribute('style')"
LEFT_OF_RANGER = "document.querySelector('[data-testid=sprite-ranger]').style.left"
IS_TURN = "document.querySelector('.turn')?.innerText === 'Turn %d of 8'"
ENTRIES = "[...document.querySelectorAll('[data-testid=games] li')].map((each) => each.innerText)"
PICTURES_LOADED = ("[...document.querySelectorAll('.scene img')].length >= 6 && "
                   "[...document.querySelectorAll('.scene img')].every((each) => each.complete && each.naturalWidth > 0)")


@unittest.skipUnless(BROWSER, "there is no Chromium here (tools/install_dependencies)")
class Pages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.browser = Browser()
        self.addCleanup(self.browser.close)

    def start(self, *options):
        game = Game(self.folder, *(options or ("--demo", "--pause", "0")))
        self.addCleanup(game.end)
        return game

    def open(self, game):
        page = self.browser.open(game.address + "/")
        page.wait(PLAYING)
        page.wait(PICTURES_LOADED)
        return page

    def shoot(self, page, name):
        if folder := os.environ.get("EVSTORE_SCREENSHOTS"):
            page.wait("document.getAnimations().every((each) => each.playState !== 'running' || each.effect.getTiming().iterations === Infinity)")
            pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
            page.shoot(pathlib.Path(folder, name + ".png"))

    def say(self, page, text):
        page.click("say")
        page.type(text)
        page.press_enter()

    def test_two_browsers_see_what_the_other_does(self):
        game = self.start()
        ada, bob = self.open(game), self.open(game)
        before = bob.value(LEFT_OF_RANGER)
        ada.click("sprite-ranger")
        self.shoot(ada, "chosen")
        ada.click("scene", 0.33, 0.93)
        bob.wait(f"{LEFT_OF_RANGER} !== {before!r}")
        self.assertEqual(ada.wait(LEFT_OF_RANGER), bob.value(LEFT_OF_RANGER))
        self.say(bob, "Behind you!")
        ada.wait_text("messages", "Behind you!")
        bob.wait_text("messages", "Behind you!")
        ada.click("strike-wolf")
        bob.wait_text("messages", "Ranger strikes at Snow wolf: ")
        ada.click("end-turn")
        for each in (ada, bob):
            each.wait(IS_TURN % 2)
            each.wait_text("messages", "Ice golem comes nearer.")
            each.wait_text("messages", "Turn 2 of 8.")
        self.assertEqual(ada.text("messages"), bob.text("messages"))
        self.assertEqual(ada.text("card-wolf").split("\n")[1:2], bob.text("card-wolf").split("\n")[1:2])
        self.shoot(ada, "ada")
        self.shoot(bob, "bob")
        self.assertEqual(self.browser.errors, [])

    def test_a_game_is_watched_while_it_is_made(self):
        game = self.start("--pause", "700")
        page = self.browser.open(game.address + "/")
        page.wait("document.body.innerText.includes('There is no game yet.')")
        page.value("""window.told = []; new MutationObserver(() => {
            const progress = document.querySelector('[data-testid=progress]')?.innerText;
            if (progress && window.told.at(-1) !== progress) window.told.push(progress);
        }).observe(document.body, {subtree: true, childList: true, characterData: true}); true""")
        page.click("make")
        page.wait_text("veil", "A new game is being made")
        page.wait("document.querySelector('.background')?.naturalWidth > 0")  # painted, before all is ready
        self.assertEqual(page.text("status"), "being made")
        self.shoot(page, "generating")
        page.wait(PLAYING)
        page.wait(PICTURES_LOADED)
        told = page.value("window.told")
        self.assertGreater(len(told), 2)
        self.assertEqual(told[-1], "Writing the rules...")
        game.act("demo:generate")
        page.wait(f"{ENTRIES}.length === 2 && {ENTRIES}[0].includes('playing') && {ENTRIES}[1].includes('set aside')")
        page.wait(PLAYING)
        page.wait(PICTURES_LOADED)
        self.shoot(page, "two-games")

    def test_a_game_that_was_set_aside_is_said_to_be_and_can_be_played_on(self):
        game = self.start()
        page = self.open(game)
        first = game.query("games:get")["_id"]
        game.mutate("games:create", state={}, rules="", isActive=False, status="idle")  # which has no name
        game.act("demo:generate")
        page.wait(f"{ENTRIES}.length === 3 && {ENTRIES}[0].includes('playing')")
        self.assertRegex(page.value(f"{ENTRIES}[1]"), r"Game of \d\d:\d\d.*\n.*not begun")
        page.value("document.querySelectorAll('[data-testid=games] button')[2].click()")
        page.wait("document.querySelector('[data-testid=status]').innerText === 'set aside'")
        page.wait_text("hint", "This game is set aside.")
        with self.assertRaisesRegex(RuntimeError, "not being played"):
            game.mutate("play:endTurn", gameId=first)
        page.click("resume")
        page.wait(PLAYING)
        page.click("end-turn")
        page.wait(IS_TURN % 2)
        self.assertEqual(self.browser.errors, [])

    def change(self, game, **figures):
        """The strength of figures."""
        now = game.query("games:get")
        for name, hp in figures.items():
            now["state"]["entities"][name]["hp"] = hp
        game.mutate("games:updateState", gameId=now["_id"], newState=now["state"])

    def test_it_can_be_won_and_lost_and_played_again(self):
        game = self.start()
        page, other = self.open(game), self.open(game)
        self.change(game, golem=0, grey_wolf=0, wolf=1)
        page.wait("document.querySelector('.card.down[data-testid=card-golem]') !== null")
        page.click("card-ranger", 0.5, 0.2)
        page.click("sprite-wolf")  # who stands in reach
        for each in (page, other):
            each.wait_text("veil", "The pass is held!")
            each.wait_text("messages", "and Snow wolf goes down.")
            self.assertEqual(each.text("status"), "won")
            each.wait(f"{ENTRIES}[0].includes('won')")
        self.assertTrue(page.value("document.querySelector('[data-testid=end-turn]').disabled"))
        self.shoot(page, "won")
        page.click("again")
        page.wait(f"{ENTRIES}.length === 2 && {ENTRIES}[0].includes('playing')")
        page.wait(PLAYING)
        page.wait(PICTURES_LOADED)
        self.change(game, ranger=0, mage=1)
        page.wait("document.querySelector('.card.down[data-testid=card-ranger]') !== null")
        page.click("end-turn")
        page.wait_text("veil", "The pass is lost.")
        self.assertEqual(page.text("status"), "lost")
        self.shoot(page, "lost")
        self.assertEqual(self.browser.errors, [])

    def test_it_can_be_played_with_the_keyboard_alone(self):
        game = self.start()
        page = self.open(game)
        page.value("document.querySelector('[data-testid=card-ranger] .who').focus()")
        page.press_enter()
        page.wait("document.querySelector('[data-testid=sprite-ranger]').ariaPressed === 'true'")
        for key, code in (("ArrowRight", 39), ("ArrowDown", 40)):
            before = page.value(BOX_OF_RANGER)
            page.press(key, code)
            page.wait(f"{BOX_OF_RANGER} !== {before!r}")
        page.wait(f"fetch('/api/query?path=games:get').then((each) => each.json()).then(({{value}}) => value.state.entities.ranger.pixel_box[1] === 290)")
        for _ in range(20):  # to where the strike is, as one gets there with Tab
            page.press("Tab", 9)
            if page.value("document.activeElement.dataset.testid") == "strike-wolf":
                break
        page.press_enter()
        page.wait_text("messages", "Ranger strikes at Snow wolf: ")

    def test_in_a_narrow_window_the_scene_comes_first_and_nothing_sticks_out(self):
        game = self.start()
        page = self.open(game)
        top_of = "document.querySelector('[data-testid=%s]').getBoundingClientRect().top"
        for width, height in ((390, 844), (320, 568), (800, 1000), (1080, 700), (1440, 900)):
            page.resize(width, height)
            for scheme in ("dark", "light"):
                page.prefer(scheme)
                with self.subTest(f"{width} {scheme}"):
                    self.assertLessEqual(page.value("document.scrollingElement.scrollWidth"), width)
                    self.assertLess(page.value(top_of % "scene"), height / 3)
                    if width < 1080:
                        self.assertLess(page.value(top_of % "messages"), page.value(top_of % "games"))
                    self.shoot(page, f"{width}-{scheme}")

    def test_no_state_takes_the_page_away(self):
        game = self.start()
        page = self.open(game)
        odd_entity = {"label": {}, "src": 7, "hp": "x", "maxHp": {}, "side": [], "pixel_box": {"0": 1}}
        for i, state in enumerate([
                None, 7, "x", [], [None], {"title": {"a": 1}, "turn": {}, "width": 0, "height": "x", "background": []},
                {"title": as_integer(7), "turn": as_bytes(b"x"), "entities": 7}, {"entities": {"a": None, "b": 7, "c": [], "d": odd_entity}},
                {"entities": [None, 7, {}, {"id": 7}, {"id": {}}, {"id": "a"}, {"id": "a"}, {"id": "b", "pixel_box": [1, 2, 3]}, {"name": "", "label": ""}]},
                {"entities": {"a": {"pixel_box": [0, 0, 50, NAN]}, "b": {"pixel_box": [9, 9, 1, 1], "hp": 5, "maxHp": 0}}}]):
            with self.subTest(state):
                one = game.mutate("games:reset", state=state, rules=f"odd {i}")
                for logs in ([{"toString": None}, None, 7], {"toString": None}, as_integer(1)):
                    game.mutate("games:updateState", gameId=one, summary=f"said {i}", logs=logs)
                page.wait(f"document.querySelectorAll('[data-testid=messages] li').length === 3 && "
                          f"document.querySelector('[data-testid=messages]').innerText.includes('said {i}')")
                page.wait(PLAYING)
        self.assertEqual(self.browser.errors, [])

    def test_an_address_that_names_no_game_is_told(self):
        game = self.start()
        gone = game.mutate("games:create", state=None, rules="", isActive=False, status="idle")
        game.mutate("games:remove", gameId=gone)
        for name, said in (("abc", "names no game"), (gone, "There is no such game.")):
            with self.subTest(name):
                page = self.browser.open(f"{game.address}/?game={name}")
                page.wait(f"document.body.innerText.includes({said!r})")

    def test_the_slider_shows_the_past_and_the_present_goes_on(self):
        game = self.start()
        page = self.open(game)
        self.say(page, "first")
        page.wait_text("messages", "first")
        page.click("end-turn")
        page.wait(IS_TURN % 2)
        page.wait("document.querySelector('[data-testid=time]').value === document.querySelector('[data-testid=time]').max")
        page.click("earlier")
        page.wait("document.querySelector('.past') !== null")
        page.wait(IS_TURN % 1)
        page.wait("!document.querySelector('[data-testid=messages]').innerText.includes('Turn 2')")
        page.wait_text("messages", "first")  # which was said last before the turn ended
        self.shoot(page, "past")
        self.assertTrue(page.value("document.querySelector('[data-testid=say]').disabled"))
        self.assertTrue(page.value("document.querySelector('[data-testid=end-turn]').disabled"))
        page.click("earlier")
        page.wait("!document.querySelector('[data-testid=messages]').innerText.includes('first')")
        game.mutate("play:endTurn", gameId=game.query("games:get")["_id"])
        page.value("document.querySelector('button.now').click()")
        page.wait(IS_TURN % 3)
        page.wait_text("messages", "first")

    def test_pages_go_on_after_the_program_was_killed(self):
        game = self.start()
        page = self.open(game)
        self.say(page, "before")
        page.wait_text("messages", "before")
        game.kill()
        page.wait("document.querySelector('[data-testid=connection]').innerText !== 'live'")
        self.say(page, "meanwhile")
        game.start()
        page.wait("document.querySelector('[data-testid=connection]').innerText === 'live'")
        page.wait("document.querySelector('[data-testid=messages]').innerText.includes('meanwhile')")
        one = game.query("games:get")["_id"]
        page.wait(f"fetch('/api/query', {{method: 'POST', body: JSON.stringify({{path: 'messages:list', args: [{{gameId: {one!r}}}]}})}})"
                  ".then((each) => each.json()).then((each) => each.value.some((said) => said.content === 'meanwhile'))")
        contents = [each["content"] for each in game.query("messages:list", gameId=one)]
        self.assertEqual(contents.count("before"), 1)
        self.assertEqual(contents.count("meanwhile"), 1)


if __name__ == "__main__":
    unittest.main()

"""The page that is committed is that of its sources."""
import hashlib
import pathlib
import unittest

WEB = pathlib.Path(__file__).parents[4] / "examples/convex_game/web"


class Built(unittest.TestCase):
    def test_the_page_was_built_from_what_is_here(self):
        digest = hashlib.sha256()
        for name in ["index.html", "package-lock.json", "vite.config.js", *sorted(f"src/{each.name}" for each in (WEB / "src").iterdir())]:
            digest.update(f"{name}\n".encode() + (WEB / name).read_bytes())
        self.assertEqual((WEB / "dist/sources.sha256").read_text().strip(), digest.hexdigest(),
                         "the sources have changed: cd examples/convex_game/web && npm ci && npm run build")


if __name__ == "__main__":
    unittest.main()

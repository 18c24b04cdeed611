#include "report/markup.hpp"
#include "report/step_path.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace dnd;

TEST_CASE("whatever is said comes out as text") {
  markup page;
  page.open("p", {{"title", "a\"b'c<d>&\x01"}}).text("<script>\"&'\x7f</script>\x02");
  CHECK(std::move(page).finish() ==
        "<!DOCTYPE html>\n<p title=\"a&quot;b&#39;c&lt;d&gt;&amp;\">"
        "&lt;script&gt;&quot;&amp;&#39;\x7f&lt;/script&gt;</p>\n");
}

TEST_CASE("a document closes what it opens, in order") {
  markup page;
  page.open("a").open("b").leaf("c", "x").shape("d", {{"e", "1"}}).close();
  CHECK(std::move(page).finish() == "<!DOCTYPE html>\n<a><b><c>x</c>\n<d e=\"1\"/></b>\n</a>\n");
}

TEST_CASE("numbers are short and the same everywhere") {
  CHECK(coordinate(1.0) == "1");
  CHECK(coordinate(2.0 / 3) == "0.67");
  CHECK(coordinate(-0.001) == "0");
  CHECK(percent(0.125) == "12.5%");
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1011) == "1,011");
  CHECK(grouped(-1234567) == "-1,234,567");
}

TEST_CASE("a line of hit points goes in steps to the end of the drawing") {
  const drawing_area area{100, 20, 0, 100, 20};
  CHECK(step_path({{0, 20, 20}, {50, 5, 20}}, area) == "M0 0H50V15H100");
  CHECK(step_path({}, area).empty());
}

TEST_CASE(
    "a line of a hundred thousand wounds is no longer than the drawing is wide, and hides no "
    "fall") {
  const drawing_area area{1000, 200, 0, 100'000, 100};
  std::vector<hp_mark> marks;
  for (int i = 0; i < 100'000; ++i)
    marks.push_back({static_cast<std::uint64_t>(i), i == 54'321 ? 0 : 60 + i % 40, 100});
  const std::string path = step_path(marks, area);
  CHECK(std::count(path.begin(), path.end(), 'V') <= 3 * 1001);
  CHECK(path.find("V200") != std::string::npos);
}

TEST_CASE("places outside of the drawing are at its edge") {
  const drawing_area area{100, 50, 10, 20, 30};
  CHECK(area.x(5) == 0);
  CHECK(area.x(99) == 100);
  CHECK(area.y(-5) == 50);
  CHECK(area.y(99) == 0);
  CHECK(drawing_area{100, 50, 7, 7, 1}.x(7) == 0);
}

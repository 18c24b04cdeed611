#include "language/completion.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

using namespace dnd;

namespace {

using words = std::vector<std::string>;

/// A table where Brunhild and two zombies are, one of them with an unwieldy name.
class small_table final : public vocabulary {
public:
  [[nodiscard]] words names(meaning what, std::string_view speaker) const override {
    switch (what) {
    case meaning::creature: return {"brunhild", "zombie-1", "zombie-2", "the \"old\" one"};
    case meaning::newcomer: return {"aldric", "zombie"};
    case meaning::combatant: return {"brunhild", "zombie-1", "aldric", "zombie"};
    case meaning::weapon: return speaker == "brunhild" ? words{"longsword"} : words{"slam", "bite"};
    case meaning::ability:
    case meaning::asked_ability: return {"con", "dex"};
    case meaning::damage_type: return {"fire", "slashing"};
    case meaning::condition: return {"prone"};
    case meaning::goods: return {"Rope, silk", "Rod"};
    case meaning::carried: return {"lantern"};
    case meaning::anything:
    case meaning::topic: break;
    }
    return {};
  }
};

completion at(std::string_view before_cursor) { return complete(before_cursor, small_table{}); }

words offered(std::string_view before_cursor) { return at(before_cursor).choices; }

} // namespace

TEST_CASE("a line begins with a command, in any case") {
  CHECK(offered("at") == words{"attack"});
  CHECK(offered("  AT") == words{"attack"});
  CHECK(at("  AT").at == 2);
  CHECK(offered("h") == words{"heal", "help", "hint"});
  CHECK(offered("x").empty());
  CHECK(offered("").size() > 15);
}

TEST_CASE("a command of two words is completed word by word") {
  CHECK(offered("enc") == words{"encounter"});
  CHECK(offered("encounter ") == words{"end", "start"});
  CHECK(offered("Rest l") == words{"long"});
  CHECK(offered("encounter strat ").empty());
  CHECK(offered("help enc") == words{"encounter"});
}

TEST_CASE("labels are offered as long as they can be said") {
  CHECK(offered("attack ") == words{"by:", "dice:", "rolled:", "to:", "with:"});
  CHECK(offered("attack by: brunhild ") == words{"dice:", "rolled:", "to:", "with:"});
  CHECK(offered("attack by: brunhild t") == words{"to:"});
  CHECK(offered("damage dice: 1d6 type: fire ") ==
        words{"dice:", "rolled:", "to:", "type:", "with:"});
  CHECK(offered("turn ").empty()); // by: GM goes without saying
  CHECK(offered("roll ") == words{"by:", "rolled:"});
}

TEST_CASE("a list goes on with and:") {
  CHECK(offered("add zombie ") == words{"and:"});
  CHECK(offered("add zombie and: z") == words{"zombie"});
  CHECK(offered("encounter start with: zombie a") == words{"and:"});
  CHECK(offered("attack by: brunhild to: zombie-1 ") == words{"and:", "dice:", "rolled:", "with:"});
  CHECK(offered("attack by: brunhild a").empty());
}

TEST_CASE("names are those that the label can have") {
  CHECK(offered("add a") == words{"aldric"});
  CHECK(offered("attack by: b") == words{"brunhild"});
  CHECK(offered("attack by:b") == words{"brunhild"});
  CHECK(at("attack by:b").at == 10);
  CHECK(offered("attack to: ZOM") == words{"zombie-1", "zombie-2"});
  CHECK(offered("encounter start with: z") == words{"zombie", "zombie-1"});
  CHECK(offered("damage dice: 1d6 + 2 type: s") == words{"slashing"});
  CHECK(offered("ask check: c") == words{"con"});
  CHECK(offered("ask check: con of: zombie-1 dc: 12 fails: ") == words{"prone"});
  CHECK(offered("check d") == words{"dex"});
  CHECK(offered("take l") == words{"lantern"});
}

TEST_CASE("weapons are those of whoever attacks") {
  CHECK(offered("attack by: brunhild with: ") == words{"longsword"});
  CHECK(offered("attack with: ") == words{"bite", "slam"});
}

TEST_CASE("names with spaces are put in quotes, and found with and without one") {
  CHECK(offered("give ro") == words{"\"Rope, silk\"", "Rod"});
  CHECK(offered("give \"rop") == words{"\"Rope, silk\""});
  CHECK(at("give \"rope, s").at == 5);
  CHECK(offered("give \"rope, s") == words{"\"Rope, silk\""});
  CHECK(offered("heal to: th") == words{R"("the \"old\" one")"});
}

TEST_CASE("numbers, dice and texts are nobody's business") {
  for (const char* line : {"note the z", "undo steps: ", "roll 3d", "heal to: brunhild amount: ",
                           "attack by: brunhild dice: 1", "attack bye: ", "rol "}) {
    CAPTURE(line);
    CHECK(offered(line).empty());
  }
}

TEST_CASE("what all choices share is typed at once, and nothing that was typed is lost") {
  CHECK(at("attack to: zo").shared("zo") == "zombie-");
  CHECK(at("attack to: ZO").shared("ZO") == "zombie-");
  CHECK(at("give ro").shared("ro") == "ro");
  CHECK(at("x").shared("x") == "x");
  CHECK(completion{0, {"Mörk", "Mörser"}}.shared("M") == "Mör");
  CHECK(completion{0, {"Mörk", "Märker"}}.shared("") == "M");
}

TEST_CASE("any beginning of any line can be completed") {
  const std::string line =
      "attack by: \"the \\\"old\\\" one\" to: zombie-1 and: brunhild # Ä\t\x01\"";
  for (std::size_t cut = 0; cut <= line.size(); ++cut) {
    const completion found = at(std::string_view{line}.substr(0, cut));
    CHECK(found.at <= cut);
  }
}

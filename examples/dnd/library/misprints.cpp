#include "library/misprints.hpp"

#include "language/text.hpp"
#include "library/pages.hpp"
#include "rules/dice.hpp"

#include <evstore/describe.hpp>
#include <evstore/error.hpp>
#include <evstore/yaml/document.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dnd {

namespace {

using evstore::yaml::node;

template <class T>
std::vector<std::string> fields_of() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return std::vector<std::string>{std::string{evstore::field_name<T, I>}...};
  }(std::make_index_sequence<evstore::field_count<T>>{});
}

/// A value of a page, and the way to it. What is not there, or not of the form that was expected,
/// is seen as nothing: whoever reads the page complains of that.
struct place {
  const node* value;
  std::string path;

  [[nodiscard]] bool is(node::kind kind) const { return value != nullptr && value->is == kind; }

  [[nodiscard]] place at(std::string_view field) const {
    if (is(node::kind::map))
      for (std::size_t i = 0; i + 1 < value->children.size(); i += 2)
        if (value->children[i]->text == field)
          return {value->children[i + 1], path + "." + std::string{field}};
    return {nullptr, path};
  }

  template <class See>
  void each(See see) const {
    if (!is(node::kind::list)) return;
    for (std::size_t i = 0; i < value->children.size(); ++i)
      see(place{value->children[i], path + "[" + std::to_string(i) + "]"});
  }
};

/// Of ASCII, or the escapes among the first letters beyond it (U+0080 to U+009F).
bool has_control_character(std::string_view utf8) {
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<unsigned char>(utf8[i]);
    if (byte < 0x20 || byte == 0x7F) return true;
    if (byte == 0xC2 && i + 1 < utf8.size() && static_cast<unsigned char>(utf8[i + 1]) < 0xA0)
      return true;
  }
  return false;
}

class proofreader {
public:
  proofreader(const std::string& file, const books& known) : file_{file}, known_{known} {}

  void read_character(const place& page) const {
    require_fields<page::character>(page);
    require_name(page.at("name"));
    for (const char* field : {"traits", "equipment"})
      page.at(field).each([&](const place& thing) { require_name(thing); });
    for (const char* field : {"damage_immunities", "damage_resistances", "damage_vulnerabilities"})
      page.at(field).each([&](const place& type) { require_entry("damage-types", type); });
    page.at("condition_immunities").each([&](const place& condition) {
      require_entry("conditions", condition);
    });
    page.at("attacks").each([&](const place& attack) {
      require_fields<attack_option>(attack);
      require_name(attack.at("name"));
      attack.at("damage").each([&](const place& damage) {
        require_fields<damage_dice>(damage);
        require_entry("damage-types", damage.at("type"));
        require_dice(damage.at("dice"));
      });
    });
    require_level(page.at("level"));
  }

  void read_monster(const place& page) const {
    require_name(page.at("name"));
    for (const char* field : {"special_abilities", "actions"})
      page.at(field).each([&](const place& thing) { require_name(thing.at("name")); });
    for (const char* field : {"damage_immunities", "damage_resistances", "damage_vulnerabilities"})
      page.at(field).each([&](const place& type) {
        if (!is_sentence(type)) require_no_slip("damage-types", type);
      });
    page.at("condition_immunities").each([&](const place& condition) {
      require_no_slip("conditions", condition.at("index"));
    });
    page.at("actions").each([&](const place& action) {
      action.at("damage").each([&](const place& damage) {
        require_no_slip("damage-types", damage.at("damage_type").at("index"));
      });
    });
  }

private:
  [[noreturn]] void refuse(const place& where, const node& at, std::string why) const {
    evstore::error_place found;
    found.file = file_;
    found.line = at.line;
    found.path = where.path;
    throw evstore::error{evstore::errc::decode_failed, std::move(why), std::move(found)};
  }

  template <class T>
  void require_fields(const place& map) const {
    if (!map.is(node::kind::map)) return;
    const std::vector<std::string> known = fields_of<T>();
    for (std::size_t i = 0; i + 1 < map.value->children.size(); i += 2) {
      const node& key = *map.value->children[i];
      if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
      const auto meant = nearest(key.text, known);
      refuse({&key, map.path + "." + key.text}, key,
             "there is no field \"" + key.text + "\" here; " +
                 (meant ? "did you mean " + *meant + "?" : "there are " + in_words(known)));
    }
  }

  /// Names are said at the table, on one line of a terminal.
  void require_name(const place& name) const {
    if (!name.is(node::kind::scalar)) return;
    const std::string& text = name.value->text;
    if (text.find_first_not_of(' ') == text.npos) refuse(name, *name.value, "this name is empty");
    if (has_control_character(text))
      refuse(name, *name.value, "this name has a control character in it");
  }

  /// A kind of book that nobody has cannot be checked against.
  void require_entry(std::string_view kind, const place& word) const {
    if (!word.is(node::kind::scalar)) return;
    const std::vector<std::string> known = known_.entries(kind);
    if (known.empty() || std::find(known.begin(), known.end(), word.value->text) != known.end())
      return;
    refuse(word, *word.value, no_such_entry(kind, word.value->text, known));
  }

  /// Other people's monsters may have damage of their own, but hardly one called `slahing`.
  void require_no_slip(std::string_view kind, const place& word) const {
    if (word.is(node::kind::scalar) && nearest(word.value->text, known_.entries(kind)))
      require_entry(kind, word);
  }

  static bool is_sentence(const place& text) {
    return text.is(node::kind::scalar) && text.value->text.find(' ') != std::string::npos;
  }

  void require_dice(const place& dice) const {
    if (!dice.is(node::kind::scalar)) return;
    const auto read = parse_dice(dice.value->text);
    if (!read) refuse(dice, *dice.value, "\"" + dice.value->text + "\": " + read.error().message);
  }

  void require_level(const place& level) const {
    if (!level.is(node::kind::scalar)) return;
    const std::string& text = level.value->text;
    const bool known = text.size() <= 2 && text.find_first_not_of("0123456789") == text.npos;
    if (!known || std::stoi(text) < 1 || std::stoi(text) > 20)
      refuse(level, *level.value, "levels go from 1 to 20, this says " + text);
  }

  const std::string& file_;
  const books& known_;
};

} // namespace

void refuse_misprints_of_character(std::string_view text, const std::string& file,
                                   const books& known) {
  const auto page = evstore::yaml::document::parse(text, file, {});
  proofreader{file, known}.read_character({&page.root(), "$"});
}

void refuse_misprints_of_monster(std::string_view text, const std::string& file,
                                 const books& known) {
  const auto page = evstore::yaml::document::parse(text, file, {});
  proofreader{file, known}.read_monster({&page.root(), "$"});
}

} // namespace dnd

#pragma once
// What the codec and the reader it is compared with both read.
#include <evstore/event_set.hpp>
#include <evstore/json/write.hpp>

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace game {

enum class damage_kind { slashing, piercing, bludgeoning, fire };
EVSTORE_DESCRIBE_ENUM(damage_kind, slashing, piercing, bludgeoning, fire)

struct attacked {
  std::string attacker;
  std::string target;
  std::string weapon;
  std::int64_t attack_total = 0;
  bool hit = false;
  std::vector<std::int32_t> rolls;
  damage_kind kind = damage_kind::slashing;
  double distance = 0;
  std::optional<std::string> note;

  friend bool operator==(const attacked&, const attacked&) = default;
};
EVSTORE_DESCRIBE(attacked, attacker, target, weapon, attack_total, hit, rolls, kind, distance, note)

struct events : evstore::event_set<evstore::named<"attacked", attacked>> {};

/// A reader of one payload, written by hand on simdjson On-Demand as one would: members looked up in
/// the order in which they stand, strings reused. It finds no keys that stand twice and nothing behind
/// the value, and the doubles of simdjson 3.0.1 are not always right.
class on_demand_reader {
public:
  /// `room` is what may be read from the text's begin, at least SIMDJSON_PADDING behind its end.
  void read(std::string_view text, std::size_t room, attacked& out);

private:
  simdjson::ondemand::parser parser_;
};

/// Payloads of about 200 bytes, one a line, with room behind the last for simdjson to read into.
struct payloads {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> lines; ///< offset and length
  std::vector<attacked> events;

  explicit payloads(bool canonical) {
    std::mt19937_64 random{7};
    const auto below = [&](std::uint64_t bound) { return random() % bound; };
    for (int i = 0; i < 1000; ++i) {
      attacked event;
      event.attacker = "character-" + std::to_string(below(20));
      event.target = "creature:zombie-" + std::to_string(below(100));
      event.weapon = below(2) == 0 ? "longsword" : "a very old and rusty crossbow";
      event.attack_total = static_cast<std::int64_t>(below(30));
      event.hit = event.attack_total > 8;
      for (std::uint64_t rolls = 1 + below(4); rolls != 0; --rolls)
        event.rolls.push_back(static_cast<std::int32_t>(1 + below(20)));
      event.kind = static_cast<game::damage_kind>(below(4));
      event.distance = 0.5 * static_cast<double>(below(100));
      switch (below(6)) {
      case 0: event.note = "in the middle of the night, without a torch"; break;
      case 1: event.note = "at the caf\xC3\xA9 in Neverwinter"; break;
      case 2: event.note = "a cry of \"for Tyr!\" is heard\n"; break;
      default: break;
      }
      const std::size_t begin = text.size();
      evstore::json::write(event, text);
      if (!canonical) text.insert(begin + 1, " ");
      lines.emplace_back(begin, text.size() - begin);
      text += '\n';
      events.push_back(std::move(event));
    }
    text.append(simdjson::SIMDJSON_PADDING, ' ');
  }

  [[nodiscard]] std::string_view line(std::size_t i) const {
    return std::string_view{text}.substr(lines[i].first, lines[i].second);
  }
  [[nodiscard]] std::int64_t bytes() const {
    return static_cast<std::int64_t>(text.size() - simdjson::SIMDJSON_PADDING);
  }
};

} // namespace game

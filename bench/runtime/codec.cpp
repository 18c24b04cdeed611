// The codec against a reader that is written by hand on simdjson On-Demand, into the same structs.
#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>

#include <benchmark/benchmark.h>
#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
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

} // namespace game

namespace {

using game::attacked;
namespace ondemand = simdjson::ondemand;

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

void check(simdjson::error_code code) {
  if (code != simdjson::SUCCESS) throw std::runtime_error{simdjson::error_message(code)};
}

void assign(ondemand::object& object, std::string_view key, std::string& out) {
  std::string_view text;
  check(object.find_field(key).get_string().get(text));
  out.assign(text);
}

/// As one would write it: fields looked up in the order in which they stand, strings reused. It finds
/// no keys that stand twice and nothing behind the value.
void read_on_demand(ondemand::parser& parser, simdjson::padded_string_view text, attacked& out) {
  ondemand::document document;
  check(parser.iterate(text).get(document));
  ondemand::object object;
  check(document.get_object().get(object));
  assign(object, "attacker", out.attacker);
  assign(object, "target", out.target);
  assign(object, "weapon", out.weapon);
  check(object.find_field("attack_total").get_int64().get(out.attack_total));
  check(object.find_field("hit").get_bool().get(out.hit));
  ondemand::array rolls;
  check(object.find_field("rolls").get_array().get(rolls));
  out.rolls.clear();
  for (auto roll : rolls) {
    std::int64_t value = 0;
    check(roll.get_int64().get(value));
    out.rolls.push_back(static_cast<std::int32_t>(value));
  }
  std::string_view kind;
  check(object.find_field("kind").get_string().get(kind));
  const auto parsed = evstore::parse_enum<game::damage_kind>(kind);
  if (!parsed) throw std::runtime_error{"unknown kind of damage"};
  out.kind = *parsed;
  check(object.find_field("distance").get_double().get(out.distance));
  std::string_view note;
  const simdjson::error_code absent = object.find_field("note").get_string().get(note);
  if (absent == simdjson::NO_SUCH_FIELD) {
    out.note.reset();
  } else {
    check(absent);
    if (!out.note) out.note.emplace();
    out.note->assign(note);
  }
}

void count(benchmark::State& state, const payloads& all) {
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetBytesProcessed(rounds * all.bytes());
  state.SetItemsProcessed(rounds * static_cast<std::int64_t>(all.lines.size()));
}

template <class Read>
void read_all(benchmark::State& state, bool canonical, Read read) {
  const payloads all{canonical};
  attacked out;
  for (std::size_t i = 0; i < all.lines.size(); ++i) {
    read(all, i, out);
    if (out != all.events[i]) return state.SkipWithError("read another value");
  }
  for (auto _ : state)
    for (std::size_t i = 0; i < all.lines.size(); ++i) {
      read(all, i, out);
      benchmark::DoNotOptimize(&out);
    }
  count(state, all);
}

void read_canonical(benchmark::State& state) {
  read_all(state, true, [](const payloads& all, std::size_t i, attacked& out) {
    evstore::json::read_into(all.line(i), out);
  });
}
BENCHMARK(read_canonical);

void read_through_simdjson(benchmark::State& state) {
  read_all(state, false, [](const payloads& all, std::size_t i, attacked& out) {
    evstore::json::read_into(all.line(i), out);
  });
}
BENCHMARK(read_through_simdjson);

void read_by_hand_on_demand(benchmark::State& state) {
  ondemand::parser parser;
  read_all(state, true, [&](const payloads& all, std::size_t i, attacked& out) {
    const std::string_view line = all.line(i);
    const std::size_t room = all.text.size() - all.lines[i].first;
    read_on_demand(parser, simdjson::padded_string_view{line.data(), line.size(), room}, out);
  });
}
BENCHMARK(read_by_hand_on_demand);

/// With the lookup of the type's name and a new event for each line, as a fold does it.
void visit_canonical(benchmark::State& state) {
  const payloads all{true};
  std::int64_t sum = 0;
  for (auto _ : state)
    for (std::size_t i = 0; i < all.lines.size(); ++i)
      evstore::visit_event<game::events>("attacked", 1, all.line(i),
                                         [&](const attacked& event) { sum += event.attack_total; });
  benchmark::DoNotOptimize(sum);
  count(state, all);
}
BENCHMARK(visit_canonical);

void write_payloads(benchmark::State& state) {
  const payloads all{true};
  std::string out;
  for (auto _ : state)
    for (const attacked& event : all.events) {
      out.clear();
      evstore::json::write(event, out);
      benchmark::DoNotOptimize(out.data());
    }
  count(state, all);
}
BENCHMARK(write_payloads);

} // namespace

BENCHMARK_MAIN();

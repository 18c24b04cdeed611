#pragma once
// What a careful user of simdjson would write to read the workload's payloads: members asked for in the order
// in which they stand, structs used again. Nothing finds keys that stand twice or what stands behind the
// value, and the doubles of simdjson 3.0.1 are not always right. On-Demand chooses its instructions at
// compile time: compile who includes this for the best machine that there is.

#include <workload.hpp>

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench::on_demand {

namespace ondemand = simdjson::ondemand;

inline void check(simdjson::error_code code) {
  if (code != simdjson::SUCCESS) throw std::runtime_error{simdjson::error_message(code)};
}

template <class Value>
void take(Value&& from, std::string& out) {
  std::string_view text;
  check(from.get_string().get(text));
  out.assign(text);
}
template <class Value>
void take(Value&& from, std::int64_t& out) {
  check(from.get_int64().get(out));
}
template <class Value>
void take(Value&& from, std::int32_t& out) {
  std::int64_t wide = 0;
  check(from.get_int64().get(wide));
  out = static_cast<std::int32_t>(wide);
}
template <class Value>
void take(Value&& from, double& out) {
  check(from.get_double().get(out));
}
template <class Value>
void take(Value&& from, bool& out) {
  check(from.get_bool().get(out));
}
template <class Value>
void take(Value&& from, damage_kind& out) {
  std::string_view text;
  check(from.get_string().get(text));
  const auto parsed = evstore::parse_enum<damage_kind>(text);
  if (!parsed) throw std::runtime_error{"unknown kind of damage"};
  out = *parsed;
}
template <class Value, class Element>
void take(Value&& from, std::vector<Element>& out) {
  ondemand::array array;
  check(from.get_array().get(array));
  std::size_t count = 0;
  for (auto element : array) {
    if (count == out.size()) out.emplace_back();
    take(element, out[count++]);
  }
  out.resize(count);
}

template <class Member>
void read(ondemand::object& object, std::string_view key, Member& out) {
  take(object.find_field(key), out);
}
inline void read(ondemand::object& object, std::string_view key, std::optional<std::string>& out) {
  std::string_view text;
  const simdjson::error_code code = object.find_field(key).get_string().get(text);
  if (code == simdjson::NO_SUCH_FIELD) return out.reset();
  check(code);
  if (!out) out.emplace();
  out->assign(text);
}

inline void fill(ondemand::object& from, attack_resolved& out) {
  read(from, "attacker", out.attacker);
  read(from, "target", out.target);
  read(from, "weapon", out.weapon);
  read(from, "attack_total", out.attack_total);
  read(from, "hit", out.hit);
  read(from, "rolls", out.rolls);
  read(from, "kind", out.kind);
  read(from, "distance", out.distance);
  read(from, "note", out.note);
}
inline void fill(ondemand::object& from, damage_taken& out) {
  read(from, "target", out.target);
  read(from, "source", out.source);
  read(from, "amount", out.amount);
  read(from, "kind", out.kind);
  read(from, "hit_points_left", out.hit_points_left);
  read(from, "critical", out.critical);
  read(from, "reason", out.reason);
}
inline void fill(ondemand::object& from, moved& out) {
  read(from, "who", out.who);
  read(from, "from_x", out.from_x);
  read(from, "from_y", out.from_y);
  read(from, "to_x", out.to_x);
  read(from, "to_y", out.to_y);
  read(from, "costs", out.costs);
  read(from, "dashes", out.dashes);
  read(from, "terrain", out.terrain);
}
inline void fill(ondemand::object& from, spell_cast& out) {
  read(from, "caster", out.caster);
  read(from, "spell", out.spell);
  read(from, "slot", out.slot);
  read(from, "targets", out.targets);
  read(from, "range", out.range);
  read(from, "concentration", out.concentration);
}
inline void fill(ondemand::object& from, note_taken& out) {
  read(from, "by", out.by);
  read(from, "text", out.text);
}

} // namespace bench::on_demand

// The same payloads by nlohmann/json, as its documentation does it: macros for the structs, a document between text
// and struct. It writes an absent member as null, and members in the order of the alphabet.

#include "payloads.hpp"
#include "read_all.hpp"

#include <benchmark/benchmark.h>
#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <variant>

namespace nlohmann {

template <class Value>
struct adl_serializer<std::optional<Value>> {
  static void to_json(json& to, const std::optional<Value>& from) {
    if (from)
      to = *from;
    else
      to = nullptr;
  }
  static void from_json(const json& from, std::optional<Value>& to) {
    if (from.is_null())
      to.reset();
    else
      to = from.get<Value>();
  }
};

} // namespace nlohmann

namespace bench {

NLOHMANN_JSON_SERIALIZE_ENUM(damage_kind, {{damage_kind::slashing, "slashing"},
                                           {damage_kind::piercing, "piercing"},
                                           {damage_kind::bludgeoning, "bludgeoning"},
                                           {damage_kind::fire, "fire"}})
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(attack_resolved, attacker, target, weapon,
                                                attack_total, hit, rolls, kind, distance, note)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(damage_taken, target, source, amount, kind, hit_points_left,
                                   critical, reason)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(moved, who, from_x, from_y, to_x, to_y, costs, dashes, terrain)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(spell_cast, caster, spell, slot, targets, range, concentration)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(note_taken, by, text)

namespace {

const auto read_by_nlohmann = [](const payload& from, shapes& into) {
  const nlohmann::json document = nlohmann::json::parse(from.text);
  into.with(from.type, [&](auto& held) { document.get_to(held); });
};

void encode_nlohmann(benchmark::State& state) {
  for (auto _ : state)
    for (const event& what : event_pool()) {
      const std::string text =
          std::visit([](const auto& held) { return nlohmann::json(held).dump(); }, what);
      benchmark::DoNotOptimize(text.data());
    }
  count(state, payloads::canonical());
}
BENCHMARK(encode_nlohmann)->Name("encode/nlohmann");

void decode_nlohmann(benchmark::State& state) {
  decode_all(state, payloads::canonical(), read_by_nlohmann);
}
BENCHMARK(decode_nlohmann)->Name("decode/nlohmann");

void fold_nlohmann(benchmark::State& state) { fold_all(state, read_by_nlohmann); }
BENCHMARK(fold_nlohmann)->Name("fold/nlohmann");

} // namespace
} // namespace bench

#include "codec_payloads.hpp"

#include <stdexcept>

namespace game {
namespace {

namespace ondemand = simdjson::ondemand;

void check(simdjson::error_code code) {
  if (code != simdjson::SUCCESS) throw std::runtime_error{simdjson::error_message(code)};
}

void assign(ondemand::object& object, std::string_view key, std::string& out) {
  std::string_view text;
  check(object.find_field(key).get_string().get(text));
  out.assign(text);
}

} // namespace

void on_demand_reader::read(std::string_view text, std::size_t room, attacked& out) {
  ondemand::document document;
  check(
      parser_.iterate(simdjson::padded_string_view{text.data(), text.size(), room}).get(document));
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
  const auto parsed = evstore::parse_enum<damage_kind>(kind);
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

} // namespace game

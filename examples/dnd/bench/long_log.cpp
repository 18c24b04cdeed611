// Appends a long evening to the log of a campaign: dnd_long_log <log.jsonl> <events>
#include "rules/random_dice.hpp"
#include "schema.hpp"

#include <evstore/json/read.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/store.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace {

using namespace dnd;

stat_block fighter(const char* name) {
  stat_block stats;
  stats.name = name;
  stats.source = "monsters/zombie.yaml";
  stats.hit_points = 22;
  stats.armor_class = 8;
  stats.attacks = {{"Slam", 3, {{"1d6+1", "bludgeoning"}}}};
  return stats;
}

/// What a fight is made of: attacks, damage, healing, dice and notes.
event any_event(dice_source& dice) {
  const auto who = [&] { return "zombie-" + std::to_string(dice.roll(8)); };
  const dice_roll d20 = throw_dice({.count = 1, .sides = 20, .modifier = 3}, dice);
  switch (dice.roll(5)) {
  case 1: return attack_made{who(), "slam", who(), d20, 8, attack_outcome::hit};
  case 2: return damage_dealt{who(), "slam", {{"slashing", d20, 5, {}}}, 5};
  case 3: return healed{who(), 9, {}};
  case 4:
    return dice_rolled{"GM",     d20.expression, d20.total,   d20.raw,
                       d20.kept, d20.dropped,    d20.modifier};
  default: return world_event_noted{"The fight goes on and on.", "GM"};
  }
}

void append_evening(const std::string& path, std::uint64_t count) {
  constexpr std::size_t batch = 500;
  const std::string id = "Long-00000000";
  const std::string stream = "campaign-" + id;
  evstore::store<campaign_events, evstore::jsonl::adapter> store{
      evstore::jsonl::open(path, {.durability = evstore::jsonl::durability::none()})};
  random_dice dice{1};
  std::vector<event> events{campaign_started{"Long", id}};
  for (int number = 1; number <= 8; ++number)
    events.emplace_back(creature_added{"zombie-" + std::to_string(number), fighter("Zombie")});
  for (std::uint64_t written = 0; written < count; events.clear()) {
    while (events.size() < batch && written + events.size() < count)
      events.push_back(any_event(dice));
    store.append(stream, evstore::any, events).value();
    written += events.size();
  }
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: %s <log.jsonl> <events>\n", argv[0]);
    return 2;
  }
  try {
    append_evening(argv[1], std::stoull(argv[2]));
  } catch (const std::exception& failed) {
    std::fprintf(stderr, "%s\n", failed.what());
    return 1;
  }
}

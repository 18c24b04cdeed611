#pragma once

#include "campaign/state.hpp"
#include "history/points.hpp"
#include "log/campaign_log.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dnd {

struct number_change {
  int from = 0;
  int to = 0;
};

struct item_change {
  std::string item;
  int from = 0;
  int to = 0;
};

/// A creature that only one of two states has.
struct presence {
  std::string creature;
  std::string name;
  int hp = 0;
  int max_hp = 0;
};

/// What is different about a creature that both states have; absent is what is the same.
struct creature_change {
  std::string creature;
  std::string name;
  std::optional<number_change> hp;
  std::optional<number_change> max_hp;
  std::optional<number_change> armor_class;
  std::optional<number_change> level; ///< 0: none
  std::optional<number_change> hit_dice;
  std::optional<number_change> hit_dice_used;
  std::vector<std::string> conditions_gained;
  std::vector<std::string> conditions_lost;
  std::vector<item_change> items;

  [[nodiscard]] bool is_any() const;
};

/// The fight at a moment.
struct fight_mark {
  int encounter = 0; ///< the current or the last one; 0: none yet
  bool active = false;
  int round = 0;
  std::optional<std::string> turn;

  friend bool operator==(const fight_mark&, const fight_mark&) = default;
};

struct fight_change {
  fight_mark from;
  fight_mark to;
};

/// What changed between two moments of a campaign, everything by id.
struct difference {
  std::uint64_t from = 0; ///< after so many events
  std::uint64_t to = 0;
  std::optional<number_change> session;
  std::optional<fight_change> fight;
  std::vector<presence> came;
  std::vector<presence> gone;     ///< taken back by undo
  std::vector<std::string> fell;  ///< at 0 hit points now, and were not or were not here
  std::vector<std::string> stood; ///< above 0 again
  std::vector<creature_change> changed;

  [[nodiscard]] bool is_any() const;
};

difference compare(const campaign_state& before, const campaign_state& after);

/// The states at both ends of a stretch of the log, compared. Linear in the log.
difference compare(const campaign_log& log, const stretch& between);

/// For people, a line a thing.
std::vector<std::string> describe(const difference& found);

std::string to_json(const difference& found);

} // namespace dnd

#pragma once

#include "events.hpp"
#include "log/campaign_log.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace dnd {

enum class beat_kind : std::uint8_t {
  attack, ///< with the damage that it did, if it did any
  harm,   ///< damage that no attack came before
  healing,
  rest,
  hit_dice,
  level,
  item,
  condition,
  check,
  note,
  dice,
  arrival,
  entrance, ///< into a fight that had begun
  departure,
};

/// Something that happened, as people would tell it: often several events of the log. What has no
/// meaning for its kind is empty.
struct beat {
  beat_kind kind = beat_kind::note;
  std::uint64_t position = 0;
  std::string time;
  int round = 0;           ///< of the fight; 0 outside of one and before the first turn
  std::string who;         ///< whom it happened to: an id
  std::string by;          ///< who did it: an id, or a player for notes and dice
  std::string what;        ///< weapon, cause, item, condition, ability, length of a rest, note
  std::int64_t amount = 0; ///< damage, hit points regained, level, items gained, total of the dice;
                           ///< for a condition -1 when it ended
  std::string damage_type; ///< of the most of it
  attack_outcome outcome = attack_outcome::miss;
  int natural = 0; ///< what a single d20 showed; 0: no such die
  int dc = 0;
  bool success = false;
  int hp = 0;         ///< that `who` had then
  bool fell = false;  ///< `who` came to 0 hit points
  bool stood = false; ///< `who` was at 0 and is not any more
};

/// What one creature did and suffered. Damage is counted in the hit points that were lost: what a
/// blow does beyond them is told, and not counted.
struct tally {
  std::int64_t dealt = 0;
  std::int64_t taken = 0;
  std::int64_t healed = 0;
  std::int64_t attacks = 0;
  std::int64_t hits = 0;
  std::int64_t criticals = 0;
  std::int64_t natural_ones = 0;
  std::int64_t felled = 0; ///< whom it brought to 0 hit points
  std::int64_t fell = 0;   ///< how often it came to 0 itself

  tally& operator+=(const tally& more);
};
using tallies = std::map<std::string, tally>;

struct standing {
  int hp = 0;
  int max_hp = 0;
  std::optional<int> level;

  friend bool operator==(const standing&, const standing&) = default;
};
using roster = std::map<std::string, standing>;

/// One creature's turn, and what it did in it.
struct turn_taken {
  std::string creature;
  int round = 0;
  std::uint64_t position = 0;
  std::int64_t dealt = 0;
  std::int64_t hits = 0;
  std::int64_t misses = 0;
  std::int64_t felled = 0;
  std::int64_t healed = 0; ///< in this turn, by whatever and whomever
};

/// A fight, or what happened between two of them.
struct scene {
  int encounter = 0; ///< 0: no fight
  bool over = true;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::vector<std::string> combatants; ///< in the order in which they came
  std::vector<turn_taken> turns;
  std::vector<beat> beats;
  tallies counts;
  roster end; ///< how everybody was in the end

  [[nodiscard]] int rounds() const { return turns.empty() ? 0 : turns.back().round; }
};

struct chapter {
  int session = 0; ///< 0: before the first
  std::optional<std::string> title;
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::string began; ///< times as in the log
  std::string ended;
  bool over = false; ///< somebody ended it, or began the next
  roster start;
  roster end;
  std::vector<scene> scenes;

  [[nodiscard]] tallies counts() const;
};

struct hp_mark {
  std::uint64_t position = 0;
  int hp = 0;
  int max_hp = 0;
};

/// A creature of the story.
struct figure {
  std::string name;
  creature_kind kind = creature_kind::monster;
  std::vector<hp_mark> hp; ///< each change, from when it came
};

/// A campaign retold: what the log says, in scenes. What was undone did not happen.
struct chronicle {
  std::string name;
  std::uint64_t events = 0;
  std::map<std::string, figure> cast; ///< by id
  std::vector<chapter> chapters;
};

/// Two passes through the log; keeps what people would tell, which is less than the log.
chronicle retell(const campaign_log& log);

} // namespace dnd

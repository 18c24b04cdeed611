#include "history/chronicle.hpp"

#include "history/points.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>
#include <variant>

namespace dnd {

namespace {

/// What the d20 showed, if the throw was one of a single one: of several, the one that counts.
int natural_of(std::string_view expression, const std::vector<int>& kept) {
  constexpr std::string_view die = "d20";
  const std::size_t found = expression.find(die);
  if (found == std::string_view::npos || kept.size() != 1) return 0;
  const std::size_t next = found + die.size();
  const bool longer =
      next < expression.size() && expression[next] >= '0' && expression[next] <= '9';
  return longer ? 0 : kept.front();
}

const damage_part* largest_part(const damage_dealt& happened) {
  const auto found = std::max_element(
      happened.parts.begin(), happened.parts.end(),
      [](const damage_part& left, const damage_part& right) { return left.dealt < right.dealt; });
  return found == happened.parts.end() ? nullptr : &*found;
}

/// What was taken back, by position.
class second_thoughts {
public:
  explicit second_thoughts(const campaign_log& log) {
    log.replay(std::nullopt, [&](const log_entry& entry) {
      std::visit(
          [&](const auto& payload) {
            if constexpr (requires { payload.commands, payload.first, payload.last; })
              said_.push_back({entry.position, {payload.first, payload.last}});
          },
          entry.happened);
      return true;
    });
    // The last word counts: who takes back a taking back, lets things have happened again.
    for (auto last = said_.rbegin(); last != said_.rend(); ++last)
      if (!covers(last->position)) ranges_.push_back(last->range);
    std::sort(ranges_.begin(), ranges_.end(),
              [](const stretch& left, const stretch& right) { return left.from < right.from; });
  }

  /// To be asked for positions in rising order.
  bool had_about(std::uint64_t position) {
    while (next_ < ranges_.size() && ranges_[next_].from <= position)
      end_ = std::max(end_, ranges_[next_++].to);
    return position <= end_;
  }

private:
  struct word {
    std::uint64_t position;
    stretch range;
  };

  [[nodiscard]] bool covers(std::uint64_t position) const {
    return std::any_of(ranges_.begin(), ranges_.end(), [&](const stretch& range) {
      return range.from <= position && position <= range.to;
    });
  }

  std::vector<word> said_;
  std::vector<stretch> ranges_;
  std::size_t next_ = 0;
  std::uint64_t end_ = 0;
};

/// Takes in the events one after the other.
class chronicler {
public:
  void take(const log_entry& entry) {
    entry_ = &entry;
    told_.events = entry.position;
    turn_page();
    std::visit([this](const auto& payload) { take(payload); }, entry.happened);
    chapter& current = told_.chapters.back();
    current.to = entry.position;
    current.ended = entry.time;
    if (!current.scenes.empty()) current.scenes.back().to = entry.position;
    if (std::holds_alternative<encounter_ended>(entry.happened)) close_fight();
    attacks_ = entry.after.pending_attacks;
  }

  chronicle finish() && {
    if (!told_.chapters.empty()) close_chapter();
    return std::move(told_);
  }

private:
  void turn_page() {
    const int session = entry_->after.session;
    if (told_.chapters.empty() || told_.chapters.back().session != session) {
      const bool fighting = !told_.chapters.empty() && is_fight_open();
      if (!told_.chapters.empty()) {
        close_chapter();
        told_.chapters.back().over = true;
      }
      chapter next;
      next.session = session;
      next.from = entry_->position;
      next.began = entry_->time;
      for (const std::string& id : std::exchange(left_, {})) standing_.erase(id);
      next.start = standing_;
      told_.chapters.push_back(std::move(next));
      // A fight may outlast the evening.
      if (fighting) open_scene(entry_->after.encounter.number);
    }
  }

  [[nodiscard]] bool is_fight_open() const {
    const auto& scenes = told_.chapters.back().scenes;
    return !scenes.empty() && scenes.back().encounter != 0 && !scenes.back().over;
  }

  scene& current_scene() {
    auto& scenes = told_.chapters.back().scenes;
    if (scenes.empty() || (scenes.back().encounter != 0 && scenes.back().over)) open_scene(0);
    return told_.chapters.back().scenes.back();
  }

  void open_scene(int encounter) {
    auto& scenes = told_.chapters.back().scenes;
    if (!scenes.empty()) scenes.back().end = standing_;
    scene next;
    next.encounter = encounter;
    next.over = encounter == 0;
    next.from = next.to = entry_->position;
    if (encounter != 0) next.combatants = entry_->after.encounter.combatants;
    scenes.push_back(std::move(next));
  }

  void close_fight() {
    scene& fight = current_scene();
    fight.over = true;
    fight.end = standing_;
  }

  void close_chapter() {
    chapter& last = told_.chapters.back();
    last.end = standing_;
    if (!last.scenes.empty()) last.scenes.back().end = standing_;
  }

  beat& add(beat_kind kind, const std::string& who) {
    scene& now = current_scene();
    beat next;
    next.kind = kind;
    next.position = entry_->position;
    next.time = entry_->time;
    next.round = now.encounter != 0 ? entry_->after.encounter.round : 0;
    next.who = who;
    now.beats.push_back(std::move(next));
    return now.beats.back();
  }

  /// Notes how many hit points a creature has now, and what that means.
  void watch(const std::string& id, beat* told = nullptr) {
    const auto found = entry_->after.creatures.find(id);
    if (found == entry_->after.creatures.end()) return;
    const creature& now = found->second;
    standing& known = standing_[id];
    if (told != nullptr) {
      told->hp = now.hp;
      told->fell = known.hp > 0 && now.hp == 0;
      told->stood = known.hp == 0 && now.hp > 0;
    }
    figure& who = told_.cast[id];
    const bool same = known.hp == now.hp && known.max_hp == now.max_hp;
    if (who.hp.empty() || !same) who.hp.push_back({entry_->position, now.hp, now.max_hp});
    known = {now.hp, now.max_hp, now.level};
  }

  turn_taken* turn_of(const std::string& id) {
    auto& turns = current_scene().turns;
    return !turns.empty() && turns.back().creature == id ? &turns.back() : nullptr;
  }

  // What people would not tell.
  template <class Event>
  void take(const Event&) {}

  void take(const campaign_started& happened) { told_.name = happened.name; }
  void take(const session_started& happened) { told_.chapters.back().title = happened.title; }
  void take(const session_ended&) { told_.chapters.back().over = true; }
  void take(const world_event_noted& happened) {
    beat& note = add(beat_kind::note, {});
    note.by = happened.by;
    note.what = happened.text;
  }
  void take(const creature_added& happened) {
    figure& who = told_.cast[happened.creature];
    who.name = happened.stats.name;
    who.kind = happened.stats.kind;
    watch(happened.creature);
    if (!entry_->after.encounter.active) add(beat_kind::arrival, happened.creature);
  }
  void take(const creature_left& happened) {
    if (!entry_->after.encounter.active) add(beat_kind::departure, happened.creature);
    left_.insert(happened.creature);
  }
  void take(const creature_returned& happened) {
    left_.erase(happened.creature);
    watch(happened.creature);
    if (!entry_->after.encounter.active) add(beat_kind::arrival, happened.creature);
  }
  void take(const damage_dealt& happened) {
    beat& harm = told_harm(happened);
    harm.amount += happened.total;
    if (const damage_part* part = largest_part(happened)) harm.damage_type = part->type;
    const int before = standing_[happened.target].hp;
    watch(happened.target, &harm);
    const int lost = std::max(before - harm.hp, 0);
    auto& counts = current_scene().counts;
    counts[happened.target].taken += lost;
    counts[happened.target].fell += harm.fell ? 1 : 0;
    if (harm.by.empty()) return;
    counts[harm.by].dealt += lost;
    counts[harm.by].felled += harm.fell ? 1 : 0;
    if (turn_taken* turn = turn_of(harm.by)) {
      turn->dealt += lost;
      turn->felled += harm.fell ? 1 : 0;
    }
  }
  /// The attack that the damage comes from, or a beat of its own.
  beat& told_harm(const damage_dealt& happened) {
    const auto hit = std::find_if(attacks_.begin(), attacks_.end(), [&](const auto& attack) {
      return attack.target == happened.target && attack.outcome != attack_outcome::miss;
    });
    auto& beats = current_scene().beats;
    if (hit != attacks_.end()) {
      const auto found = std::find_if(beats.rbegin(), beats.rend(), [&](const beat& told) {
        return told.kind == beat_kind::attack && told.who == hit->target &&
               told.by == hit->attacker && told.what == hit->weapon;
      });
      if (found != beats.rend()) return *found;
    }
    beat& harm = add(beat_kind::harm, happened.target);
    harm.what = happened.cause.value_or(std::string{});
    return harm;
  }
  void take(const healed& happened) {
    beat& healing = add(beat_kind::healing, happened.target);
    const int before = standing_[happened.target].hp;
    watch(happened.target, &healing);
    healing.amount = healing.hp - before;
    scene& now = current_scene();
    now.counts[happened.target].healed += healing.amount;
    if (!now.turns.empty()) now.turns.back().healed += healing.amount;
  }
  void take(const rest_taken& happened) {
    beat& rest = add(beat_kind::rest, happened.creature);
    rest.what = happened.rest == rest_length::long_rest ? "long" : "short";
    watch(happened.creature, &rest);
  }
  void take(const hit_dice_spent& happened) {
    beat& spent = add(beat_kind::hit_dice, happened.creature);
    const int before = standing_[happened.creature].hp;
    spent.dc = happened.count;
    watch(happened.creature, &spent);
    spent.amount = spent.hp - before;
    current_scene().counts[happened.creature].healed += spent.amount;
  }
  void take(const leveled_up& happened) {
    add(beat_kind::level, happened.creature).amount = happened.level;
    watch(happened.creature);
  }
  void take(const inventory_changed& happened) {
    beat& changed = add(beat_kind::item, happened.creature);
    changed.what = happened.item;
    changed.amount = happened.change;
  }
  void take(const condition_gained& happened) {
    add(beat_kind::condition, happened.creature).what = happened.condition;
    watch(happened.creature);
  }
  void take(const condition_lost& happened) {
    beat& ended = add(beat_kind::condition, happened.creature);
    ended.what = happened.condition;
    ended.amount = -1;
    watch(happened.creature);
  }
  void take(const check_made& happened) {
    beat& check = add(beat_kind::check, happened.creature);
    check.what = happened.ability;
    check.amount = happened.roll.total;
    check.dc = happened.dc;
    check.success = happened.success;
    check.natural = natural_of(happened.roll.expression, happened.roll.kept);
  }
  void take(const dice_rolled& happened) {
    beat& dice = add(beat_kind::dice, {});
    dice.by = happened.by;
    dice.what = happened.expression;
    dice.amount = happened.total;
    dice.natural = natural_of(happened.expression, happened.kept);
  }
  void take(const encounter_started& happened) { open_scene(happened.encounter); }
  void take(const combatant_joined& happened) {
    scene& fight = current_scene();
    fight.combatants.push_back(happened.creature);
    if (!fight.turns.empty()) add(beat_kind::entrance, happened.creature);
  }
  void take(const turn_started& happened) {
    current_scene().turns.push_back({happened.creature, happened.round, entry_->position});
  }
  void take(const attack_made& happened) {
    beat& attack = add(beat_kind::attack, happened.target);
    attack.by = happened.attacker;
    attack.what = happened.weapon;
    attack.outcome = happened.outcome;
    attack.natural = natural_of(happened.roll.expression, happened.roll.kept);
    const bool hit = happened.outcome != attack_outcome::miss;
    tally& count = current_scene().counts[happened.attacker];
    ++count.attacks;
    count.hits += hit ? 1 : 0;
    count.criticals += happened.outcome == attack_outcome::critical ? 1 : 0;
    count.natural_ones += attack.natural == 1 ? 1 : 0;
    if (turn_taken* turn = turn_of(happened.attacker)) ++(hit ? turn->hits : turn->misses);
  }

  chronicle told_;
  roster standing_;                     ///< everybody, now
  std::set<std::string> left_;          ///< of them, in this chapter
  std::vector<pending_attack> attacks_; ///< before the event
  const log_entry* entry_ = nullptr;    ///< the event
};

} // namespace

tally& tally::operator+=(const tally& more) {
  dealt += more.dealt;
  taken += more.taken;
  healed += more.healed;
  attacks += more.attacks;
  hits += more.hits;
  criticals += more.criticals;
  natural_ones += more.natural_ones;
  felled += more.felled;
  fell += more.fell;
  return *this;
}

tallies chapter::counts() const {
  tallies sum;
  for (const scene& each : scenes)
    for (const auto& [id, count] : each.counts) sum[id] += count;
  return sum;
}

chronicle retell(const campaign_log& log) {
  second_thoughts undone{log};
  chronicler listener;
  log.replay(std::nullopt, [&](const log_entry& entry) {
    if (!undone.had_about(entry.position)) listener.take(entry);
    return true;
  });
  return std::move(listener).finish();
}

} // namespace dnd

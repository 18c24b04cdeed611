#pragma once
// The one workload that every contestant is given: five described types of events, about 200 bytes of
// JSON each, drawn from a fixed seed, to streams that are chosen from a fixed seed.

#include <evstore/event_set.hpp>
#include <evstore/snapshot.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bench {

enum class damage_kind : std::uint8_t { slashing, piercing, bludgeoning, fire };
EVSTORE_DESCRIBE_ENUM(damage_kind, slashing, piercing, bludgeoning, fire)

struct attack_resolved {
  std::string attacker;
  std::string target;
  std::string weapon;
  std::int64_t attack_total = 0;
  bool hit = false;
  std::vector<std::int32_t> rolls;
  damage_kind kind = damage_kind::slashing;
  double distance = 0;
  std::optional<std::string> note;
};
struct damage_taken {
  std::string target;
  std::string source;
  std::int64_t amount = 0;
  damage_kind kind = damage_kind::slashing;
  std::int64_t hit_points_left = 0;
  bool critical = false;
  std::string reason;
};
struct moved {
  std::string who;
  std::int64_t from_x = 0;
  std::int64_t from_y = 0;
  std::int64_t to_x = 0;
  std::int64_t to_y = 0;
  std::vector<std::int32_t> costs;
  bool dashes = false;
  std::string terrain;
};
struct spell_cast {
  std::string caster;
  std::string spell;
  std::int32_t slot = 0;
  std::vector<std::string> targets;
  double range = 0;
  bool concentration = false;
};
struct note_taken {
  std::string by;
  std::string text;
};

EVSTORE_DESCRIBE(attack_resolved, attacker, target, weapon, attack_total, hit, rolls, kind,
                 distance, note)
EVSTORE_DESCRIBE(damage_taken, target, source, amount, kind, hit_points_left, critical, reason)
EVSTORE_DESCRIBE(moved, who, from_x, from_y, to_x, to_y, costs, dashes, terrain)
EVSTORE_DESCRIBE(spell_cast, caster, spell, slot, targets, range, concentration)
EVSTORE_DESCRIBE(note_taken, by, text)

struct fight
    : evstore::event_set<evstore::named<"attack_resolved", attack_resolved>,
                         evstore::named<"damage_taken", damage_taken>,
                         evstore::named<"moved", moved>, evstore::named<"spell_cast", spell_cast>,
                         evstore::named<"note_taken", note_taken>> {};

using event = std::variant<attack_resolved, damage_taken, moved, spell_cast, note_taken>;

/// The fold of every replay. Looks at every member, so that no reader gets away with leaving one out.
struct tally {
  std::uint64_t events = 0;
  std::int64_t numbers = 0;
  double fractions = 0;
  std::uint64_t letters = 0;
  std::uint64_t flags = 0;

  void evolve(const attack_resolved& e);
  void evolve(const damage_taken& e);
  void evolve(const moved& e);
  void evolve(const spell_cast& e);
  void evolve(const note_taken& e);

  friend bool operator==(const tally&, const tally&) = default;

  static constexpr auto snapshots = evstore::off;
};
EVSTORE_DESCRIBE(tally, events, numbers, fractions, letters, flags)

inline void tally::evolve(const attack_resolved& e) {
  ++events;
  numbers += e.attack_total + static_cast<std::int64_t>(e.kind);
  for (const std::int32_t roll : e.rolls) numbers += roll;
  fractions += e.distance;
  letters += e.attacker.size() + e.target.size() + e.weapon.size();
  if (e.note) letters += e.note->size();
  flags += e.hit ? 1 : 0;
}
inline void tally::evolve(const damage_taken& e) {
  ++events;
  numbers += e.amount + e.hit_points_left + static_cast<std::int64_t>(e.kind);
  letters += e.target.size() + e.source.size() + e.reason.size();
  flags += e.critical ? 1 : 0;
}
inline void tally::evolve(const moved& e) {
  ++events;
  numbers += e.from_x + e.from_y + e.to_x + e.to_y;
  for (const std::int32_t cost : e.costs) numbers += cost;
  letters += e.who.size() + e.terrain.size();
  flags += e.dashes ? 1 : 0;
}
inline void tally::evolve(const spell_cast& e) {
  ++events;
  numbers += e.slot;
  for (const std::string& target : e.targets) letters += target.size();
  fractions += e.range;
  letters += e.caster.size() + e.spell.size();
  flags += e.concentration ? 1 : 0;
}
inline void tally::evolve(const note_taken& e) {
  ++events;
  letters += e.by.size() + e.text.size();
}

/// Events for a stream that has `before` of them.
struct write {
  std::uint32_t stream = 0;
  std::uint32_t before = 0;
  std::span<const event> events;
};

/// Names of streams: 19 bytes each.
std::string_view stream_name(std::uint32_t stream);
constexpr std::uint32_t most_streams = 100'000;

/// The events that all writes are cut from.
std::span<const event> event_pool();

/// Makes up commits, the same ones for every contestant. Counts what every stream has.
class commit_source {
public:
  explicit commit_source(std::uint32_t streams);
  /// Only every `step`th stream beginning with `first`: a thread's own.
  commit_source(std::uint32_t streams, std::uint32_t first, std::uint32_t step);

  /// So many events for one stream.
  std::span<const write> to_one_stream(std::size_t events);
  /// An event for each of so many streams, which are other streams than the last ones.
  std::span<const write> to_many_streams(std::size_t events);

private:
  std::uint32_t next_stream() noexcept;
  std::span<const event> next_events(std::size_t count) noexcept;

  std::vector<std::uint32_t> counts_;
  std::vector<write> writes_;
  std::uint32_t first_;
  std::uint32_t step_;
  std::uint64_t turn_ = 0;
  std::uint64_t random_ = 42;
};

} // namespace bench

#pragma once

#include <evstore/describe.hpp>
#include <evstore/event_set.hpp>

#include <cstdint>
#include <functional>
#include <string>

/// What the replay benchmark reads: a fight, in records of about 217 bytes.

namespace bench {

struct damage_taken {
  std::string target;
  std::int64_t amount = 0;
  std::string kind;
  bool critical = false;
};
struct healed {
  std::string target;
  std::int64_t amount = 0;
  std::string source;
};
struct dice_rolled {
  std::string by;
  std::string dice;
  std::int64_t total = 0;
  double average = 0;
};
struct moved {
  std::string who;
  std::int64_t x = 0;
  std::int64_t y = 0;
  bool dashes = false;
};
struct note_taken {
  std::string by;
  std::string text;
};

EVSTORE_DESCRIBE(damage_taken, target, amount, kind, critical)
EVSTORE_DESCRIBE(healed, target, amount, source)
EVSTORE_DESCRIBE(dice_rolled, by, dice, total, average)
EVSTORE_DESCRIBE(moved, who, x, y, dashes)
EVSTORE_DESCRIBE(note_taken, by, text)

struct fight
    : evstore::event_set<evstore::named<"damage_taken", damage_taken>,
                         evstore::named<"healed", healed>,
                         evstore::named<"dice_rolled", dice_rolled>, evstore::named<"moved", moved>,
                         evstore::named<"note_taken", note_taken>> {};

/// Looks at every member, so that no reader gets away with leaving one out.
struct tally {
  std::int64_t hit_points = 0;
  std::int64_t rolled = 0;
  double averages = 0;
  std::int64_t steps = 0;
  std::uint64_t letters = 0;
  std::uint64_t criticals = 0;

  void evolve(const damage_taken& e) {
    hit_points -= e.amount;
    criticals += e.critical ? 1 : 0;
    letters += e.target.size() + e.kind.size();
  }
  void evolve(const healed& e) {
    hit_points += e.amount;
    letters += e.target.size() + e.source.size();
  }
  void evolve(const dice_rolled& e) {
    rolled += e.total;
    averages += e.average;
    letters += e.by.size() + e.dice.size();
  }
  void evolve(const moved& e) {
    steps += e.x + e.y + (e.dashes ? 1 : 0);
    letters += e.who.size();
  }
  void evolve(const note_taken& e) { letters += e.by.size() + e.text.size(); }

  friend bool operator==(const tally&, const tally&) = default;
};

/// What is seen of the envelopes, so that they are read too.
struct envelopes {
  std::uint64_t events = 0;
  std::uint64_t positions = 0;
  std::uint64_t versions = 0;
  std::uint64_t stream_letters = 0;

  friend bool operator==(const envelopes&, const envelopes&) = default;
};

struct replayed {
  tally state;
  envelopes seen;

  friend bool operator==(const replayed&, const replayed&) = default;
};

/// The same by simdjson On-Demand, in a translation unit of its own that is compiled for the best
/// machine it knows: line by line, and with the whole file as one stream of documents.
replayed replay_by_lines(const char* path);
replayed replay_as_stream(const char* path);

} // namespace bench

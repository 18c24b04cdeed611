#include <evstore/testing/laws.hpp>

#include "../../support/samples.hpp"

#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace evstore;
using namespace evstore::testing;

namespace law_abiding {

struct opened {
  std::string owner;
};
struct moved_v1 {
  std::int32_t cents = 0;
};
struct moved_v2 {
  std::int64_t cents = 0;
};
struct moved {
  std::int64_t cents = 0;
  std::string reason;
};
EVSTORE_DESCRIBE(opened, owner)
EVSTORE_DESCRIBE(moved_v1, cents)
EVSTORE_DESCRIBE(moved_v2, cents)
EVSTORE_DESCRIBE(moved, cents, reason)

moved_v2 upcast(const moved_v1& old) { return {old.cents}; }
moved upcast(const moved_v2& old) { return {old.cents, "unknown"}; }

struct bank
    : event_set<named<"opened", opened>, named<"moved", versions<moved_v1, moved_v2, moved>>,
                named<"everything", samples::everything>> {};

struct account {
  std::string owner;
  std::int64_t cents = 0;
  std::map<std::string, std::int64_t> by_reason;

  void evolve(const opened& e) { owner = e.owner; }
  void evolve(const moved& e) {
    cents += e.cents;
    by_reason[e.reason] += e.cents;
  }
  void evolve(const samples::everything& e) { owner += e.text; }
};
EVSTORE_DESCRIBE(account, owner, cents, by_reason)

/// Keeps something that its description leaves out.
struct forgetful {
  std::int64_t cents = 0;
  std::int64_t last = 0;

  void evolve(const opened&) { cents += last; }
  void evolve(const moved& e) { last = e.cents; }
  void evolve(const samples::everything&) {}
};
EVSTORE_DESCRIBE(forgetful, cents)

/// Depends on more than the events.
struct impure {
  std::int64_t calls = 0;

  void evolve(const auto&) {
    static std::int64_t all_calls = 0;
    calls = ++all_calls;
  }
};
EVSTORE_DESCRIBE(impure, calls)

struct picky {
  std::string owner;

  void evolve(const auto&) { throw std::logic_error{"no such account"}; }
};
EVSTORE_DESCRIBE(picky, owner)

} // namespace law_abiding

using namespace law_abiding;

TEST_CASE("events and states of every kind of member survive being stored") {
  CHECK(codec_round_trip<bank>());
  CHECK(codec_round_trip<samples::everything>({.seed = 99}));
  CHECK(codec_round_trip<account>());
}

TEST_CASE("older shapes are brought up to date") { CHECK(upcast_chain<bank>()); }

TEST_CASE("a snapshot anywhere changes nothing") {
  CHECK(fold_equals_snapshot_plus_tail<account, bank>());
}

TEST_CASE("a codec that loses something breaks the law, and the value is named") {
  const auto write = [](const moved& value) { return std::to_string(value.cents); };
  const auto read = [](const std::string& text) { return moved{std::stoll(text), ""}; };
  const verdict found = round_trip<moved>(write, read);
  CHECK_FALSE(found);
  CHECK_THAT(found.why(), Catch::StartsWith("what is read back differs at $.reason\n by moved {"));

  const auto confused = [](const std::string&) -> moved { throw std::runtime_error{"lost"}; };
  CHECK_THAT(round_trip<moved>(write, confused).why(), Catch::StartsWith("it threw: lost\n by"));
}

TEST_CASE("a state whose snapshot is not all of it breaks the law") {
  const verdict found = fold_equals_snapshot_plus_tail<forgetful, bank>();
  CHECK_FALSE(found);
  CHECK_THAT(found.why(), Catch::StartsWith("with a snapshot after event "));
  CHECK_THAT(found.why(), Catch::Contains(", the state differs at $.cents\n expected forgetful {"));
  CHECK_THAT(found.why(), Catch::Contains("\n  opened {"));
}

TEST_CASE("a state that depends on more than events breaks the law") {
  CHECK_THAT((fold_equals_snapshot_plus_tail<impure, bank>().why()),
             Catch::StartsWith("folded a second time, the state differs at $.calls"));
}

TEST_CASE("a state that throws breaks the law") {
  CHECK_THAT((fold_equals_snapshot_plus_tail<picky, bank>().why()),
             Catch::StartsWith("it threw: no such account"));
}

TEST_CASE("a log of one's own is folded as it stands") {
  event_record first;
  first.type = "moved";
  first.data = R"({"cents":5})";
  first.schema = 1;
  event_record second = first;
  second.schema = 3;
  second.data = R"({"cents":7,"reason":"x"})";
  const std::vector<event_record> log{first, second};
  CHECK(fold_equals_snapshot_plus_tail<account, bank>(log));
  second.type = "unheard of";
  const std::vector<event_record> foreign{first, second};
  CHECK_THAT((fold_equals_snapshot_plus_tail<account, bank>(foreign).why()),
             Catch::StartsWith("it threw: unknown event type"));
}

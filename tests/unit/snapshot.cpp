#include "../support/bank.hpp"

#include <evstore/snapshot.hpp>

#include <catch2/catch.hpp>

using namespace evstore;

namespace {

constexpr snapshot_rule rule(auto policy) { return rule_of<bank::events>(policy); }
constexpr stream_version v(std::uint64_t version) { return stream_version{version}; }

struct renamed {
  int x = 0;
  static constexpr std::string_view snapshot_name = "purse";
};
struct first_meaning {
  int x = 0;
};
struct second_meaning {
  int x = 0;
  static constexpr std::uint32_t snapshot_version = 2;
};
struct third_meaning {
  int x = 0;
  static constexpr std::uint32_t snapshot_version = 3;
};
EVSTORE_DESCRIBE(first_meaning, x)
EVSTORE_DESCRIBE(second_meaning, x)
EVSTORE_DESCRIBE(third_meaning, x)

// every(100): when the version passes a multiple, also within a commit
static_assert(!rule(every(100)).due(v(98), v(99)));
static_assert(rule(every(100)).due(v(99), v(100)));
static_assert(!rule(every(100)).due(v(100), v(199)));
static_assert(rule(every(100)).due(v(190), v(250)));

static_assert(!rule(manual).due(v(0), v(1000)) && rule(manual).used);
static_assert(!rule(off).due(v(0), v(1000)) && !rule(off).used);

static_assert(rule(on<bank::account_closed>).due("account_closed"));
static_assert(!rule(on<bank::account_closed>).due("money_moved"));
static_assert(!rule(on<bank::account_closed>).due(v(0), v(1000)));

constexpr auto both = rule(every(100) | on<bank::account_closed, bank::money_moved>);
static_assert(both.due("account_closed") && both.due("money_moved") && both.due(v(99), v(100)));
static_assert(rule(every(100) | every(10)).count == 10);
static_assert(!rule(every(10) | off).due(v(9), v(10)));

static_assert(rule_of_state<bank::events, bank::account>().count == 0);
static_assert(snapshot_name<renamed>() == "purse");
static_assert(snapshot_name<bank::account>() == "bank::account");
static_assert(snapshot_fingerprint<second_meaning>() != snapshot_fingerprint<third_meaning>());
static_assert(snapshot_fingerprint<first_meaning>() != snapshot_fingerprint<second_meaning>());

} // namespace

TEST_CASE("a snapshot's key names the state and the stream, and no two meet") {
  CHECK(snapshot_key<renamed>("account-a/b") == "purse/account-a/b");
  CHECK(snapshot_key<bank::account>("purse/x") != snapshot_key<renamed>("x"));
}

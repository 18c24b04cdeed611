// The closed set of events: names, schema versions and places, all known at compile time.
#include <evstore/event_set.hpp>

#include <boost/hana/adapt_struct.hpp>

#include <cstdint>
#include <string>
#include <variant>

namespace app {

struct account_opened {
  std::string owner;
};
struct money_moved_v1 {
  std::int64_t cents;
};
struct money_moved_v2 {
  std::int64_t cents;
  std::int64_t fee;
};
struct money_moved {
  std::int64_t cents;
  std::int64_t fee;
  std::int64_t tax;
};
struct account_closed {};

EVSTORE_DESCRIBE(account_opened, owner)
EVSTORE_DESCRIBE(money_moved_v1, cents)
EVSTORE_DESCRIBE(money_moved, cents, fee, tax)
EVSTORE_DESCRIBE(account_closed)

constexpr money_moved_v2 upcast(const money_moved_v1& old) { return {old.cents, 1}; }
constexpr money_moved upcast(const money_moved_v2& old) { return {old.cents, old.fee, 2}; }

} // namespace app

BOOST_HANA_ADAPT_STRUCT(app::money_moved_v2, cents, fee);

namespace {

using namespace evstore;

struct bank : event_set<named<"account_opened", app::account_opened>,
                        named<"money_moved",
                              versions<app::money_moved_v1, app::money_moved_v2, app::money_moved>>,
                        named<"account_closed", app::account_closed>> {};

static_assert(any_event_set<bank> && !any_event_set<app::account_opened>);
static_assert(bank::size == 3);

static_assert(contains<bank, app::money_moved> && contains<bank, app::account_closed>);
static_assert(!contains<bank, app::money_moved_v1> && !contains<bank, int>);

static_assert(event_name<bank, app::money_moved> == "money_moved");
static_assert(event_schema<bank, app::money_moved> == 3);
static_assert(event_schema<bank, app::account_opened> == 1);
static_assert(event_index<bank, app::account_closed> == 2);
static_assert(std::is_same_v<event_at<bank, 1>, app::money_moved>);
static_assert(std::is_same_v<event_history<bank, app::money_moved>::shape<1>, app::money_moved_v1>);

static_assert(index_of<bank>("account_opened") == 0 && index_of<bank>("account_closed") == 2);
static_assert(!index_of<bank>("") && !index_of<bank>("account_open") &&
              !index_of<bank>("account_openedx") && !index_of<bank>("Account_opened"));

static_assert(
    std::is_same_v<variant_of<bank>,
                   std::variant<app::account_opened, app::money_moved, app::account_closed>>);

// Step by step, through shapes that only their neighbours know.
using history = event_history<bank, app::money_moved>;
static_assert(bring_up_to_date<history, 1>(app::money_moved_v1{5}).fee == 1);
static_assert(bring_up_to_date<history, 1>(app::money_moved_v1{5}).tax == 2);
static_assert(bring_up_to_date<history, 2>(app::money_moved_v2{5, 6}).fee == 6);
static_assert(bring_up_to_date<history, 3>(app::money_moved{5, 6, 7}).tax == 7);
static_assert(upcasts_to<app::money_moved_v1, app::money_moved_v2> &&
              !upcasts_to<app::money_moved, app::money_moved_v1>);

struct empty : event_set<> {};
static_assert(empty::size == 0 && !index_of<empty>("a") && !contains<empty, int>);

} // namespace

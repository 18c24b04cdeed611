#include <evstore/decide.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <string>
#include <vector>

namespace {

using namespace evstore;

struct moved {
  int cents = 0;
};

struct closed {};

enum class shortage { of_money, of_time };

constexpr std::string_view to_string(shortage why) {
  return why == shortage::of_money ? "not enough money" : "not enough time";
}

/// The cents of all events in an answer.
constexpr int sum_of(const auto& answer) {
  int sum = 0;
  for_each_emitted(answer, [&](const auto& event, const event_details*) {
    if constexpr (requires { event.cents; }) sum += event.cents;
  });
  return sum;
}

template <class Answer>
std::size_t count_of(const Answer& answer) {
  std::size_t count = 0;
  for_each_emitted(answer, [&](const auto&, const event_details*) { ++count; });
  return count;
}

// What needs no memory from the heap is taken apart in constant evaluation, too.
static_assert(sum_of(moved{1}) == 1);
static_assert(sum_of(std::tuple{moved{1}, closed{}, moved{2}}) == 3);
static_assert(sum_of(std::optional<moved>{}) == 0);
static_assert(sum_of(std::variant<moved, closed>{moved{4}}) == 4);
static_assert(sum_of(std::array{moved{1}, moved{2}}) == 3);
static_assert(std::is_void_v<refusal_of_t<moved>>);
static_assert(std::is_same_v<refusal_of_t<const result<moved, std::string>&>, std::string>);

struct withdraw {
  using state = moved;
  static constexpr result<moved, shortage> decide(int cents, const moved& account) {
    if (account.cents < cents) return failure{shortage::of_money};
    return moved{-cents};
  }
};
static_assert(decider<withdraw, int>);
static_assert(!decider<withdraw, std::string>);
static_assert(!decider<moved, int>);
static_assert(withdraw::decide(5, moved{7})->cents == -5);

} // namespace

TEST_CASE("a decision may answer with any nesting of events, in order") {
  using either = std::variant<std::monostate, moved, closed>;
  CHECK(count_of(either{}) == 0);
  CHECK(count_of(std::vector<either>{moved{1}, closed{}, {}, moved{2}}) == 3);
  CHECK(sum_of(std::tuple{std::optional{moved{1}}, std::vector{moved{2}, moved{4}}}) == 7);
  CHECK(count_of(std::vector<moved>{}) == 0);
}

TEST_CASE("an envelope hands its details on, a bare event has none") {
  std::vector<const event_details*> seen;
  const std::tuple answer{moved{1}, envelope{moved{2}, {.tags = {"owner:ada"}}}};
  for_each_emitted(answer,
                   [&](const auto&, const event_details* details) { seen.push_back(details); });
  REQUIRE(seen.size() == 2);
  CHECK(seen[0] == nullptr);
  REQUIRE(seen[1] != nullptr);
  CHECK(seen[1]->tags == std::vector<std::string>{"owner:ada"});
}

TEST_CASE("an envelope of one of several events hands its details to that event") {
  using either = std::variant<moved, closed>;
  const envelope<either> answer{moved{2}, {.tags = {"owner:ada"}}};
  CHECK(sum_of(answer) == 2);
  for_each_emitted(std::vector{answer, answer},
                   [&](const auto& event, const event_details* details) {
                     CHECK(std::is_same_v<decltype(event), const moved&>);
                     REQUIRE(details != nullptr);
                     CHECK(details->tags.size() == 1);
                   });
}

TEST_CASE("a rejection taken for granted is thrown in the words of the refusal") {
  const auto words = [](const auto& why) {
    try {
      throw_refusal(why);
    } catch (const error& thrown) {
      return std::pair{thrown.code(), thrown.message()};
    }
  };
  CHECK(words(rejection<std::string>::refused("too late")) ==
        std::pair{errc::refused, std::string{"too late"}});
  CHECK(words(rejection<shortage>::refused(shortage::of_money)) ==
        std::pair{errc::refused, std::string{"not enough money"}});
  CHECK(words(rejection<closed>::refused({})).first == errc::refused);
  const append_conflict conflict{append_conflict::kind::version, "a", no_stream, stream_version{2}};
  CHECK(words(rejection<std::string>::conflicted(conflict)).first == errc::conflict);
}

TEST_CASE("a rejection says which of the two it is") {
  const auto refused = rejection<std::string>::refused("no");
  REQUIRE(refused.refusal() != nullptr);
  CHECK(*refused.refusal() == "no");
  CHECK(refused.conflict() == nullptr);
  const auto lost = rejection<append_conflict>::conflicted(
      {append_conflict::kind::tombstoned, "a", any, stream_version{1}});
  CHECK(lost.refusal() == nullptr);
  REQUIRE(lost.conflict() != nullptr);
  CHECK(lost.conflict()->what == "a");
}

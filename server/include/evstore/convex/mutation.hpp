#pragma once

#include <evstore/assert.hpp>
#include <evstore/commit_draft.hpp>
#include <evstore/convex/id.hpp>
#include <evstore/generate_event_id.hpp>
#include <evstore/timestamp.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evstore::convex {

/// What a client sees as `_creationTime` of a document that an event of this time made: milliseconds
/// since 1970, with a fraction.
[[nodiscard]] inline double creation_time(timestamp time) noexcept {
  return static_cast<double>(time.time_since_epoch().count()) / 1000.0;
}

/// Times of which none comes twice: now, or a microsecond behind the one before, if the clock has not
/// moved on or was set back. One thread at a time.
class rising_clock {
public:
  /// Everything behind `last`.
  explicit rising_clock(timestamp last) noexcept : last_{last} {}

  timestamp next() noexcept {
    const auto now =
        std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return last_ = std::max<timestamp>(now, last_ + std::chrono::microseconds{1});
  }

private:
  timestamp last_;
};

/// What a mutation is given: the read model, as it is before the mutation, and a commit to write to. A
/// mutation decides on the first and writes events into the second, which is appended when the
/// function returns, and is as if it had never been when it throws. Mutations run one at a time.
///
/// Each event gets a time of its own, later than that of every event before it: a model that makes
/// documents of events has their `_creationTime` from `event_view::time`.
template <class Set, class Model>
class mutation {
public:
  mutation(const Model& before, commit_draft<Set>& draft, rising_clock& clock,
           const table_names& tables) noexcept
      : model_{before}, draft_{draft}, clock_{clock}, tables_{tables} {}
  mutation(const mutation&) = delete;
  mutation& operator=(const mutation&) = delete;

  /// What the mutation writes itself is not in it.
  [[nodiscard]] const Model& model() const noexcept { return model_; }

  /// Events for one stream, in any form that a decision may answer with; each stream once. What this
  /// throws ends the mutation.
  template <class... Events>
  void write(std::string_view stream, expected_version expected, const Events&... events) {
    draft_.begin_write(stream, expected);
    const auto add = [&](const auto& event, const event_details* given) {
      event_details details = given != nullptr ? *given : event_details{};
      if (!details.time) details.time = clock_.next();
      draft_.add_event(event, &details);
    };
    (for_each_emitted(events, add), ...);
  }

  /// Only expects something of a stream.
  void guard(std::string_view stream, expected_version expected) {
    draft_.begin_write(stream, expected);
  }

  /// An id that no document has, of the table `Id` names: `call.new_id<id<"games">>()`.
  template <class Id>
    requires requires { Id::table; }
  [[nodiscard]] Id new_id() const {
    const auto number = tables_.number_of(Id::table);
    EVSTORE_ASSERT(number, "an id is made of a table that the functions were given");
    std::array<std::uint8_t, 14> random{};
    for (std::size_t at = 0; at < random.size(); at += 7) {
      std::uint64_t bits = evstore::detail::random_bits();
      for (std::size_t i = 0; i < 7; ++i, bits >>= 8)
        random[at + i] = static_cast<std::uint8_t>(bits & 0xFF);
    }
    return {write_id({*number, unique_bytes(random, std::chrono::system_clock::now())})};
  }

private:
  const Model& model_;
  commit_draft<Set>& draft_;
  rising_clock& clock_;
  const table_names& tables_;
};

} // namespace evstore::convex

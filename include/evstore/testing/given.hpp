#pragma once

#include <evstore/fold.hpp>
#include <evstore/testing/stored_value.hpp>
#include <evstore/testing/verdict.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// Tests of decisions and states in the words of the domain, with no store and no framework:
///
///     CHECK(given<account>(account_opened{"Ada"}, money_moved{500})
///               .when([](const account& a) { return withdraw(300, a); })
///               .then(money_moved{-300}));
///
/// `when<D>(command)` takes a decider. Where state and events can be evaluated by the compiler the
/// same line stands in a `static_assert`. (Given/when/then of behaviour-driven development, as used
/// for event-sourced deciders by Greg Young and Jérémie Chassaing.)

namespace evstore::testing {

namespace detail {

template <class Refusal>
std::string refusal_in_words(const Refusal& refusal) {
  if constexpr (described<Refusal> || described_enum<Refusal>)
    return value_in_words(refusal);
  else
    return evstore::detail::in_words(refusal);
}

template <class Expected, class Actual>
constexpr bool same_refusal(const Expected& expected, const Actual& actual) {
  if constexpr (std::same_as<Expected, Actual>)
    return same_value(expected, actual);
  else
    return actual == expected;
}

/// Calls `see` with the event at a place of what a decision may answer, if there is one.
template <class Events, class Visitor>
constexpr void visit_event_at(const Events& events, std::size_t place, Visitor see) {
  std::size_t at = 0;
  for_each_emitted(events, [&](const auto& event, const event_details*) {
    if (at++ == place) see(event);
  });
}

template <class Events>
constexpr std::size_t count_events(const Events& events) {
  std::size_t count = 0;
  for_each_emitted(events, [&](const auto&, const event_details*) { ++count; });
  return count;
}

template <class Events>
std::string event_at_in_words(const Events& events, std::size_t place) {
  std::string text{"nothing"};
  visit_event_at(events, place, [&](const auto& event) { text = value_in_words(event); });
  return text;
}

template <class Events>
std::string events_in_words(const Events& events) {
  std::string text;
  for_each_emitted(events, [&](const auto& event, const event_details*) {
    text.append(text.empty() ? "" : ", ").append(value_in_words(event));
  });
  return text.empty() ? "nothing" : text;
}

/// Events of different types differ; `where` then stays empty.
template <class Expected, class Actual>
constexpr bool same_event_at(std::size_t place, const Expected& expected, const Actual& actual,
                             std::string* where) {
  bool same = false;
  visit_event_at(expected, place, [&]<class Wanted>(const Wanted& wanted) {
    visit_event_at(actual, place, [&]<class Came>(const Came& came) {
      if constexpr (std::same_as<Wanted, Came>) same = same_value(wanted, came, where);
    });
  });
  return same;
}

} // namespace detail

/// What a decision answered; `then...` says what it should have answered.
template <class Answer>
class decided {
public:
  constexpr decided(words story, Answer answer)
      : story_{std::move(story)}, answer_{std::move(answer)} {}

  /// These events and no others, in this order, each in any form that a decision may answer with.
  /// What is stored of the events is compared; the details of envelopes are not.
  template <class... Events>
  [[nodiscard]] constexpr verdict then(const Events&... events) const {
    const std::tuple<const Events&...> expected{events...};
    if (refused())
      return fail([&] {
        return "expected " + detail::events_in_words(expected) +
               "\n but it was refused: " + refusal();
      });
    const std::size_t count =
        std::max(detail::count_events(expected), detail::count_events(happened()));
    for (std::size_t i = 0; i < count; ++i)
      if (!detail::same_event_at(i, expected, happened(), nullptr))
        return fail([&] { return explain_event(i, expected); });
    return verdict::holds();
  }

  /// The command is carried out, and changes nothing.
  [[nodiscard]] constexpr verdict then_nothing() const { return then(); }

  /// The command is refused, for whatever reason.
  [[nodiscard]] constexpr verdict then_refused() const {
    static_assert(can_refuse, "this decision cannot refuse: it does not answer with a result");
    if (refused()) return verdict::holds();
    return fail(
        [&] { return "expected a refusal\n but got " + detail::events_in_words(happened()); });
  }

  /// The command is refused for this reason.
  template <class Refusal>
  [[nodiscard]] constexpr verdict then_refused(const Refusal& expected) const {
    if (!refused()) return then_refused();
    if (detail::same_refusal(expected, answer_.error())) return verdict::holds();
    return fail([&] {
      return "expected the refusal: " + detail::refusal_in_words(expected) +
             "\n but got: " + refusal();
    });
  }

private:
  static constexpr bool can_refuse = evstore::detail::is_result<Answer>;

  [[nodiscard]] constexpr bool refused() const {
    if constexpr (can_refuse)
      return !answer_.has_value();
    else
      return false;
  }
  [[nodiscard]] constexpr const auto& happened() const {
    if constexpr (can_refuse)
      return *answer_;
    else
      return answer_;
  }
  [[nodiscard]] std::string refusal() const {
    if constexpr (can_refuse) return detail::refusal_in_words(answer_.error());
    return {};
  }

  template <class Expected>
  [[nodiscard]] std::string explain_event(std::size_t place, const Expected& expected) const {
    std::string where;
    detail::same_event_at(place, expected, happened(), &where);
    std::string text = "event " + std::to_string(place + 1);
    text.append(where.empty() ? " is another" : " differs at $" + where);
    text.append("\n expected ").append(detail::event_at_in_words(expected, place));
    return text.append("\n but got  ").append(detail::event_at_in_words(happened(), place));
  }

  /// Words are for people: the compiler does without.
  template <class Explain>
  [[nodiscard]] constexpr verdict fail(const Explain& explain) const {
    if (std::is_constant_evaluated()) return verdict::fails(words{});
    return verdict::fails(story_.text() + explain());
  }

  words story_;
  Answer answer_;
};

/// A state with the events that led to it; `when` asks a decision.
template <class State>
class situation {
public:
  constexpr situation(words story, State state)
      : story_{std::move(story)}, state_{std::move(state)} {}

  /// `decide(state)`, as given to `store::execute`.
  template <std::invocable<const State&> Decide>
  [[nodiscard]] constexpr auto when(Decide&& decide) const {
    return decided{story_, std::invoke(decide, state_)};
  }
  /// `D::decide(command, state)`.
  template <class D, class Command>
    requires decider<D, Command> && std::same_as<typename D::state, State>
  [[nodiscard]] constexpr auto when(const Command& command) const {
    const auto told = [&] {
      return words{story_.text() + "when  " + value_in_words(command) + "\n"};
    };
    return decided{std::is_constant_evaluated() ? words{} : told(), D::decide(command, state_)};
  }

  /// The events add up to this state: member by member if it is described, else by `==`.
  [[nodiscard]] constexpr verdict then_state(const State& expected) const {
    if (same_value(expected, state_)) return verdict::holds();
    if (std::is_constant_evaluated()) return verdict::fails(words{});
    std::string where;
    static_cast<void>(same_value(expected, state_, &where));
    return verdict::fails(story_.text() + "the state differs at $" + where + "\n expected " +
                          value_in_words(expected) + "\n but got  " + value_in_words(state_));
  }
  /// The state itself, for checks of one's own.
  [[nodiscard]] constexpr const State& state() const noexcept { return state_; }

private:
  words story_;
  State state_;
};

/// The state that these events lead to, each in any form that a decision may answer with.
template <class State, class... Events>
[[nodiscard]] constexpr situation<State> given(const Events&... events) {
  const auto told = [&] {
    const std::tuple<const Events&...> all{events...};
    return words{"given " + detail::events_in_words(all) + "\n"};
  };
  return {std::is_constant_evaluated() ? words{} : told(), evstore::fold(State{}, events...)};
}

} // namespace evstore::testing

#pragma once

#include <evstore/commit_draft.hpp>
#include <evstore/decide.hpp>
#include <evstore/load.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// Load, decide, append at the loaded version, and again if somebody else was faster.

namespace evstore {

namespace detail {

template <class Refusal>
struct execute_result_for {
  using type = result<append_receipt, rejection<Refusal>>;
};
template <>
struct execute_result_for<void> {
  using type = append_result;
};

} // namespace detail

struct execute_options {
  /// How often to decide before a conflict is reported; at least 1. Each attempt decides anew, on
  /// the state that the winner left.
  std::uint32_t attempts = 5;
};

/// What executing a decision reports: a receipt, without events if the decision had nothing to do,
/// or the conflict of the last attempt. A decision that can refuse adds its refusal to the reasons.
template <class Answer>
using execute_result = typename detail::execute_result_for<refusal_of_t<Answer>>::type;

namespace detail {

/// Never defined: the compiler's complaint about it is the diagnostic. Remedy: the decision takes a
/// `const State&`; what is to change is said by the events that it answers with.
template <class State>
struct DECISION_MUST_TAKE_A_CONST;

/// A decision that could change the state that it is given.
template <class Decide, class State>
concept changes_its_state = !std::invocable<Decide, const State&> && std::invocable<Decide, State&>;

template <class State>
append_result refuse_decision() {
  static_cast<void>(sizeof(DECISION_MUST_TAKE_A_CONST<State>));
  return append_receipt{};
}

/// The events of an answer into the draft: `put(events)`. Returns the refusal if there is one.
template <class Result, class Answer, class Put>
std::optional<Result> take_answer(const Answer& answer, Put&& put) {
  if constexpr (is_result<Answer>) {
    if (!answer) return Result{failure{Result::error_type::refused(answer.error())}};
    put(*answer);
  } else {
    put(answer);
  }
  return std::nullopt;
}

template <class Result>
Result finished(append_result appended) {
  if constexpr (std::same_as<Result, append_result>) {
    return appended;
  } else {
    if (appended) return Result{std::move(appended).value()};
    return Result{failure{Result::error_type::conflicted(appended.error())}};
  }
}

inline void require_attempts(const execute_options& options) {
  if (options.attempts == 0)
    throw error{errc::invalid_argument, "a decision is attempted at least once"};
}

inline bool lost_a_race(const append_result& appended) {
  return !appended && (appended.error().reason == append_conflict::kind::version ||
                       appended.error().reason == append_conflict::kind::condition);
}

/// Executes on one stream. `after(loaded, draft)` is told of a commit that was written.
template <class Set, class State, adapter Adapter, class Decide, class After>
auto execute_on_stream(Adapter& adapter, std::string_view stream, Decide&& decide,
                       const execute_options& options, unknown_events policy, bool snapshots,
                       After&& after) {
  using answer_type = std::remove_cvref_t<std::invoke_result_t<Decide&, const State&>>;
  using result_type = execute_result<answer_type>;
  require_attempts(options);
  folded<State> loaded = load<Set, State>(adapter, stream, policy, snapshots);
  for (std::uint32_t attempt = 1;; ++attempt) {
    const answer_type answer = decide(std::as_const(loaded.state));
    draft_lease<Set> draft;
    draft->begin_write(stream, exactly(loaded.version));
    auto refused =
        take_answer<result_type>(answer, [&](const auto& events) { draft->add(events); });
    if (refused) return *std::move(refused);
    if (draft->event_count() == 0)
      return result_type{append_receipt{loaded.position, loaded.position, {loaded.version}}};
    append_result appended = adapter.append(draft->view());
    if (lost_a_race(appended) && attempt < options.attempts) {
      replay_stream<Set>(adapter, stream, loaded, policy);
      continue;
    }
    if (appended && !appended->replayed) after(loaded, *draft, *appended);
    return finished<result_type>(std::move(appended));
  }
}

/// Adds each event to the stream that `stream_of(event)` names. A commit names each stream once, so
/// events of one stream move together; their order within the stream stays.
template <class Set, class Events, class StreamOf>
void add_by_stream(commit_draft<Set>& draft, const Events& events, const StreamOf& stream_of) {
  std::vector<std::string> streams;
  for_each_emitted(events, [&](const auto& event, const event_details*) {
    std::string stream{stream_of(event)};
    if (std::find(streams.begin(), streams.end(), stream) == streams.end())
      streams.push_back(std::move(stream));
  });
  for (const std::string& stream : streams) {
    draft.begin_write(stream, any);
    for_each_emitted(events, [&](const auto& event, const event_details* details) {
      if (std::string_view{stream_of(event)} == stream) draft.add_event(event, details);
    });
  }
}

/// Executes on the events that a query matches: the commit is refused if another one has appeared.
/// `stream_of` is a stream's name, or says for each event which stream it goes to.
template <class Set, class State, adapter Adapter, class StreamOf, class Decide>
auto execute_on_query(Adapter& adapter, const query& which, const StreamOf& stream_of,
                      Decide&& decide, const execute_options& options, unknown_events policy) {
  using answer_type = std::remove_cvref_t<std::invoke_result_t<Decide&, const State&>>;
  using result_type = execute_result<answer_type>;
  require_attempts(options);
  for (std::uint32_t attempt = 1;; ++attempt) {
    const folded<State> loaded = load<Set, State>(adapter, which, policy);
    const answer_type answer = decide(loaded.state);
    draft_lease<Set> draft;
    auto refused = take_answer<result_type>(answer, [&](const auto& events) {
      if constexpr (std::convertible_to<const StreamOf&, std::string_view>) {
        draft->begin_write(stream_of, any);
        draft->add(events);
      } else {
        add_by_stream<Set>(*draft, events, stream_of);
      }
    });
    if (refused) return *std::move(refused);
    if (draft->event_count() == 0)
      return result_type{append_receipt{loaded.position, loaded.position, {}}};
    draft->require(which, loaded.position);
    append_result appended = adapter.append(draft->view());
    if (lost_a_race(appended) && attempt < options.attempts) continue;
    return finished<result_type>(std::move(appended));
  }
}

} // namespace detail
} // namespace evstore

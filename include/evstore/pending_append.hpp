#pragma once

#include <evstore/adapter.hpp>

#include <concepts>
#include <utility>

/// Appends that are begun and not waited for: an optional capability of an adapter, which lets one
/// thread keep many commits in flight.

namespace evstore {

/// What an append that is in flight answers with.
///
/// - `is_ready()`: whether `get` would return at once.
/// - `wait()`: returns when the commit is acknowledged, refused or failed.
/// - `get()`: waits; the same result, and the same errors thrown, as `append` has. Any number of
///   times.
/// - `judged()`: what `get` will return unless something begun before it, or the commit itself, fails
///   to be stored. Does not wait: whoever decides on what is in flight knows positions and versions.
///
/// The ticket may be dropped, which loses nothing but the answer, and may outlive the store. One
/// thread at a time.
template <class T>
concept append_ticket = std::movable<T> && requires(const T& ticket) {
  { ticket.is_ready() } -> std::same_as<bool>;
  { ticket.wait() } -> std::same_as<void>;
  { ticket.get() } -> std::convertible_to<append_result>;
  { ticket.judged() } -> std::convertible_to<append_result>;
};

/// An adapter that appends without waiting:
///
/// - `append_async(commit)` judges the commit against everything that was begun before it, copies
///   what it needs, and returns while the commit is on its way. It throws at once what `append`
///   throws without trying (`errc::invalid_argument`, `errc::append_halted`, …).
/// - Commits are acknowledged in the order in which they were begun; a refusal that rests on a commit
///   in flight is told only when that one is acknowledged. If one fails, so do all that were begun
///   after it and before the failure was told.
/// - When as many are in flight as the adapter was opened for, the call waits until one is through.
/// - What is in flight when the last handle goes is completed first.
template <class A>
concept async_adapter = adapter<A> && requires(A& store, const commit_view& commit) {
  { store.append_async(commit) } -> append_ticket;
};

/// The ticket type of an adapter.
template <async_adapter A>
using pending_append_of =
    decltype(std::declval<A&>().append_async(std::declval<const commit_view&>()));

/// The ticket of an adapter that has nothing to wait for.
class [[nodiscard]] completed_append {
public:
  explicit completed_append(append_result outcome) : outcome_{std::move(outcome)} {}

  [[nodiscard]] static constexpr bool is_ready() noexcept { return true; }
  static constexpr void wait() noexcept {}
  [[nodiscard]] const append_result& judged() const noexcept { return outcome_; }
  [[nodiscard]] const append_result& get() const& noexcept { return outcome_; }
  [[nodiscard]] append_result get() && { return std::move(outcome_); }

private:
  append_result outcome_;
};

} // namespace evstore

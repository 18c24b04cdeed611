#pragma once

#include <evstore/assert.hpp>

#include <concepts>
#include <type_traits>
#include <utility>
#include <variant>

namespace evstore {

/// Wraps the error of a `result`, so that `result<T, T>` stays unambiguous.
template <class E>
struct failure {
  E error;
};

template <class E>
failure(E) -> failure<E>;

/// A refusal that can also be thrown: argument-dependent lookup finds a `throw_refusal` for it, which
/// throws an `evstore::error` that says the same in words.
template <class E>
concept throwable_refusal = requires(const E& refusal) { throw_refusal(refusal); };

/// A value, or an outcome that a correct program branches on. Environment failures are exceptions
/// (`evstore::error`), bugs are assertions; only expected refusals travel here.
///
/// The subset of C++23 `std::expected` that evstore needs, usable in constant evaluation.
template <class T, class E>
class [[nodiscard]] result {
public:
  using value_type = T;
  using error_type = E;

  constexpr result(T value) : state_{std::in_place_index<0>, std::move(value)} {}
  /// Also from what an `E` is made of, so that `failure{"not enough money"}` makes a `std::string`.
  template <class G>
    requires std::convertible_to<G, E>
  constexpr result(failure<G> refused)
      : state_{std::in_place_index<1>, static_cast<E>(std::move(refused.error))} {}

  [[nodiscard]] constexpr bool has_value() const noexcept { return state_.index() == 0; }
  constexpr explicit operator bool() const noexcept { return has_value(); }

  /// The value; a refusal is thrown as `evstore::error`.
  constexpr const T& value() const&
    requires throwable_refusal<E>
  {
    if (!has_value()) throw_refusal(error());
    return std::get<0>(state_);
  }
  constexpr T&& value() &&
        requires throwable_refusal<E>
  {
    if (!has_value()) throw_refusal(error());
    return std::get<0>(std::move(state_));
  }

  /// The value of a result that is known to have one; asserted.
  constexpr const T& operator*() const {
    EVSTORE_ASSERT(has_value(), "a result is dereferenced only after it was checked");
    return std::get<0>(state_);
  }
  constexpr const T* operator->() const { return &**this; }

  /// The refusal of a result that is known to have one; asserted.
  constexpr const E& error() const {
    EVSTORE_ASSERT(!has_value(), "error() is asked only of a result that has no value");
    return std::get<1>(state_);
  }

  template <class U>
    requires std::convertible_to<U, T>
  constexpr T value_or(U&& fallback) const& {
    return has_value() ? **this : static_cast<T>(std::forward<U>(fallback));
  }

  friend constexpr bool operator==(const result&, const result&)
    requires std::equality_comparable<T> && std::equality_comparable<E>
  = default;

private:
  std::variant<T, E> state_;
};

} // namespace evstore

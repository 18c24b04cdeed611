#pragma once

#include <evstore/commit.hpp>
#include <evstore/envelope.hpp>
#include <evstore/result.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

/// What a decision may answer, taken apart in one place. A decision is a pure function of a state:
/// no I/O, no clock, no randomness. It answers with what happens, in whichever form says it best:
///
///     an event                               that happens
///     an envelope of any of these            that happens, with these details
///     std::optional, std::variant            that happens, or nothing, or one of several things
///     std::tuple, std::vector, std::array …  these happen, in this order
///     result<any of the above, Refusal>      that happens, or the command is refused

namespace evstore {

namespace detail {

template <class T>
concept sequence_of_events = requires(const T& value) {
  value.begin() != value.end();
  *value.begin();
};

template <class T>
inline constexpr bool is_tuple = false;
template <class... Parts>
inline constexpr bool is_tuple<std::tuple<Parts...>> = true;
template <class A, class B>
inline constexpr bool is_tuple<std::pair<A, B>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... Types>
inline constexpr bool is_variant<std::variant<Types...>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_envelope = false;
template <class T>
inline constexpr bool is_envelope<envelope<T>> = true;
template <class T>
inline constexpr bool is_result = false;
template <class T, class E>
inline constexpr bool is_result<result<T, E>> = true;

template <class T>
concept text =
    std::same_as<T, std::string> || std::same_as<T, std::string_view> ||
    std::same_as<std::decay_t<const T>, const char*> || std::same_as<std::decay_t<T>, char*>;

/// Never defined: the compiler's complaint about it is the diagnostic. Remedy: an event; a decision
/// that refuses with a text answers with `result<event, std::string>`, and with `failure{text}`.
template <class T>
struct TEXT_IS_NO_EVENT;

} // namespace detail

/// Calls `see(event, details)` for each event in `events`, in order, which may be of any form
/// listed above except `result`. `details` is null for a bare event. Usable in constant evaluation.
template <class Events, class Visitor>
constexpr void for_each_emitted(const Events& events, Visitor&& see) {
  if constexpr (detail::is_envelope<Events>) {
    evstore::for_each_emitted(events.event, [&](const auto& event, const event_details*) {
      see(event, &events.details);
    });
  } else if constexpr (detail::is_tuple<Events>) {
    std::apply([&](const auto&... part) { (evstore::for_each_emitted(part, see), ...); }, events);
  } else if constexpr (detail::is_variant<Events>) {
    std::visit([&](const auto& event) { evstore::for_each_emitted(event, see); }, events);
  } else if constexpr (detail::is_optional<Events>) {
    if (events) evstore::for_each_emitted(*events, see);
  } else if constexpr (std::same_as<Events, std::monostate>) {
    // the empty alternative of a variant: nothing happens
  } else if constexpr (detail::text<Events>) {
    static_cast<void>(sizeof(detail::TEXT_IS_NO_EVENT<Events>));
  } else if constexpr (detail::sequence_of_events<Events>) {
    for (const auto& event : events) evstore::for_each_emitted(event, see);
  } else {
    see(events, static_cast<const event_details*>(nullptr));
  }
}

/// The refusal type of a decision's answer; `void` if it cannot refuse.
template <class Answer>
struct refusal_of {
  using type = void;
};
template <class Events, class Refusal>
struct refusal_of<result<Events, Refusal>> {
  using type = Refusal;
};
template <class Answer>
using refusal_of_t = typename refusal_of<std::remove_cvref_t<Answer>>::type;

/// A decision given with its state and command types, so that it has a name and can be tested and
/// executed by it (J. Chassaing's decider, with `evolve` and the initial state in the state type):
///
///     struct withdraw {
///       using state = account;
///       static result<money_moved, std::string> decide(std::int64_t cents, const account& state);
///     };
template <class D, class Command>
concept decider =
    requires(const Command& command, const typename D::state& state) { D::decide(command, state); };

/// Why a decision was not carried out: the decision itself refused, or a concurrent writer won.
template <class Refusal>
class rejection {
public:
  [[nodiscard]] static constexpr rejection refused(Refusal refusal) {
    return rejection{std::in_place_index<0>, std::move(refusal)};
  }
  [[nodiscard]] static constexpr rejection conflicted(append_conflict conflict) {
    return rejection{std::in_place_index<1>, std::move(conflict)};
  }

  /// The decision's own refusal, or null.
  [[nodiscard]] constexpr const Refusal* refusal() const noexcept { return std::get_if<0>(&why_); }
  /// The conflict of the last attempt, or null.
  [[nodiscard]] constexpr const append_conflict* conflict() const noexcept {
    return std::get_if<1>(&why_);
  }

private:
  template <std::size_t I, class Why>
  constexpr rejection(std::in_place_index_t<I> which, Why&& why)
      : why_{which, std::forward<Why>(why)} {}

  std::variant<Refusal, append_conflict> why_;
};

namespace detail {

template <class Refusal>
std::string in_words(const Refusal& refusal) {
  if constexpr (std::convertible_to<const Refusal&, std::string_view>)
    return std::string{std::string_view{refusal}};
  else if constexpr (requires { std::string{refusal.to_string()}; })
    return std::string{refusal.to_string()};
  else if constexpr (requires { std::string{to_string(refusal)}; })
    return std::string{to_string(refusal)};
  else
    return "the decision refused";
}

} // namespace detail

/// A refusal that was taken for granted: in its own words if it is a text or has `to_string`.
template <class Refusal>
[[noreturn]] void throw_refusal(const rejection<Refusal>& why) {
  if (why.conflict()) throw_refusal(*why.conflict());
  throw error{errc::refused, detail::in_words(*why.refusal())};
}

} // namespace evstore

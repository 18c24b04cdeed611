#pragma once

#include <evstore/assert.hpp>
#include <evstore/describe.hpp>
#include <evstore/event_set.hpp>
#include <evstore/fingerprint.hpp>
#include <evstore/position.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// When snapshots are taken, and under which name. Snapshots are derived data: they make loading
/// faster, never change the log, and may be deleted at any time.

namespace evstore {

/// When a store takes a snapshot by itself, after an append. Made by `every`, `on`, `manual` and
/// `off`; combined with `|`. A state says its own:
///
///     static constexpr auto snapshots = evstore::every(100) | evstore::on<session_ended>;
///
/// and `store::snapshots<State>(policy)` overrides it at run time.
template <class... Events>
struct snapshot_policy {
  std::uint64_t count = 0; ///< each time the version passes a multiple of it; 0: never by count
  bool used = true;        ///< whether snapshots are read at all
};

/// Takes none by itself; reads those that `take_snapshot` made. What a state that says nothing
/// gets.
inline constexpr snapshot_policy<> manual{};
/// Takes none and reads none.
inline constexpr snapshot_policy<> off{.count = 0, .used = false};
/// Takes one each time the version passes a multiple of `count`, which is positive.
constexpr snapshot_policy<> every(std::uint64_t count) {
  EVSTORE_ASSERT(count != 0, "snapshots are taken every 1 or more events");
  return {.count = count};
}
/// Takes one after each commit with an event of one of these types.
template <class... Events>
inline constexpr snapshot_policy<Events...> on{};

template <class... A, class... B>
constexpr snapshot_policy<A..., B...> operator|(snapshot_policy<A...> a, snapshot_policy<B...> b) {
  const bool only_one = a.count == 0 || b.count == 0;
  return {.count = only_one ? a.count + b.count : std::min(a.count, b.count),
          .used = a.used && b.used};
}

/// A policy with its event types looked up in a set: what a store consults.
struct snapshot_rule {
  std::uint64_t count = 0;
  bool used = true;
  std::span<const std::string_view> types{};

  [[nodiscard]] constexpr bool due(stream_version before, stream_version after) const noexcept {
    return used && count != 0 && after.value() / count > before.value() / count;
  }
  [[nodiscard]] constexpr bool due(std::string_view type) const noexcept {
    return used && std::find(types.begin(), types.end(), type) != types.end();
  }
};

namespace detail {

template <class Set, class... Events>
inline constexpr std::array<std::string_view, sizeof...(Events)> names_of{
    event_name<Set, Events>...};

} // namespace detail

template <class Set, class... Events>
constexpr snapshot_rule rule_of(snapshot_policy<Events...> policy) noexcept {
  return {policy.count, policy.used, detail::names_of<Set, Events...>};
}

/// The rule that a state type brings along.
template <class Set, class State>
constexpr snapshot_rule rule_of_state() noexcept {
  if constexpr (requires { State::snapshots; })
    return rule_of<Set>(State::snapshots);
  else
    return rule_of<Set>(manual);
}

namespace detail {

constexpr std::uint64_t mixed(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t x = a ^ (b * 0x9E3779B97F4A7C15u); // the finaliser of SplitMix64
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

} // namespace detail

/// What a state's snapshots are called: `State::snapshot_name` if it has one, else the type's name
/// as the compiler spells it. (Compilers spell templates and unnamed namespaces differently: a
/// state whose snapshots are shared between them says its name.)
template <class State>
constexpr std::string_view snapshot_name() noexcept {
  if constexpr (requires { std::string_view{State::snapshot_name}; }) {
    constexpr std::string_view name = State::snapshot_name;
    static_assert(!name.empty() && name.find('/') == std::string_view::npos && name.size() <= 200,
                  "a snapshot_name has 1 to 200 bytes and no slash");
    return name;
  } else {
    return detail::spelled_type_name<State>().substr(0, 200);
  }
}

/// The key of a stream's snapshot, `account/account-ada`: a state's name holds no slash, so keys of
/// different states and streams never meet. A projection's key is its name alone.
template <class State>
std::string snapshot_key(std::string_view stream) {
  std::string key{snapshot_name<State>()};
  return key.append("/").append(stream);
}

/// The shape of a state, and `State::snapshot_version` where it has one: to be raised when `evolve`
/// gets another meaning while the members stay the same. A snapshot of another shape is dropped.
template <class State>
constexpr std::uint64_t snapshot_fingerprint() noexcept {
  if constexpr (requires { std::uint64_t{State::snapshot_version}; })
    return detail::mixed(fingerprint_of<State>, State::snapshot_version);
  else
    return fingerprint_of<State>;
}

} // namespace evstore

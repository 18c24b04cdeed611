#pragma once

#include <evstore/decode.hpp>
#include <evstore/event_set.hpp>
#include <evstore/json/detail/canonical.hpp>
#include <evstore/json/detail/lent.hpp>
#include <evstore/json/detail/tolerant.hpp>
#include <evstore/padded_text.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

/// JSON back into values. What our writer wrote is read in one pass with keys that are literals of
/// the code; any other JSON (spaces, another order, unknown or escaped keys) is read through
/// simdjson into the same values.
///
/// Both read strictly: unknown members are ignored, an absent `std::optional` becomes empty, every
/// other absent member is an error, as are a key that stands twice, a value of another type, a
/// number that the type cannot hold, text that is not UTF-8, and anything behind the value.

namespace evstore::json {

/// Reads one JSON value into an object, whose strings and vectors keep their memory. Linear. Throws
/// `errc::decode_failed` with the JSON path and the byte; the object is then valid and unspecified.
template <class T>
void read_into(const padded_text& text, T& out) {
  detail::canonical_input in{text};
  if (!in.is_end(detail::read_canonical(text.data(), in, out))) detail::read_tolerant(text, out);
}

template <class T>
[[nodiscard]] T read(std::string_view text) {
  T value{};
  read_into(text, value);
  return value;
}

} // namespace evstore::json

namespace evstore {

namespace detail {

[[noreturn]] inline void throw_unknown_schema(std::uint32_t schema, std::uint32_t current) {
  throw error{errc::decode_failed, "stored with schema version " + std::to_string(schema) +
                                       ", and this program knows 1 to " + std::to_string(current)};
}

/// Decodes an older shape and brings it up to date.
template <class Versions, std::uint32_t Schema, class Visitor>
void visit_older(const padded_text& data, Visitor& visitor) {
  typename Versions::template shape<Schema> stored{};
  json::read_into(data, stored);
  const typename Versions::current brought_up = bring_up_to_date<Versions, Schema>(stored);
  visitor(brought_up);
}

template <class Versions, class Visitor>
void visit_event_of(std::uint32_t schema, const padded_text& data, Visitor& visitor) {
  constexpr std::uint32_t current = Versions::current_schema;
  if (schema == current) {
    constexpr std::size_t most_kept = 1 << 16; // bytes of text, so that a thread keeps little more
    json::detail::lent<typename Versions::current> event{data.size() > most_kept};
    json::read_into(data, *event);
    const auto& decoded = *event;
    return visitor(decoded);
  }
  if (schema == 0 || schema > current) throw_unknown_schema(schema, current);
  if constexpr (current > 1)
    [&]<std::uint32_t... I>(std::integer_sequence<std::uint32_t, I...>) {
      static_cast<void>(
          ((schema == I + 1 && (visit_older<Versions, I + 1>(data, visitor), true)) || ...));
    }(std::make_integer_sequence<std::uint32_t, current - 1>{});
}

template <class... Named, class Visitor>
void visit_event_at(event_set<Named...>*, std::size_t index, std::uint32_t schema,
                    const padded_text& data, Visitor& visitor) {
  using visit = void (*)(std::uint32_t, const padded_text&, Visitor&);
  static constexpr std::array<visit, sizeof...(Named)> table{
      &visit_event_of<typename Named::history, Visitor>...};
  table[index](schema, data, visitor);
}

} // namespace detail

/// Decodes the data of a stored event into its type, brought up to the current schema version, and
/// calls `visitor(const Event&)` with it in place. False, and nothing is called, if the set does
/// not name the type. The table of types is made at compile time. Throws `errc::decode_failed` with
/// the JSON path.
template <any_event_set Set, class Visitor>
bool visit_event(std::string_view type, std::uint32_t schema, const padded_text& data,
                 Visitor&& visitor) {
  const std::size_t index = Set::table::index.find(type);
  if (index == Set::size) return false;
  detail::visit_event_at(static_cast<typename Set::definition*>(nullptr), index, schema, data,
                         visitor);
  return true;
}

/// Decodes an event that is known to be of type `Event`; instantiates no other type of the set.
template <any_event_set Set, class Event>
void read_event(std::uint32_t schema, const padded_text& data, Event& out) {
  using history = event_history<Set, Event>;
  if (schema == history::current_schema) return json::read_into(data, out);
  const auto take = [&](const Event& event) { out = event; };
  detail::visit_event_of<history>(schema, data, take);
}

/// What the store asks for, so that only those who read include this header.
template <class T>
struct INCLUDE_evstore_json_read_hpp_TO_DECODE {
  template <class Visitor>
  static void visit_at(std::size_t index, std::uint32_t schema, const padded_text& data,
                       Visitor& visitor) {
    detail::visit_event_at(static_cast<typename T::definition*>(nullptr), index, schema, data,
                           visitor);
  }
  template <class Event>
  static void read_event(std::uint32_t schema, const padded_text& data, Event& out) {
    evstore::read_event<T>(schema, data, out);
  }
  static void read(std::string_view text, T& out) { json::read_into(text, out); }
};

} // namespace evstore

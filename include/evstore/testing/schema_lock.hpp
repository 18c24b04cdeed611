#pragma once

#include <evstore/error.hpp>
#include <evstore/event_set.hpp>
#include <evstore/fingerprint.hpp>
#include <evstore/testing/verdict.hpp>

#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// A file that says how every schema version of every event looks when it is stored. Committed
/// beside the program, it makes a test fail when a stored form changes unnoticed:
///
///     CHECK(check_schema_lock<bank>("events.lock"));
///
/// One line for each, sorted, so that version control shows and merges changes well: name, schema
/// version, fingerprint and shape, with tabs between them. The fingerprint decides, the shape is for
/// people.

namespace evstore::testing {

/// With this environment variable set to 1, `check_schema_lock` writes the lock and is content.
inline constexpr const char* accept_schema_variable = "EVSTORE_ACCEPT_SCHEMA";

namespace detail {

struct schema_name {
  std::string event;
  std::uint32_t schema = 0;

  friend auto operator<=>(const schema_name&, const schema_name&) = default;
};

struct stored_form {
  std::string fingerprint; ///< 16 hexadecimal digits
  std::string shape;
};

using schema_lock = std::map<schema_name, stored_form>;

inline std::string hexadecimal(std::uint64_t value) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 0xF];
  return text;
}

template <class History, std::uint32_t... I>
void add_history(schema_lock& to, std::string_view event,
                 std::integer_sequence<std::uint32_t, I...>) {
  (to.insert_or_assign(
       schema_name{std::string{event}, I + 1},
       stored_form{hexadecimal(fingerprint_of<typename History::template shape<I + 1>>),
                   shape_text<typename History::template shape<I + 1>>()}),
   ...);
}

template <any_event_set Set>
schema_lock lock_of() {
  schema_lock lock;
  const auto add = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    using event = event_at<Set, I>;
    using schemas = std::make_integer_sequence<std::uint32_t, event_schema<Set, event>>;
    add_history<event_history<Set, event>>(lock, event_name<Set, event>, schemas{});
    return true;
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    const bool added[] = {add(std::integral_constant<std::size_t, I>{})...};
    static_cast<void>(added);
  }(std::make_index_sequence<Set::size>{});
  return lock;
}

inline void write_lock(const std::string& file, const schema_lock& lock) {
  std::ofstream out{file, std::ios::binary | std::ios::trunc};
  out << "# How events look when they are stored. Written with " << accept_schema_variable
      << "=1; do not edit.\n";
  for (const auto& [name, form] : lock)
    out << name.event << '\t' << name.schema << '\t' << form.fingerprint << '\t' << form.shape
        << '\n';
  if (!out.flush()) {
    error_place place;
    place.file = file;
    throw error{errc::io_failed, "the schema lock cannot be written", std::move(place)};
  }
}

/// Takes the text up to the next tab off a line; nothing if there is none.
inline std::optional<std::string> take_column(std::string_view& line) {
  const std::size_t tab = line.find('\t');
  if (tab == line.npos) return std::nullopt;
  std::string column{line.substr(0, tab)};
  line.remove_prefix(tab + 1);
  return column;
}

/// Reads a line into the lock; false if it is none.
inline bool read_line(std::string_view line, schema_lock& into) {
  const auto event = take_column(line);
  const auto schema = take_column(line);
  const auto fingerprint = take_column(line);
  std::uint32_t number = 0;
  if (!event || !schema || !fingerprint) return false;
  const auto [end, failed] =
      std::from_chars(schema->data(), schema->data() + schema->size(), number);
  if (failed != std::errc{} || end != schema->data() + schema->size()) return false;
  return into.try_emplace(schema_name{*event, number}, stored_form{*fingerprint, std::string{line}})
      .second;
}

inline std::string describe_difference(const schema_name& name, const stored_form* locked,
                                       const stored_form* current) {
  std::string text = name.event + ", schema version " + std::to_string(name.schema) + ": ";
  if (!locked) return text + "is not in the lock\n  " + current->shape;
  if (!current)
    return text +
           "is in the lock and not in the event set; stored events of it can no longer be "
           "read\n  " +
           locked->shape;
  return text + "its stored form has changed\n  was " + locked->shape + "\n  is  " +
         current->shape +
         "\n  remedy: keep the old struct, put the new one behind it in versions<...>, and write "
         "upcast(old)";
}

inline verdict compare(const std::string& file, const schema_lock& locked,
                       const schema_lock& current) {
  std::string text;
  const auto say = [&](const schema_name& name, const stored_form* was, const stored_form* is) {
    text.append("\n").append(describe_difference(name, was, is));
  };
  for (const auto& [name, was] : locked) {
    const auto is = current.find(name);
    if (is == current.end())
      say(name, &was, nullptr);
    else if (is->second.fingerprint != was.fingerprint)
      say(name, &was, &is->second);
  }
  for (const auto& [name, is] : current)
    if (!locked.contains(name)) say(name, nullptr, &is);
  if (text.empty()) return verdict::holds();
  return verdict::fails(file + " and the program do not agree:" + text +
                        "\nIf no stored event is affected, run this test once with " +
                        accept_schema_variable + "=1 and commit " + file + ".");
}

} // namespace detail

/// Writes the lock for a set, over what was there. Throws `errc::io_failed`.
template <any_event_set Set>
void write_schema_lock(const std::string& file) {
  detail::write_lock(file, detail::lock_of<Set>());
}

/// Whether every stored form is the one in the lock, and none is missing or new. The verdict says
/// what has changed and what to do: give the event a new schema version, or accept the change.
template <any_event_set Set>
verdict check_schema_lock(const std::string& file) {
  const char* accept = std::getenv(accept_schema_variable);
  if (accept && std::string_view{accept} == "1") write_schema_lock<Set>(file);

  std::ifstream in{file, std::ios::binary};
  if (!in)
    return verdict::fails(file + " cannot be read; to write it, run this test once with " +
                          accept_schema_variable + "=1, and commit it");
  detail::schema_lock locked;
  std::string line;
  for (std::uint64_t number = 1; std::getline(in, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    if (!detail::read_line(line, locked))
      return verdict::fails(file + ":" + std::to_string(number) +
                            ": not a line of a schema lock, or one that stands twice");
  }
  return detail::compare(file, locked, detail::lock_of<Set>());
}

} // namespace evstore::testing

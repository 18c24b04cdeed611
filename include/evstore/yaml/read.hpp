#pragma once

#include <evstore/error.hpp>
#include <evstore/json/detail/time.hpp>
#include <evstore/value_kind.hpp>
#include <evstore/yaml/detail/path.hpp>
#include <evstore/yaml/document.hpp>

#include <array>
#include <bitset>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

namespace evstore::yaml {

/// What becomes of an entry that the struct has no member for.
enum class unknown_fields : std::uint8_t { ignore, refuse };

struct read_options {
  std::string_view file{}; ///< for messages
  unknown_fields unknown = unknown_fields::ignore;
  yaml::limits limits{};
};

namespace detail {

class reader {
public:
  explicit reader(const read_options& options) : options_{options} {}

  template <class T>
  void read(const node& from, T& to) {
    constexpr value_kind kind = kind_of<T>();
    if constexpr (kind == value_kind::structure) {
      static_assert(check_described<T>());
      read_struct(from, to);
    } else if constexpr (kind == value_kind::optional) {
      if (from.is == node::kind::null)
        to.reset();
      else
        read(from, to.emplace());
    } else if constexpr (kind == value_kind::list) {
      require(from, node::kind::list, "a list");
      to.clear();
      for (const node* element : from.children) {
        const path::step inside{path_, to.size()};
        typename T::value_type value{};
        read(*element, value);
        to.push_back(std::move(value));
      }
    } else if constexpr (kind == value_kind::array) {
      require(from, node::kind::list, "a list");
      if (from.children.size() != to.size())
        fail(from, "expected " + std::to_string(to.size()) + " elements and found " +
                       std::to_string(from.children.size()));
      for (std::size_t i = 0; i < to.size(); ++i) {
        const path::step inside{path_, i};
        read(*from.children[i], to[i]);
      }
    } else if constexpr (kind == value_kind::map) {
      to.clear();
      each_entry(from, [&](const std::string& key, const node& name, const node& element) {
        const auto [at, is_new] = to.try_emplace(key);
        if (!is_new) fail(name, "the key stands twice");
        read(element, at->second);
      });
    } else if constexpr (kind == value_kind::variant) {
      read_variant(from, to);
    } else {
      read_scalar(from, to);
    }
  }

private:
  template <class T>
  void read_struct(const node& from, T& to) {
    std::bitset<field_count<T>> seen;
    each_entry(from, [&](const std::string& key, const node& name, const node& value) {
      std::size_t index = 0;
      bool known = false;
      for_each_field(to, [&](std::string_view field, auto& member) {
        if (field == key) {
          known = true;
          if (seen[index]) fail(name, "the field stands twice");
          seen.set(index);
          read(value, member);
        }
        ++index;
      });
      if (!known) unknown(name, describe_fields<T>());
    });
    std::size_t index = 0;
    for_each_field(to, [&](std::string_view field, auto& member) {
      if (seen[index++]) return;
      if constexpr (kind_of<std::remove_cvref_t<decltype(member)>>() == value_kind::optional) {
        member.reset();
      } else {
        const path::step inside{path_, field};
        fail(from, "the required field is missing");
      }
    });
  }

  template <class T>
  static std::string describe_fields() {
    std::string names;
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (names.append(I == 0 ? "" : ", ").append(field_name<T, I>), ...);
    }(std::make_index_sequence<field_count<T>>{});
    return std::string{type_name<T>} + " has: " + names;
  }

  void unknown(const node& name, const std::string& fields) {
    if (!name.quoted && name.text == "<<")
      fail(name, "merge keys (<<) are not supported: write the entries out");
    if (options_.unknown == unknown_fields::refuse) fail(name, "there is no such field; " + fields);
  }

  template <class... T>
  void read_variant(const node& from, std::variant<T...>& to) {
    bool known = false;
    each_entry(from, [&](const std::string& key, const node& name, const node& value) {
      if (from.children.size() != 2)
        fail(name, "a variant is a map of one entry, the alternative that it holds");
      ((shape_name<T>() == key ? (known = true, read(value, to.template emplace<T>())) : void()),
       ...);
      if (!known) {
        std::string names;
        ((names.append(names.empty() ? "" : ", ").append(shape_name<T>())), ...);
        fail(name, "there is no such alternative; there are: " + names);
      }
    });
    if (!known) fail(from, "a variant is a map of one entry, the alternative that it holds");
  }

  template <class Visitor>
  void each_entry(const node& from, Visitor visit) {
    require(from, node::kind::map, "a map");
    for (std::size_t i = 0; i + 1 < from.children.size(); i += 2) {
      const node& key = *from.children[i];
      if (key.is != node::kind::scalar) fail(key, "a key must be a text");
      const path::step inside{path_, key.text};
      visit(key.text, key, *from.children[i + 1]);
    }
  }

  template <class T>
  void read_scalar(const node& from, T& to) {
    constexpr value_kind kind = kind_of<T>();
    if constexpr (kind == value_kind::nothing) {
      if (from.is != node::kind::null) fail(from, "expected null");
    } else if constexpr (kind == value_kind::boolean) {
      to = read_bool(from);
    } else if constexpr (kind == value_kind::integer) {
      read_integer(from, to);
    } else if constexpr (kind == value_kind::floating) {
      read_floating(from, to);
    } else if constexpr (kind == value_kind::text) {
      to = text_of(from, "a text");
    } else if constexpr (kind == value_kind::enumeration) {
      read_enum(from, to);
    } else if constexpr (kind == value_kind::time) {
      using duration = typename T::duration;
      const auto time = json::detail::parse_time<duration>(text_of(from, "a time"));
      if (!time)
        fail(from,
             "expected a UTC time such as 2026-11-20T21:20:00Z, in units that the member can hold");
      to = *time;
    } else if constexpr (kind == value_kind::json) {
      try {
        to = raw_json{text_of(from, "JSON in quotes")};
      } catch (const error& refused) {
        fail(from, refused.message());
      }
    } else {
      static_cast<void>(sizeof(evstore::detail::TYPE_CANNOT_BE_STORED<T>));
    }
  }

  const std::string& text_of(const node& from, std::string_view expected) {
    require(from, node::kind::scalar, expected);
    return from.text;
  }

  /// The text of a scalar that is no text: a quoted "22" is not a number.
  std::string_view plain_text_of(const node& from, std::string_view expected) {
    const std::string& text = text_of(from, expected);
    if (from.quoted)
      fail(from, std::string{"expected "}.append(expected).append(" and found a text in quotes"));
    return text;
  }

  bool read_bool(const node& from) {
    const std::string_view text = plain_text_of(from, "true or false");
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    fail(from, "expected true or false and found " + std::string{text});
  }

  template <class T>
  void read_integer(const node& from, T& to) {
    std::string_view text = plain_text_of(from, "an integer");
    if (text.starts_with('+')) text.remove_prefix(1);
    const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos)
      fail(from, "expected an integer and found " + from.text);
    // Octal in YAML 1.1, decimal in YAML 1.2.
    if (digits.size() > 1 && digits.front() == '0') fail(from, "an integer must not begin with 0");
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), to);
    if (failed != std::errc{} || end != text.data() + text.size())
      fail(from, from.text + " does not fit into " + std::string{shape_name<T>()});
  }

  template <class T>
  void read_floating(const node& from, T& to) {
    std::string_view text = plain_text_of(from, "a number");
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    using range = std::numeric_limits<T>;
    T value = 0;
    if (text == ".inf" || text == ".Inf" || text == ".INF") {
      value = range::infinity();
    } else if (text == ".nan" || text == ".NaN" || text == ".NAN") {
      value = range::quiet_NaN();
    } else {
      const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
      const bool is_number = text.find_first_not_of("0123456789.eE+-") == text.npos;
      if (!is_number || failed == std::errc::invalid_argument || end != text.data() + text.size())
        fail(from, "expected a number and found " + from.text);
      if (failed != std::errc{})
        fail(from, from.text + " does not fit into " + std::string{shape_name<T>()});
    }
    to = negative ? -value : value;
  }

  template <class E>
  void read_enum(const node& from, E& to) {
    const auto value = parse_enum<E>(text_of(from, "a name"));
    if (!value) {
      std::string names;
      for (const auto& known : enumerators<E>)
        names.append(names.empty() ? "" : ", ").append(known.name);
      fail(from, from.text + " is not one of: " + names);
    }
    to = *value;
  }

  void require(const node& from, node::kind expected, std::string_view what) {
    if (from.is == expected) return;
    constexpr std::array<std::string_view, 4> names{"nothing", "a single value", "a list", "a map"};
    fail(from, std::string{"expected "}
                   .append(what)
                   .append(" and found ")
                   .append(names[static_cast<std::size_t>(from.is)]));
  }

  [[noreturn]] void fail(const node& at, std::string_view why) {
    error_place place;
    place.file = options_.file;
    place.line = at.line;
    place.path = path_.text();
    throw error{errc::decode_failed, why, std::move(place)};
  }

  const read_options& options_;
  path path_;
};

} // namespace detail

/// Reads one YAML document, whoever wrote it, into a value of any type that the JSON codec stores.
/// An absent optional becomes empty; every other field is required. Texts may stand without
/// quotes; numbers and truth values must. Integers that begin with 0, `yes` and `no`, merge keys
/// and foreign tags are refused rather than guessed.
///
/// Throws `errc::decode_failed` naming file, line and path (`$.attacks[1].bonus`). Linear in the
/// text and in what its aliases stand for, both within `options.limits`.
template <class T>
[[nodiscard]] T read(std::string_view text, const read_options& options = {}) {
  const document parsed = document::parse(text, options.file, options.limits);
  T value{};
  detail::reader{options}.read(parsed.root(), value);
  return value;
}

} // namespace evstore::yaml

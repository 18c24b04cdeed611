#pragma once

#include <evstore/detail/utf8.hpp>
#include <evstore/error.hpp>
#include <evstore/json/write.hpp>
#include <evstore/value_kind.hpp>
#include <evstore/yaml/detail/path.hpp>
#include <evstore/yaml/detail/scalar.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

/// Values as YAML for people to read: block style, members in declared order, absent optionals left
/// out, texts of several lines as literal blocks. The forms are those of the JSON codec:
/// enumerations by name, a variant as a map of one entry, times as text; `raw_json` is a text that
/// holds its bytes. What a YAML reader might take for a number, a truth value, a date or nothing
/// stands in quotes, so that readers of YAML 1.1 and 1.2 in any language see the same values. NaN
/// and infinities are said in YAML's own words.
///
/// Written by hand and not through yaml-cpp's emitter, which leaves texts such as `true` and `1e3`
/// without quotes and some control characters without escapes.

namespace evstore::yaml {

namespace detail {

class writer {
public:
  explicit writer(std::string& to) : out_{to} {}

  /// What stands before the value on its line.
  enum class behind { nothing, key, dash };

  /// Writes a value to the end of its last line; entries of maps and lists begin in this column.
  template <class T>
  void write(const T& value, behind what, std::size_t column) {
    constexpr value_kind kind = kind_of<T>();
    if constexpr (kind == value_kind::structure) {
      static_assert(check_described<T>());
      entries members{*this, what, column};
      for_each_field(value, [&](std::string_view name, const auto& member) {
        if (!is_absent(member)) members.write(name, member);
      });
      members.close("{}");
    } else if constexpr (kind == value_kind::map) {
      entries members{*this, what, column};
      for (const auto& [key, element] : value) members.write(key, element);
      members.close("{}");
    } else if constexpr (kind == value_kind::list || kind == value_kind::array) {
      entries elements{*this, what, column};
      std::size_t index = 0;
      for (const typename T::value_type& element : value) elements.write(index++, element);
      elements.close("[]");
    } else if constexpr (kind == value_kind::variant) {
      if (value.valueless_by_exception()) fail("the variant holds no value");
      entries members{*this, what, column};
      std::visit([&]<class Held>(const Held& held) { members.write(shape_name<Held>(), held); },
                 value);
    } else if constexpr (kind == value_kind::optional) {
      if (value)
        write(*value, what, column);
      else
        line("null", what);
    } else if constexpr (kind == value_kind::text) {
      write_text(value, what, column);
    } else {
      line(spell(value), what);
    }
  }

private:
  template <class Member>
  static bool is_absent(const Member& member) noexcept {
    if constexpr (kind_of<Member>() == value_kind::optional)
      return !member.has_value();
    else
      return false;
  }

  /// The entries of a map or list, one below the other.
  class entries {
  public:
    entries(writer& to, behind what, std::size_t column) : to_{to}, what_{what}, column_{column} {}

    template <class T>
    void write(std::string_view key, const T& value) {
      const path::step inside{to_.path_, key};
      begin();
      to_.write_key(key, column_);
      to_.write(value, behind::key, column_ + 2);
    }
    template <class T>
    void write(std::size_t index, const T& value) {
      const path::step inside{to_.path_, index};
      begin();
      to_.out_.push_back('-');
      to_.write(value, behind::dash, column_ + 2);
    }
    void close(std::string_view if_empty) {
      if (first_) to_.line(if_empty, what_);
    }

  private:
    /// The first entry of an entry of a list stands behind its dash, every other on its own line.
    void begin() {
      if (first_ && what_ == behind::key) to_.out_.push_back('\n');
      if (first_ && what_ == behind::dash)
        to_.out_.push_back(' ');
      else
        to_.out_.append(column_, ' ');
      first_ = false;
    }

    writer& to_;
    behind what_;
    std::size_t column_;
    bool first_ = true;
  };

  void line(std::string_view text, behind what) {
    if (what != behind::nothing) out_.push_back(' ');
    out_.append(text).push_back('\n');
  }

  void write_key(std::string_view key, std::size_t column) {
    require_utf8(key);
    constexpr std::size_t longest_simple_key = 1024; // and what stands before it, in characters
    const std::size_t begin = out_.size();
    append_text(out_, key);
    if (out_.size() - begin + column >= longest_simple_key) {
      out_.insert(begin, "? ");
      out_.append("\n").append(column, ' ');
    }
    out_.push_back(':');
  }

  void write_text(std::string_view text, behind what, std::size_t column) {
    require_utf8(text);
    if (what == behind::nothing || !is_block(text)) {
      std::string spelled;
      append_text(spelled, text);
      return line(spelled, what);
    }
    const bool ends_line = text.back() == '\n';
    line(ends_line ? "|" : "|-", what);
    if (ends_line) text.remove_suffix(1);
    while (true) {
      const std::size_t end = text.find('\n');
      if (end != 0) out_.append(column, ' ');
      out_.append(text.substr(0, end)).push_back('\n');
      if (end == text.npos) break;
      text.remove_prefix(end + 1);
    }
  }

  /// A value of one word.
  template <class T>
  std::string spell(const T& value) {
    constexpr value_kind kind = kind_of<T>();
    std::string text;
    if constexpr (kind == value_kind::nothing) {
      text = "null";
    } else if constexpr (kind == value_kind::boolean) {
      text = value ? "true" : "false";
    } else if constexpr (kind == value_kind::integer) {
      if constexpr (std::signed_integral<T>)
        text = std::to_string(static_cast<long long>(value));
      else
        text = std::to_string(static_cast<unsigned long long>(value));
    } else if constexpr (kind == value_kind::floating) {
      append_number(text, value);
    } else if constexpr (kind == value_kind::enumeration) {
      const std::string_view name = enum_name(value);
      if (name.empty()) fail("the enumeration has no name for this value");
      append_text(text, name);
    } else if constexpr (kind == value_kind::json) {
      require_utf8(value.text());
      append_text(text, value.text());
    } else if constexpr (kind == value_kind::time) {
      try {
        json::write(value, text); // in double quotes, which YAML reads as JSON does
      } catch (const error& refused) {
        fail(refused.message());
      }
    } else {
      static_cast<void>(sizeof(evstore::detail::TYPE_CANNOT_BE_STORED<T>));
    }
    return text;
  }

  void require_utf8(std::string_view text) {
    if (!evstore::detail::is_utf8(text)) fail("the text is not valid UTF-8");
  }

  [[noreturn]] void fail(std::string_view why) {
    error_place place;
    place.path = path_.text();
    throw error{errc::invalid_payload, why, std::move(place)};
  }

  std::string& out_;
  path path_;
};

} // namespace detail

/// The value as one YAML document, in UTF-8 and ending with a line break. Any type that the JSON
/// codec stores. Linear in the text. Throws `errc::invalid_payload` with the path of what cannot be
/// said: text that is not UTF-8, an enumeration without a name, a time beyond the year 9999.
template <class T>
[[nodiscard]] std::string write(const T& value) {
  std::string text;
  detail::writer{text}.write(value, detail::writer::behind::nothing, 0);
  return text;
}

} // namespace evstore::yaml

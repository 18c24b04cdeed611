#pragma once

#include <evstore/convex/base64.hpp>
#include <evstore/convex/value.hpp>
#include <evstore/json/detail/document.hpp>
#include <evstore/raw_json.hpp>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::convex {

namespace detail {

class decoder {
public:
  using document = json::detail::document;
  using node = document::node;

  decoder(document& from, const limits& most) noexcept : from_{from}, most_{most} {}

  value read(node& at) {
    const std::string_view token = document::token(at);
    switch (token.front()) {
    case '{': return read_object(at, token.data());
    case '[': return read_array(at, token.data());
    case '"': return counted(value{read_text(at)}, token.data());
    default: return read_word(at);
    }
  }

private:
  void count(std::size_t size, const char* place) {
    size_ += size;
    if (size_ > most_.size)
      from_.fail(place, "the value is larger than " + std::to_string(most_.size) + " bytes");
  }

  void descend(const char* place) {
    count(2, place);
    if (++depth_ > most_.depth)
      from_.fail(place, "nested deeper than " + std::to_string(most_.depth) + " levels");
  }

  std::string read_text(node& at) const {
    const std::string_view token = from_.take(at);
    std::string text;
    if (json::detail::read_text(token.data(), token.data() + token.size(), text) == nullptr)
      from_.expected("text", token);
    return text;
  }

  /// A value that has no others inside.
  value counted(value read, const char* place) {
    count(read.size(), place);
    return read;
  }

  value read_word(node& at) {
    const std::string_view token = from_.take(at);
    const char* const end = token.data() + token.size();
    double number = 0;
    value read;
    if (json::detail::read_floating(token.data(), end, number) == end)
      read = number;
    else if (token == "true" || token == "false")
      read = token == "true";
    else if (token != "null")
      from_.expected("a value", token);
    return counted(std::move(read), token.data());
  }

  value read_array(node& at, const char* place) {
    descend(place);
    array elements;
    from_.each_element(at, "an array", [&](node& element) {
      if (elements.size() == most_.elements)
        from_.fail(place, "an array has more than " + std::to_string(most_.elements) + " elements");
      elements.push_back(read(element));
    });
    --depth_;
    return value{std::move(elements)};
  }

  value read_object(node& at, const char* place) {
    std::vector<object::field> fields;
    std::optional<value> special;
    bool entered = false;
    const auto enter = [&] {
      if (!std::exchange(entered, true)) descend(place);
    };
    from_.each_member(
        at, "an object", [&](std::string_view name, const char* at_name, node member) {
          if (special || (entered && name.starts_with('$')))
            from_.fail(at_name, "a name that begins with a '$' stands alone in its object");
          if (name.starts_with('$')) {
            special = read_special(std::string{name}, at_name, member);
            return;
          }
          enter();
          if (const auto defect = field_name_defect(name); !defect.empty())
            from_.fail(at_name, defect);
          if (fields.size() == most_.fields)
            from_.fail(place,
                       "an object has more than " + std::to_string(most_.fields) + " fields");
          count(name.size() + 1, at_name);
          object::field& added = fields.emplace_back(object::field{std::string{name}, {}});
          added.value = read(member);
        });
    if (special) return std::move(*special);
    enter();
    --depth_;
    try {
      return value{object::of(std::move(fields))};
    } catch (const error& refused) {
      from_.fail(place, refused.message());
    }
  }

  value read_special(const std::string& name, const char* place, node& at) {
    const bool known = name == "$integer" || name == "$float" || name == "$bytes";
    if (!known) from_.fail(place, name + " is no type of Convex");
    const std::string_view token = document::token(at);
    if (token.front() != '"') from_.expected("text in base64", token);
    auto data = parse_base64(read_text(at));
    if (!data) from_.fail(token.data(), name + " is no base64 with padding");
    if (name == "$bytes") return counted(value{std::move(*data)}, token.data());
    if (data->size() != 8)
      from_.fail(token.data(),
                 name + " has " + std::to_string(data->size()) + " bytes instead of 8");
    std::uint64_t bits = 0;
    for (std::size_t i = 8; i-- > 0;) bits = bits << 8 | std::to_integer<std::uint64_t>((*data)[i]);
    if (name == "$integer") return counted(value{static_cast<std::int64_t>(bits)}, token.data());
    const auto number = std::bit_cast<double>(bits);
    if (std::isfinite(number) && !(number == 0 && std::signbit(number)))
      from_.fail(token.data(), "$float is for what JSON has no number for");
    return counted(value{number}, token.data());
  }

  document& from_;
  limits most_;
  std::size_t depth_ = 0;
  std::size_t size_ = 0;
};

} // namespace detail

/// The value of a JSON text in Convex's encoding. Every plain number is a float64. Strict, since a
/// malformed value that was stored would stop every client that is ever sent it: base64 with its
/// padding, eight bytes for a number, `$float` only for what needs it, names as `field_name_defect`
/// says, each once, no lone surrogates, and nothing beyond the limits.
///
/// Linear; reentrant. Throws `errc::decode_failed`, which names the path and the byte.
inline value decode(std::string_view text, const limits& most = {}) {
  struct job {
    const limits& most;
    value read{};
  } doing{most};
  json::detail::document::parse(
      text,
      [](json::detail::document& from, json::detail::document::node& root, void* out) {
        job& told = *static_cast<job*>(out);
        told.read = detail::decoder{from, told.most}.read(root);
      },
      &doing);
  return std::move(doing.read);
}

/// Of a member of an event that `to_raw_json` made, whatever its size.
inline value decode(const raw_json& stored) {
  constexpr auto any = static_cast<std::size_t>(-1);
  return decode(stored.text(), {.depth = any, .elements = any, .fields = any, .size = any});
}

} // namespace evstore::convex

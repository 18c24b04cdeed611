#pragma once

#include <evstore/detail/json_scan.hpp>
#include <evstore/error.hpp>
#include <evstore/json/detail/lent.hpp>
#include <evstore/json/detail/path.hpp>
#include <evstore/json/detail/scalar.hpp>

#include <simdjson.h>

#include <bit>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace evstore::json::detail {

/// A JSON text that simdjson has indexed. simdjson finds where values are; what they are is decided
/// by the same functions as in the canonical reader.
///
/// simdjson reads a padded copy, wrapped in an array: so a text that is one number is no special
/// case, and anything behind the value is an element too many.
class document {
public:
  using node = simdjson::ondemand::value;

  using read_root = void (*)(document& doc, node& value, void* out);

  /// Calls `read` with the text's one value.
  static void parse(std::string_view text, read_root read, void* out) {
    constexpr std::size_t usual = std::size_t{1} << 20;
    lent<memory> room{text.size() > usual};
    document{text, *room}.run(read, out);
  }

  /// Throws `errc::decode_failed`, naming the path of the value at `at` and, below it, `member`.
  [[noreturn]] void fail(const char* at, std::string_view why,
                         std::optional<std::string_view> member = std::nullopt) const {
    error_place place;
    place.byte = static_cast<std::size_t>(at - memory_.text.data()) - 1;
    place.path = path_at(text_, *place.byte);
    if (member) append_key(place.path, *member);
    throw error{errc::decode_failed, why, std::move(place)};
  }

  /// What simdjson has to say about the text, in the words of our own scanner where it agrees.
  [[noreturn]] void fail(simdjson::error_code code) const {
    if (const auto defect = evstore::detail::find_json_defect(text_))
      fail(memory_.text.data() + 1 + defect.byte, std::string{"not JSON: "}.append(defect.what));
    throw error{errc::decode_failed,
                std::string{"simdjson: "}.append(simdjson::error_message(code))};
  }

  void check(simdjson::error_code code) const {
    if (code != simdjson::SUCCESS) fail(code);
  }

  /// Where a value begins: the text of a scalar, and the first character of anything else.
  static std::string_view token(node& value) noexcept { return trimmed(value.raw_json_token()); }

  /// The whole text of any value, which is then behind us.
  std::string_view take(node& value) const {
    std::string_view text = token(value);
    if (text.front() == '{') {
      simdjson::ondemand::object object;
      check(value.get_object().get(object));
      check(object.raw_json().get(text));
    } else if (text.front() == '[') {
      simdjson::ondemand::array array;
      check(value.get_array().get(array));
      check(array.raw_json().get(text));
    } else if (text.front() == '"') {
      // A string that is only looked at would be taken for a key if a colon stood behind it.
      check(value.get_raw_json_string().error());
    }
    return trimmed(text);
  }

  /// Passes over a value that nobody asked for; it must be JSON all the same.
  void skip(node& value) const {
    const std::string_view text = take(value);
    if (const auto defect = evstore::detail::find_json_defect(text))
      fail(text.data() + defect.byte, std::string{"not JSON: "}.append(defect.what));
  }

  /// Says what was expected and what stands there.
  [[noreturn]] void expected(std::string_view what, std::string_view found) const {
    constexpr std::size_t enough = 40;
    std::string why{"expected "};
    why.append(what).append(", found ").append(found.substr(0, enough));
    if (found.size() > enough) why.append("...");
    fail(found.data(), why);
  }

  /// Calls `read(key, key's place, value)` for each member of an object.
  template <class Read>
  void each_member(node& value, std::string_view what, Read read) {
    simdjson::ondemand::object object;
    const simdjson::error_code code = value.get_object().get(object);
    if (code == simdjson::INCORRECT_TYPE) expected(what, token(value));
    check(code);
    enter(value);
    for (auto result : object) {
      simdjson::ondemand::field field;
      check(std::move(result).get(field));
      const char* const raw_key = field.key().raw() - 1;
      std::string_view key;
      std::string storage;
      if (read_view(raw_key, end(), key, storage) == nullptr) fail(raw_key, "the key is no string");
      read(key, raw_key, field.value());
    }
    --depth_;
  }

  template <class Read>
  void each_element(node& value, std::string_view what, Read read) {
    simdjson::ondemand::array array;
    const simdjson::error_code code = value.get_array().get(array);
    if (code == simdjson::INCORRECT_TYPE) expected(what, token(value));
    check(code);
    enter(value);
    for (auto result : array) {
      node element;
      check(std::move(result).get(element));
      read(element);
    }
    --depth_;
  }

private:
  struct memory {
    simdjson::ondemand::parser parser;
    std::string text;
  };

  document(std::string_view text, memory& owned) : text_{text}, memory_{owned} {}

  void run(read_root read, void* out) {
    std::string& copy = memory_.text;
    copy.assign("[").append(text_).append("]");
    const std::size_t size = copy.size();
    copy.append(simdjson::SIMDJSON_PADDING, ' ');
    if (memory_.parser.capacity() < size)
      check(memory_.parser.allocate(std::bit_ceil(size), evstore::detail::json_max_depth + 8));
    simdjson::ondemand::document indexed;
    check(memory_.parser.iterate(simdjson::padded_string_view(copy.data(), size, copy.size()))
              .get(indexed));
    simdjson::ondemand::array values;
    check(indexed.get_array().get(values));
    std::size_t count = 0;
    for (auto result : values) {
      node value;
      check(std::move(result).get(value));
      if (++count > 1) fail(simdjson::TAPE_ERROR);
      read(*this, value, out);
    }
    const bool more = indexed.current_location().error() == simdjson::SUCCESS;
    if (count == 0 || more) fail(simdjson::TAPE_ERROR);
  }

  void enter(node& value) {
    if (++depth_ > evstore::detail::json_max_depth)
      fail(token(value).data(), evstore::detail::json_too_deep);
  }

  const char* end() const noexcept { return memory_.text.data() + text_.size() + 2; }

  static std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t last = text.find_last_not_of(" \t\n\r");
    return text.substr(0, last + 1);
  }

  std::string_view text_;
  memory& memory_;
  std::size_t depth_ = 0;
};

} // namespace evstore::json::detail

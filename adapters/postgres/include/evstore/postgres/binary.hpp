#pragma once

#include <evstore/error.hpp>
#include <evstore/event_id.hpp>

#include <bit>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// PostgreSQL's binary form of values: integers with the highest byte first, text as its bytes, and
/// arrays as in `array_send` (src/backend/utils/adt/arrayfuncs.c).

namespace evstore::postgres {

namespace detail {

template <class Integer>
void put(std::string& out, Integer value) {
  using bits = std::make_unsigned_t<Integer>;
  char bytes[sizeof(bits)];
  for (std::size_t i = 0; i < sizeof(bits); ++i)
    bytes[i] = static_cast<char>(static_cast<bits>(value) >> (8 * (sizeof(bits) - 1 - i)));
  out.append(bytes, sizeof bytes);
}

template <class Integer>
Integer get(const char* bytes) noexcept {
  using bits = std::make_unsigned_t<Integer>;
  bits value = 0;
  for (std::size_t i = 0; i < sizeof(bits); ++i)
    value = static_cast<bits>(value << 8 | static_cast<unsigned char>(bytes[i]));
  return static_cast<Integer>(value);
}

} // namespace detail

/// The element types of arrays, by the object ids that they have in every PostgreSQL.
enum class element : std::uint32_t { bigint = 20, integer = 23, text = 25, uuid = 2950 };

/// The parameters of a statement, in binary form, in one buffer that is used again.
class parameters {
public:
  void clear() noexcept {
    bytes_.clear();
    ends_.clear();
    is_null_.clear();
  }

  parameters& add(std::int64_t value) {
    detail::put(bytes_, value);
    return close();
  }
  parameters& add(std::string_view text) {
    bytes_.append(text);
    return close();
  }
  parameters& add(bool value) {
    bytes_.push_back(value ? '\1' : '\0');
    return close();
  }
  parameters& add_null() {
    close();
    is_null_.back() = true;
    return *this;
  }

  /// Begins an array, whose elements are added until `end_array`. One without elements is empty, not
  /// null.
  void begin_array(element of) {
    array_ = bytes_.size();
    count_ = 0;
    detail::put(bytes_, std::int32_t{1}); // dimensions
    detail::put(bytes_, std::int32_t{1}); // may have nulls
    detail::put(bytes_, static_cast<std::uint32_t>(of));
    detail::put(bytes_, std::int32_t{0}); // the count, when it is known
    detail::put(bytes_, std::int32_t{1}); // where counting begins
  }
  void element_of(std::int32_t value) {
    begin_element(sizeof value);
    detail::put(bytes_, value);
  }
  void element_of(std::int64_t value) {
    begin_element(sizeof value);
    detail::put(bytes_, value);
  }
  void element_of(std::string_view text) {
    begin_element(text.size());
    bytes_.append(text);
  }
  void element_of(const std::optional<event_id>& id) {
    if (!id) return null_element();
    begin_element(id->bytes().size());
    bytes_.append(reinterpret_cast<const char*>(id->bytes().data()), id->bytes().size());
  }
  /// The names as one text, divided by U+001F, which no name contains; none are null.
  template <class Names>
  void list_element(const Names& names) {
    if (names.empty()) return null_element();
    const std::size_t begin = bytes_.size();
    detail::put(bytes_, std::int32_t{0});
    for (const auto& name : names) {
      if (bytes_.size() != begin + 4) bytes_.push_back('\x1f');
      bytes_.append(name);
    }
    patch(begin, bytes_.size() - begin - 4);
    ++count_;
  }
  void null_element() {
    detail::put(bytes_, std::int32_t{-1});
    ++count_;
  }
  void end_array() {
    if (count_ == 0) { // an empty array has no dimensions
      bytes_.resize(array_ + 12);
      patch(array_, 0);
    } else {
      patch(array_ + 12, count_);
    }
    close();
  }
  /// A whole array of names.
  template <class Names>
  parameters& add_array(const Names& names) {
    begin_array(element::text);
    for (const auto& name : names) element_of(std::string_view{name});
    end_array();
    return *this;
  }

  [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
  /// Null for a null.
  [[nodiscard]] const char* data(std::size_t i) const noexcept {
    return is_null_[i] ? nullptr : bytes_.data() + begin_of(i);
  }
  [[nodiscard]] int length(std::size_t i) const noexcept {
    return static_cast<int>(ends_[i] - begin_of(i));
  }

private:
  [[nodiscard]] std::size_t begin_of(std::size_t i) const noexcept {
    return i == 0 ? 0 : ends_[i - 1];
  }
  parameters& close() {
    // What the server allots at most for a value; it would refuse more with a message of its own.
    constexpr std::size_t most = 0x3fff'ffff;
    const std::size_t begin = ends_.empty() ? 0 : ends_.back();
    if (bytes_.size() - begin > most)
      throw error{errc::unsupported,
                  "PostgreSQL takes no value of more than 1 GiB, and no commit "
                  "whose payloads are longer together"};
    ends_.push_back(bytes_.size());
    is_null_.push_back(false);
    return *this;
  }
  void begin_element(std::size_t size) {
    detail::put(bytes_, static_cast<std::int32_t>(size < INT_MAX ? size : INT_MAX));
    ++count_;
  }
  void patch(std::size_t at, std::size_t value) {
    std::string four;
    detail::put(four, static_cast<std::int32_t>(value));
    bytes_.replace(at, four.size(), four);
  }

  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::vector<bool> is_null_;
  std::size_t array_ = 0; // where the open one begins
  std::size_t count_ = 0; // of its elements
};

/// Calls `see(bytes)` for each element of an array that the server sent; a null is no text, and not
/// seen.
template <class Visitor>
void for_each_element(std::string_view array, Visitor see) {
  constexpr std::size_t head = 20;
  if (array.size() < head) return; // empty
  const auto count = detail::get<std::int32_t>(array.data() + 12);
  array.remove_prefix(head);
  for (std::int32_t i = 0; i < count; ++i) {
    const auto size = detail::get<std::int32_t>(array.data());
    array.remove_prefix(4);
    if (size < 0) continue;
    see(array.substr(0, static_cast<std::size_t>(size)));
    array.remove_prefix(static_cast<std::size_t>(size));
  }
}

/// The elements of an array of `integer` or `bigint`.
template <class Integer>
std::vector<Integer> integers_of(std::string_view array) {
  std::vector<Integer> values;
  for_each_element(
      array, [&](std::string_view bytes) { values.push_back(detail::get<Integer>(bytes.data())); });
  return values;
}

} // namespace evstore::postgres

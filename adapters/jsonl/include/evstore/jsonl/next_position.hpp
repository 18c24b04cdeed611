#pragma once

#include <evstore/detail/hot.hpp>
#include <evstore/jsonl/digits.hpp>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace evstore::jsonl {

/// Reads `{"position":41,"stream":"`, with which every record begins, in records of which most have
/// one more than the one before: the text that is due is made beforehand, and compared as four words.
class next_position {
public:
  /// Moves `at` behind it. False if something else stands there, and `at` is then unspecified. 48
  /// bytes may be read.
  EVSTORE_DETAIL_HOT bool take(const char*& at, std::uint64_t& out) noexcept {
    const std::uint64_t differs =
        (detail::load_word(at) ^ detail::load_word(key)) | (detail::load_word(at + 8) ^ second_) |
        (detail::load_word(at + size_ - 16) ^ third_) |
        (detail::load_word(at + size_ - 8) ^ detail::load_word(behind + behind_size - 8));
    if (differs != 0) [[unlikely]] {
      at = read_other(at, out);
      return at != nullptr;
    }
    at += size_;
    out = next_++;
    third_ += std::uint64_t{1} << (16 - behind_size - 1) * 8; // the last digit
    if (--until_carry_ == 0) [[unlikely]]
      carry();
    return true;
  }

private:
  static constexpr char key[] = R"({"position":)";
  static constexpr char behind[] = R"(,"stream":")";
  static constexpr std::size_t key_size = sizeof key - 1;
  static constexpr std::size_t behind_size = sizeof behind - 1;
  static constexpr std::uint64_t line_ends = 0x0A0A'0A0A'0A0A'0A0A; // which are in no line

  [[gnu::noinline]] const char* read_other(const char* at, std::uint64_t& out) noexcept {
    if (!begins_with(at, key)) return nullptr;
    at += key_size;
    if (!take_number(at, out) || !begins_with(at, behind)) return nullptr;
    expect(out + 1);
    return at + behind_size;
  }

  void expect(std::uint64_t next) noexcept {
    std::memcpy(text_, key, key_size);
    char* const end = std::to_chars(text_ + key_size, text_ + sizeof text_ - behind_size, next).ptr;
    std::memcpy(end, behind, behind_size);
    size_ = static_cast<std::size_t>(end - text_) + behind_size;
    next_ = next;
    load_words();
  }

  /// The next number ends with a zero, or is short and made anew each time.
  [[gnu::noinline]] void carry() noexcept {
    char* digit = text_ + size_ - behind_size - 1;
    if (next_ % 10 == 0) *digit = '9';
    for (; *digit == '9'; --digit) *digit = '0';
    if (digit < text_ + key_size) return expect(next_); // with one digit more
    ++*digit;
    load_words();
  }

  void load_words() noexcept {
    constexpr std::size_t most = 32; // what four words hold; for more than it, nothing is right
    second_ = size_ <= most ? detail::load_word(text_ + 8) : line_ends;
    third_ = detail::load_word(text_ + size_ - 16);
    const bool last_digit_is_in_second = size_ - behind_size <= 16;
    until_carry_ = last_digit_is_in_second ? 1 : 10 - static_cast<unsigned>(next_ % 10);
  }

  std::uint64_t next_ = 0;
  std::size_t size_ = key_size + 1 + behind_size;
  std::uint64_t second_ = line_ends;
  std::uint64_t third_ = 0;  // its last digit is the next number's, the others are in `text_`, too
  unsigned until_carry_ = 1; // how often the last digit may be counted up before it is 10
  char text_[key_size + 20 + behind_size] = {};
};

} // namespace evstore::jsonl

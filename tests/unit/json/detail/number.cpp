// Both readers of JSON share these functions, so they are held against the standard library.
#include <evstore/json/detail/number.hpp>

#include <catch2/catch.hpp>

#include <charconv>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace {

using namespace evstore::json::detail;

/// What was read, and how many characters of it.
template <class T>
struct outcome {
  T value;
  std::size_t length;

  friend bool operator==(const outcome&, const outcome&) = default;
};

template <class T, class Read>
std::optional<outcome<T>> read_with(Read read, const std::string& text) {
  T value{};
  const char* const end = read(text.data(), text.data() + text.size(), value);
  if (end == nullptr) return std::nullopt;
  return outcome<T>{value, static_cast<std::size_t>(end - text.data())};
}

/// The same by the book: the longest run that JSON calls a number, then `from_chars`.
template <class T>
std::optional<outcome<T>> expected(std::string_view text) {
  std::size_t at = 0;
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && text[at] >= '0' && text[at] <= '9') ++at;
    return at - begin;
  };
  if (at < text.size() && text[at] == '-') {
    if (std::is_unsigned_v<T>) return std::nullopt;
    ++at;
  }
  const std::size_t first = at;
  if (digits() == 0 || (text[first] == '0' && at - first > 1)) return std::nullopt;
  if constexpr (std::is_floating_point_v<T>) {
    if (at < text.size() && text[at] == '.') {
      ++at;
      if (digits() == 0) return std::nullopt;
    }
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
      ++at;
      if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
      if (digits() == 0) return std::nullopt;
    }
  }
  T value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + at, value);
  if (failed != std::errc{} || end != text.data() + at) return std::nullopt;
  return outcome<T>{value, at};
}

template <class T>
void check(const std::string& text) {
  INFO(text);
  if constexpr (std::is_floating_point_v<T>)
    REQUIRE(read_with<T>(read_floating<T>, text) == expected<T>(text));
  else
    REQUIRE(read_with<T>(read_integer<T>, text) == expected<T>(text));
}

void check_all(const std::string& text) {
  check<std::int8_t>(text);
  check<std::uint16_t>(text);
  check<std::int32_t>(text);
  check<std::int64_t>(text);
  check<std::uint64_t>(text);
  check<float>(text);
  check<double>(text);
}

} // namespace

TEST_CASE("numbers of every length are read, whatever stands behind them") {
  std::mt19937_64 random{1};
  for (std::size_t length = 0; length <= 25; ++length)
    for (const std::string behind : {"", ",", "}", " ", "x", "/", ":", ".", ".5", ".25e3", "e",
                                     "E+1", "e-2", "\xFF", "\x8A\x8A\x8A\x8A\x8A\x8A\x8A\x8A"})
      for (const std::string far : {"", "0123456789abcdef"})
        for (const char* sign : {"", "-"}) {
          std::string digits;
          for (std::size_t i = 0; i < length; ++i) digits += static_cast<char>('0' + random() % 10);
          check_all(sign + digits + behind + far);
          check_all(sign + std::string(length, '9') + behind + far);
          check_all(sign + std::string(length, '0') + behind + far);
        }
}

TEST_CASE("numbers at the edges of their types") {
  for (const char* text :
       {"127", "128", "-128", "-129", "65535", "65536", "2147483647", "2147483648", "-2147483648",
        "9223372036854775807", "9223372036854775808", "-9223372036854775808",
        "-9223372036854775809", "18446744073709551615", "18446744073709551616",
        "28446744073709551615", "99999999999999999999", "36893488147419103232"})
    check_all(text);
}

TEST_CASE("every byte ends a number that it is no part of") {
  for (int c = 0; c < 256; ++c) check_all("12" + std::string(9, static_cast<char>(c)));
}

TEST_CASE("decimals are the nearest value") {
  std::mt19937_64 random{2};
  for (int i = 0; i < 100'000; ++i) {
    const auto whole = std::to_string(random() >> (random() % 64));
    const auto fraction = std::to_string(random() >> (random() % 64));
    const std::string zeros(random() % 4, '0');
    check<double>(whole + '.' + zeros + fraction);
    check<float>(whole + '.' + zeros + fraction);
  }
}

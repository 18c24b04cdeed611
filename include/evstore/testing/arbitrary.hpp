#pragma once

#include <evstore/event_set.hpp>
#include <evstore/json/write.hpp>
#include <evstore/value_kind.hpp>

#include <array>
#include <chrono>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

/// Values nobody thought of, for any type that can be stored: `arbitrary<T>(random)`. Half of what
/// is drawn are the edges that break codecs: extremes of numbers, -0.0, empty and very long texts,
/// U+0000, code points of one to four bytes, words that look like other things, every enumerator
/// and every alternative.
///
/// The same seed gives the same values with every compiler. A type whose members depend on each
/// other says itself how it is drawn:
///
///     interval arbitrary_value(evstore::testing::random_source& from,
///     std::type_identity<interval>);

namespace evstore::testing {

/// Which numbers are drawn: `extreme` ones find what codecs forget, `usual` ones
/// (0 to 99) can be added up without overflow.
enum class numbers : std::uint8_t { usual, extreme };

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014), and how
/// large the values drawn from it may be: the most elements or code points, give or take an edge.
class random_source {
public:
  explicit random_source(std::uint64_t seed, std::size_t size = 12,
                         numbers drawn = numbers::extreme) noexcept
      : state_{seed}, size_{size}, drawn_{drawn} {}

  std::uint64_t next() noexcept {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// From 0 to `bound - 1`; 0 if the bound is 0.
  std::uint64_t below(std::uint64_t bound) noexcept { return bound == 0 ? 0 : next() % bound; }
  bool one_in(std::uint64_t n) noexcept { return below(n) == 0; }
  template <class T, std::size_t N>
  const T& one_of(const std::array<T, N>& choices) noexcept {
    return choices[below(N)];
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool draws_extremes() const noexcept { return drawn_ == numbers::extreme; }

  /// While a value inside of another is drawn: smaller, so that types that contain themselves end.
  class inside {
  public:
    explicit inside(random_source& of) noexcept : of_{of}, size_{of.size_} { of.size_ /= 2; }
    ~inside() { of_.size_ = size_; }
    inside(const inside&) = delete;
    inside& operator=(const inside&) = delete;

  private:
    random_source& of_;
    std::size_t size_;
  };

private:
  std::uint64_t state_;
  std::size_t size_;
  numbers drawn_;
};

template <class T>
T arbitrary(random_source& from);

namespace detail {

template <class T>
T arbitrary_integer(random_source& from) {
  using range = std::numeric_limits<T>;
  constexpr std::array<T, 8> edges{0,
                                   1,
                                   static_cast<T>(-1),
                                   range::min(),
                                   range::max(),
                                   static_cast<T>(range::min() + 1),
                                   static_cast<T>(range::max() - 1),
                                   static_cast<T>((std::uint64_t{1} << 53) + 1)};
  if (!from.draws_extremes()) return static_cast<T>(from.below(100));
  if (from.one_in(2)) return from.one_of(edges);
  return static_cast<T>(from.next() >> from.below(64)); // of any length
}

/// Finite: JSON has no word for the others.
template <class T>
T arbitrary_floating(random_source& from) {
  using range = std::numeric_limits<T>;
  constexpr std::array<T, 12> edges{T{0},
                                    -T{0},
                                    T{1},
                                    T{-1},
                                    static_cast<T>(0.1L),
                                    range::min(),
                                    range::max(),
                                    range::lowest(),
                                    range::denorm_min(),
                                    range::epsilon(),
                                    static_cast<T>(1e22L),
                                    static_cast<T>(9007199254740993.0L)};
  if (!from.draws_extremes()) return static_cast<T>(from.below(10'000)) / 100;
  if (from.one_in(2)) return from.one_of(edges);
  const auto mantissa = static_cast<T>(static_cast<std::int64_t>(from.next()));
  const int reach = range::max_exponent - 64;
  const int exponent = static_cast<int>(from.below(static_cast<std::uint64_t>(2 * reach))) - reach;
  return std::ldexp(mantissa, from.one_in(2) ? exponent : exponent % 70);
}

inline void append_code_point(std::string& text, std::uint32_t c) {
  const auto add = [&](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    add(c);
  } else if (c < 0x800) {
    add(0xC0 | c >> 6), add(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    add(0xE0 | c >> 12), add(0x80 | (c >> 6 & 0x3F)), add(0x80 | (c & 0x3F));
  } else {
    add(0xF0 | c >> 18), add(0x80 | (c >> 12 & 0x3F)), add(0x80 | (c >> 6 & 0x3F)),
        add(0x80 | (c & 0x3F));
  }
}

inline std::uint32_t arbitrary_code_point(random_source& from) {
  switch (from.below(6)) {
  case 0: return static_cast<std::uint32_t>(from.below(0x20));
  case 1: return static_cast<std::uint32_t>(0x80 + from.below(0x800 - 0x80));
  case 2: return static_cast<std::uint32_t>(0x800 + from.below(0xD800 - 0x800));
  case 3: return static_cast<std::uint32_t>(0xE000 + from.below(0x2000));
  case 4: return static_cast<std::uint32_t>(0x10000 + from.below(0x100000));
  default: return static_cast<std::uint32_t>(0x20 + from.below(0x5F));
  }
}

inline std::string arbitrary_text(random_source& from) {
  using namespace std::string_view_literals;
  constexpr std::array<std::string_view, 24> edges{""sv,
                                                   " "sv,
                                                   "\0"sv,
                                                   "a\0b"sv,
                                                   "null"sv,
                                                   "true"sv,
                                                   "no"sv,
                                                   "~"sv,
                                                   "22"sv,
                                                   "-0.0"sv,
                                                   "1e3"sv,
                                                   "2026-11-20"sv,
                                                   "\"\\/\b\f\n\r\t"sv,
                                                   "\x7F"sv,
                                                   "two\nlines\n"sv,
                                                   "  indented\n\ttext"sv,
                                                   "{\"a\":[1]}"sv,
                                                   "key: value # comment"sv,
                                                   "\u00E9"sv /* composed */,
                                                   "e\u0301"sv /* not */,
                                                   "\u0085\u2028\uFEFF"sv,
                                                   "\U0001F409"sv,
                                                   "</script>"sv,
                                                   "\uFFFD\uFFFF\U0010FFFF"sv};
  if (from.one_in(3)) return std::string{from.one_of(edges)};
  std::string text;
  std::uint64_t length = from.below(from.size() + 1);
  if (from.size() > 2 && from.one_in(300)) length = 20'000;
  while (length-- > 0) append_code_point(text, arbitrary_code_point(from));
  return text;
}

inline std::string arbitrary_json(random_source& from) {
  using namespace std::string_view_literals;
  constexpr std::array<std::string_view, 10> edges{"null"sv,
                                                   "{}"sv,
                                                   "[ ]"sv,
                                                   "1e2"sv,
                                                   "-0.0"sv,
                                                   "\"\\u0000\""sv,
                                                   "{\"a\":1,\"a\":2}"sv,
                                                   "0.55555555555555555555555"sv,
                                                   "123456789012345678901234567890"sv,
                                                   "[[[[[[[[]]]]]]]]"sv};
  const random_source::inside smaller{from};
  const std::uint64_t kind = from.below(4);
  if (kind < 2 || from.size() == 0) return std::string{from.one_of(edges)};
  if (kind == 2) return json::to_string(arbitrary_text(from));
  const bool object = from.one_in(2);
  std::string text{object ? "{" : "["};
  for (std::uint64_t left = from.below(from.size() + 1), i = 0; i < left; ++i) {
    if (i != 0) text.append(from.one_in(2) ? "," : " , ");
    if (object) text.append(json::to_string(arbitrary_text(from))).append(":");
    text.append(arbitrary_json(from));
  }
  return text.append(object ? "}" : "]");
}

template <class Time>
Time arbitrary_time(random_source& from) {
  using namespace std::chrono;
  using duration = typename Time::duration;
  constexpr bool nanoseconds_only = duration::period::den > 1'000'000;
  constexpr sys_days first = nanoseconds_only ? year{1678} / 1 / 1 : year{0} / 1 / 1;
  constexpr sys_days end = nanoseconds_only ? year{2262} / 1 / 1 : year{10000} / 1 / 1;
  switch (from.below(4)) {
  case 0: return Time{};
  case 1: return Time{first};
  case 2: return Time{end} - duration{1};
  default: break;
  }
  // Unsigned, because nanoseconds from the first to the last do not fit into their own type.
  const auto begin = static_cast<std::uint64_t>(Time{first}.time_since_epoch().count());
  const auto reach = static_cast<std::uint64_t>(Time{end}.time_since_epoch().count()) - begin;
  return Time{duration{static_cast<typename duration::rep>(begin + from.below(reach))}};
}

template <class... T>
std::variant<T...> arbitrary_alternative(random_source& from,
                                         std::type_identity<std::variant<T...>>) {
  using drawn = std::variant<T...>;
  using draw = drawn (*)(random_source&);
  constexpr std::array<draw, sizeof...(T)> draws{+[](random_source& source) {
    return drawn{std::in_place_type<T>, arbitrary<T>(source)};
  }...};
  return draws[from.below(sizeof...(T))](from);
}

template <class T>
concept draws_itself = requires(random_source& from) {
  { arbitrary_value(from, std::type_identity<T>{}) } -> std::convertible_to<T>;
};

template <class T>
T arbitrary_by_kind(random_source& from) {
  constexpr value_kind kind = kind_of<T>();
  const random_source::inside smaller{from};
  T value{};
  if constexpr (kind == value_kind::structure) {
    static_assert(check_described<T>());
    for_each_field(value, [&](std::string_view, auto& member) {
      member = arbitrary<std::remove_cvref_t<decltype(member)>>(from);
    });
  } else if constexpr (kind == value_kind::list) {
    std::uint64_t length = from.below(from.size() + 1);
    if (from.size() > 2 && from.one_in(60)) length = 300;
    while (length-- > 0) value.push_back(arbitrary<typename T::value_type>(from));
  } else if constexpr (kind == value_kind::array) {
    for (auto& element : value) element = arbitrary<typename T::value_type>(from);
  } else if constexpr (kind == value_kind::map) {
    for (std::uint64_t left = from.below(from.size() + 1); left > 0; --left) {
      std::string key = arbitrary_text(from);
      value.insert_or_assign(std::move(key), arbitrary<typename T::mapped_type>(from));
    }
  } else if constexpr (kind == value_kind::optional) {
    if (!from.one_in(3)) value = arbitrary<typename T::value_type>(from);
  } else if constexpr (kind == value_kind::variant) {
    value = arbitrary_alternative(from, std::type_identity<T>{});
  }
  return value;
}

} // namespace detail

/// A value of any type that can be stored. Always ends, whatever contains what.
template <class T>
T arbitrary(random_source& from) {
  constexpr value_kind kind = kind_of<T>();
  if constexpr (detail::draws_itself<T>)
    return arbitrary_value(from, std::type_identity<T>{});
  else if constexpr (kind == value_kind::none)
    static_cast<void>(sizeof(evstore::detail::TYPE_CANNOT_BE_STORED<T>));
  else if constexpr (kind == value_kind::boolean)
    return from.one_in(2);
  else if constexpr (kind == value_kind::integer)
    return detail::arbitrary_integer<T>(from);
  else if constexpr (kind == value_kind::floating)
    return detail::arbitrary_floating<T>(from);
  else if constexpr (kind == value_kind::text)
    return detail::arbitrary_text(from);
  else if constexpr (kind == value_kind::json)
    return raw_json{detail::arbitrary_json(from)};
  else if constexpr (kind == value_kind::time)
    return detail::arbitrary_time<T>(from);
  else if constexpr (kind == value_kind::enumeration)
    return enumerators<T>[from.below(enumerators<T>.size())].value;
  else
    return detail::arbitrary_by_kind<T>(from);
}

/// Calls `visit` with an event of any type of the set.
template <any_event_set Set, class Visitor>
void visit_arbitrary_event(random_source& from, Visitor&& visit) {
  using draw = void (*)(random_source&, Visitor&);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    constexpr std::array<draw, sizeof...(I)> draws{+[](random_source& source, Visitor& to) {
      const event_at<Set, I> event = arbitrary<event_at<Set, I>>(source);
      to(event);
    }...};
    draws[from.below(sizeof...(I))](from, visit);
  }(std::make_index_sequence<Set::size>{});
}

} // namespace evstore::testing

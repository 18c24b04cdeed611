#include <evstore/detail/perfect_hash.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

using namespace evstore::detail;

namespace {

/// "event_0" to "event_<Count-1>", alike in their first bytes and their length.
template <std::size_t Count>
struct numbered_names {
  static constexpr std::size_t width = 9;
  static constexpr auto texts = [] {
    std::array<char, Count * width> all{};
    for (std::size_t i = 0; i < Count; ++i) {
      const std::string_view prefix = "event_";
      for (std::size_t k = 0; k < prefix.size(); ++k) all[i * width + k] = prefix[k];
      all[i * width + 6] = static_cast<char>('0' + i / 100);
      all[i * width + 7] = static_cast<char>('0' + i / 10 % 10);
      all[i * width + 8] = static_cast<char>('0' + i % 10);
    }
    return all;
  }();
  static constexpr auto names = [] {
    std::array<std::string_view, Count> views{};
    for (std::size_t i = 0; i < Count; ++i) views[i] = {texts.data() + i * width, width};
    return views;
  }();
};

template <std::size_t Count>
void check_numbered() {
  static constexpr perfect_hash<Count> table{numbered_names<Count>::names};
  static_assert(table.repeated()[0] == table.repeated()[1]);
  for (std::size_t i = 0; i < Count; ++i)
    REQUIRE(table.find(std::string{numbered_names<Count>::names[i]}) == i);
  for (const auto other : {"", "e", "event", "event_00", "event_0000", "event_99x", "xvent_000"})
    REQUIRE(table.find(other) == Count);
}

} // namespace

TEST_CASE("every name is found at its place, and no other") {
  check_numbered<0>();
  check_numbered<1>();
  check_numbered<2>();
  check_numbered<12>();
  check_numbered<100>();
  check_numbered<300>();
}

TEST_CASE("names that agree in both ends and in length are told apart") {
  using namespace std::string_view_literals;
  static constexpr perfect_hash<4> table{
      {"campaign_character_created"sv, "campaign_locations_created"sv, "a"sv, ""sv}};
  CHECK(table.find(std::string{"campaign_character_created"}) == 0);
  CHECK(table.find(std::string{"campaign_locations_created"}) == 1);
  CHECK(table.find(std::string{"a"}) == 2);
  CHECK(table.find(std::string{}) == 3);
  CHECK(table.find("campaign_characters_reated") == 4);
  CHECK(table.find("campaign_xxxxxxxxx_created") == 4);
}

TEST_CASE("two equal names are reported") {
  using namespace std::string_view_literals;
  static constexpr perfect_hash<3> table{{"a"sv, "b"sv, "a"sv}};
  static_assert(table.repeated()[0] == 0 && table.repeated()[1] == 2);
}

TEST_CASE("the first bytes of a text are the same at compile time and at run time") {
  static constexpr char text[] = "0123456789\xFF\x80";
  constexpr auto at_compile_time = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array{first_bytes(text + 12 - I, I)...};
  }(std::make_index_sequence<13>{});
  for (std::size_t size = 0; size <= 12; ++size) {
    const std::string behind(text + 12 - size, size); // sanitizers see a read behind the end
    CHECK(first_bytes(behind.data(), size) == at_compile_time[size]);
  }
}

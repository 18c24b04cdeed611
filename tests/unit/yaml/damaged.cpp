#include "../../support/samples.hpp"
#include "../../support/soak.hpp"

#include <evstore/testing/arbitrary.hpp>
#include <evstore/yaml.hpp>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

TEST_CASE("whatever a document has become, it is read or refused") {
  using namespace std::chrono;
  const std::vector<std::string_view> pieces{
      "*a",     "&a ",  "[",    "]",  "{",  "}",  ":",       "- ",    "? ",
      "|\n",    ">+\n", "'",    "\"", "\\", "#",  "%YAML 9", "---\n", "...\n",
      "!!str ", "!<",   "<<: ", "\t", "\r", "\n", ", ",      "~",     "\xEF\xBB\xBF",
      "\xFF",   "@",    "`"};
  const auto seed = static_cast<std::uint64_t>(system_clock::now().time_since_epoch().count());
  CAPTURE(seed);
  const auto end = steady_clock::now() + evstore::tests::soak_time(milliseconds{500});
  evstore::testing::random_source random{seed, 6};
  std::uint64_t refused = 0;
  do {
    std::string text =
        evstore::yaml::write(evstore::testing::arbitrary<samples::everything>(random));
    if (text.size() > 10'000) continue;
    for (std::uint64_t changes = 1 + random.below(4); changes > 0; --changes) {
      const std::size_t at = random.below(text.size() + 1);
      switch (random.below(4)) {
      case 0: text.resize(at); break;
      case 1: text.erase(at, 1 + random.below(9)); break;
      case 2: text.insert(at, pieces[random.below(pieces.size())]); break;
      default: text.insert(at, text.substr(random.below(text.size() + 1), 40));
      }
    }
    INFO(text);
    try {
      static_cast<void>(evstore::yaml::read<samples::everything>(text));
    } catch (const evstore::error& failed) {
      ++refused;
      REQUIRE(failed.code() == evstore::errc::decode_failed);
    }
  } while (steady_clock::now() < end);
  CHECK(refused > 0);
}

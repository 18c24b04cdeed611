#include <support/data.hpp>
#include "../../support/scratch_folder.hpp"

#include <evstore/json/write.hpp>
#include <evstore/testing/arbitrary.hpp>
#include <evstore/yaml/write.hpp>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace {

enum class choice : std::uint8_t { yes, no, null };
EVSTORE_DESCRIBE_ENUM(choice, yes, no, null)

struct leaf {
  std::string text;
  std::optional<choice> chosen;
};
EVSTORE_DESCRIBE(leaf, text, chosen)

/// Every kind of member but `raw_json`, which is a text to YAML and a value to JSON.
struct page {
  bool flag = false;
  std::int64_t integer = 0;
  std::uint64_t natural = 0;
  float single = 0;
  double number = 0;
  std::string text;
  std::vector<std::vector<leaf>> leaves;
  std::vector<std::optional<std::string>> holes;
  std::map<std::string, leaf> named;
  std::map<std::string, std::string> texts;
  std::variant<std::monostate, leaf, double> either;
  std::array<std::string, 2> pair;
  std::chrono::sys_seconds time;
};
EVSTORE_DESCRIBE(page, flag, integer, natural, single, number, text, leaves, holes, named, texts,
                 either, pair, time)

struct texts {
  std::string yaml;
  std::string json;
};
EVSTORE_DESCRIBE(texts, yaml, json)

} // namespace

TEST_CASE("PyYAML sees the values that were written") {
  const evstore::tests::scratch_folder folder;
  const std::string lines = (folder / "lines").string();
  {
    std::ofstream out{lines, std::ios::binary};
    for (std::uint64_t seed = 0; seed < 400; ++seed) {
      evstore::testing::random_source from{seed, seed / 12};
      const auto drawn = evstore::testing::arbitrary<page>(from);
      const texts both{evstore::yaml::write(drawn), evstore::json::to_string(drawn)};
      out << evstore::json::to_string(both) << '\n';
    }
  }
  const std::string command =
      "python3 " + evstore::tests::data("unit/yaml/compare_with_pyyaml.py") + " '" + lines + "'";
  CHECK(std::system(command.c_str()) == 0);
}

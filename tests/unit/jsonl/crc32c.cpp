#include <evstore/jsonl/crc32c.hpp>
#include <evstore/jsonl/seal.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/mman.h>

namespace {

using namespace evstore::jsonl;

std::string noise(std::size_t size, std::uint32_t seed) {
  std::string bytes(size, '\0');
  for (char& byte : bytes) {
    seed = seed * 1664525 + 1013904223;
    byte = static_cast<char>(seed >> 24);
  }
  return bytes;
}

TEST_CASE("CRC-32C has the values of RFC 3720") {
  CHECK(crc32c(0, "") == 0);
  CHECK(crc32c(0, "123456789") == 0xE3069283);
  CHECK(crc32c(0, std::string(32, '\0')) == 0x8A9136AA);
  CHECK(crc32c(0, std::string(32, '\xFF')) == 0x62A8AB43);
}

TEST_CASE("a checksum continues another, as if the bytes stood in one piece") {
  const std::string all = noise(300, 1);
  for (std::size_t cut = 0; cut <= all.size(); ++cut)
    REQUIRE(crc32c(crc32c(0, all.substr(0, cut)), all.substr(cut)) == crc32c(0, all));
}

TEST_CASE("table and hardware agree on every length and alignment") {
  const std::string bytes = noise(800, 2);
  for (std::size_t from = 0; from < 9; ++from)
    for (std::size_t size = 0; from + size <= bytes.size(); ++size) {
      const std::string_view part{bytes.data() + from, size};
      const std::uint32_t expected = detail::crc32c_by_table(~7U, part.data(), part.size());
      REQUIRE(~crc32c(7, part) == expected);
#if defined(EVSTORE_JSONL_CRC32C_HARDWARE)
      if (detail::has_crc32c_hardware)
        REQUIRE(detail::crc32c_by_hardware(~7U, part.data(), part.size()) == expected);
#endif
    }
}

TEST_CASE("a checksum reads nothing beyond its text") {
  // Between two pages that nobody may read, at either end of what may be read.
  constexpr std::size_t page = 4096;
  char* const all =
      static_cast<char*>(::mmap(nullptr, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  REQUIRE(all != MAP_FAILED);
  REQUIRE(::mprotect(all + page, page, PROT_READ | PROT_WRITE) == 0);
  const std::string bytes = noise(page, 4);
  std::copy(bytes.begin(), bytes.end(), all + page);
  for (std::size_t size = 0; size <= 600; ++size)
    for (char* const begin : {all + page, all + 2 * page - size})
      REQUIRE(~crc32c(9, {begin, size}) == detail::crc32c_by_table(~9U, begin, size));
  ::munmap(all, 3 * page);
}

TEST_CASE("three checksums at once are the three") {
  const std::string bytes = noise(1000, 3);
  const std::string_view all{bytes};
  for (std::size_t size = 0; size < 100; ++size) {
    const std::array<std::string_view, 3> texts{all.substr(1, size), all.substr(200, 3 * size % 71),
                                                all.substr(500, 217)};
    std::array<std::uint32_t, 3> crcs{1, 2, 3};
    crc32c_of_three(crcs, texts);
    for (std::size_t i = 0; i < 3; ++i)
      REQUIRE(crcs[i] == crc32c(static_cast<std::uint32_t>(i + 1), texts[i]));
  }
}

TEST_CASE("a crc is written in eight lower-case digits and read from nothing else") {
  for (const std::uint32_t value : {0U, 1U, 0x9AE0DAAFU, 0xFFFFFFFFU, 0x0123CDEFU}) {
    std::string text(crc_digits, '?');
    write_crc(text.data(), value);
    CHECK(parse_crc(text) == value);
  }
  std::string text(crc_digits, '?');
  write_crc(text.data(), 0x9AE0DAAF);
  CHECK(text == "9ae0daaf");
  CHECK_FALSE(parse_crc("9AE0DAAF"));
  CHECK_FALSE(parse_crc("9ae0daa"));
  CHECK_FALSE(parse_crc("9ae0daag"));
  CHECK_FALSE(parse_crc("9ae0 aaf"));
}

/// Lines that are chained as those of a log.
std::vector<std::string> chain(std::size_t count) {
  std::vector<std::string> lines;
  std::uint32_t crc = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::string line = "{\"n\":" + std::string(i % 23, '7');
    crc = crc32c(crc, line);
    std::string digits(crc_digits, '?');
    write_crc(digits.data(), crc);
    lines.push_back(line.append(seal_begin).append(digits).append(seal_end));
  }
  return lines;
}

TEST_CASE("a chain of sealed lines is intact up to the first that does not fit") {
  const std::vector<std::string> whole = chain(20);
  const bool by_three = GENERATE(false, true);
  const auto intact = [&](const std::vector<std::string>& lines) {
    return count_intact(std::vector<std::string_view>(lines.begin(), lines.end()), 0, by_three);
  };
  CHECK(intact(whole) == 20);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (std::size_t byte = 0; byte < whole[i].size(); ++byte)
      for (const int bit : {0, 5}) {
        std::vector<std::string> altered = whole;
        altered[i][byte] = static_cast<char>(altered[i][byte] ^ (1 << bit));
        REQUIRE(intact(altered) == i);
      }
    std::vector<std::string> shorter = whole;
    shorter.erase(shorter.begin() + static_cast<std::ptrdiff_t>(i));
    REQUIRE(intact(shorter) == (i + 1 == whole.size() ? shorter.size() : i));
  }
}

TEST_CASE("a line that is hardly more than its seal is checked within its own bytes") {
  for (std::size_t size = 0; size <= 9; ++size) {
    // Each in exactly as much memory as it needs, so that a sanitizer sees a byte read behind it.
    std::vector<std::vector<char>> stored;
    std::vector<std::string_view> lines;
    std::uint32_t crc = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      std::string line(size, 'a');
      crc = crc32c(crc, line);
      std::string digits(crc_digits, '?');
      write_crc(digits.data(), crc);
      line.append(seal_begin).append(digits).append(seal_end);
      stored.emplace_back(line.begin(), line.end());
    }
    for (const std::vector<char>& line : stored) lines.emplace_back(line.data(), line.size());
    for (const bool by_three : {false, true}) {
      REQUIRE(count_intact(lines, 0, by_three) == 3);
      REQUIRE(count_intact(lines, 1, by_three) == 0);
    }
  }
}

} // namespace

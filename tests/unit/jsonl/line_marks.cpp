#include <evstore/jsonl/line_marks.hpp>

#include <catch2/catch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace evstore::jsonl;

std::string padded(std::string text) { return text.append(line_marks::padding, '\n'); }

std::vector<std::uint32_t> ends_of(std::string_view text) {
  std::vector<std::uint32_t> ends;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] == '\n') ends.push_back(static_cast<std::uint32_t>(i));
  return ends;
}

std::vector<std::uint32_t> marked(std::string_view text) {
  const std::string memory = padded(std::string{text});
  const std::string other = padded("what was marked before\n\n\n");
  line_marks marks;
  marks.mark(std::string_view{other}.substr(0, other.size() - line_marks::padding));
  marks.mark(std::string_view{memory}.substr(0, text.size()));
  return {marks.ends().begin(), marks.ends().end()};
}

/// Mostly of characters that matter.
std::string random_text(std::mt19937_64& random, std::size_t size) {
  constexpr std::string_view rare = "\n},\"m\x80\xFF";
  std::string text(size, 'x');
  const std::uint64_t often = 1 + random() % 100;
  for (char& c : text)
    if (random() % often == 0) c = rare[random() % rare.size()];
  return text;
}

struct marks_of_text {
  std::vector<std::uint32_t> ends;
  std::uint8_t traits;

  friend bool operator==(const marks_of_text&, const marks_of_text&) = default;
};

template <class Mark>
marks_of_text with(Mark mark, const std::string& memory, std::size_t blocks) {
  marks_of_text out{std::vector<std::uint32_t>(64 * blocks + 1), 0};
  const detail::mark_sink end = mark(memory.data(), blocks, detail::mark_sink{out.ends.data()}, 7u);
  out.ends.resize(static_cast<std::size_t>(end.ends - out.ends.data()));
  out.traits = end.traits;
  return out;
}

} // namespace

TEST_CASE("the ends of lines are found wherever they stand") {
  CHECK(marked("").empty());
  CHECK(marked("no end").empty());
  CHECK(marked("\n") == std::vector<std::uint32_t>{0});
  std::mt19937_64 random{1};
  for (const std::size_t size : {1u, 63u, 64u, 65u, 127u, 128u, 4095u, 4096u, 4097u, 10'000u}) {
    CHECK(marked(std::string(size, '\n')).size() == size);
    for (int i = 0; i < 20; ++i) {
      const std::string text = random_text(random, size);
      CHECK(marked(text) == ends_of(text));
    }
  }
}

TEST_CASE("traits are never missed, and said of nothing far away") {
  const auto traits = [](const std::string& text, std::size_t from, std::size_t to) {
    const std::string memory = padded(text);
    line_marks marks;
    marks.mark(std::string_view{memory}.substr(0, text.size()));
    return marks.traits(from, to);
  };
  constexpr std::size_t size = 20'000;
  constexpr std::size_t far = 4096;
  for (std::size_t at = 0; at < size - far; at += at % 4096 < 4020 ? 53 : 1) {
    std::string text(size, 'x');
    text[at] = '\x80';
    CHECK(traits(text, at, at + 1) == not_ascii);
    CHECK(traits(text, at + far, size) == 0);
    text[at] = '}';
    text[at + 3] = 'm';
    CHECK(traits(text, at, at + 4) == maybe_metadata);
    CHECK(traits(text, at + far, size) == 0);
  }
}

TEST_CASE("registers of any width find the same") {
  using namespace detail;
  std::mt19937_64 random{2};
  for (int i = 0; i < 200; ++i) {
    const std::size_t blocks = random() % 8;
    const std::string memory = random_text(random, blocks * 64 + line_marks::padding);
    const auto one_by_one = [](auto mark_block) {
      return
          [mark_block](const char* text, std::size_t count, mark_sink out, std::uint32_t offset) {
            return mark_blocks_with(mark_block, text, count, out, offset);
          };
    };
    const marks_of_text expected = with(one_by_one(mark_block_portably), memory, blocks);
    CHECK(with(mark_blocks, memory, blocks) == expected);
#if defined(__x86_64__)
    CHECK(with(one_by_one(mark_block_by_16), memory, blocks) == expected);
    if (widest_registers >= 32) CHECK(with(mark_blocks_by_32, memory, blocks) == expected);
    if (widest_registers >= 64) CHECK(with(mark_blocks_by_64, memory, blocks) == expected);
#endif
  }
}

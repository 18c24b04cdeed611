#pragma once

#include <support/simulated_disk.hpp>

#include <evstore/testing/plain_commit.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace evstore::tests {

/// The name of one of two streams, which goes on with another number where one was tombstoned.
inline std::string draw_stream(random_source& draw,
                               const std::vector<testing::plain_commit>& before,
                               std::size_t number) {
  std::string name{"s-"};
  name += static_cast<char>('a' + 2 * number + draw() % 2);
  std::size_t tombstones = 0;
  for (const testing::plain_commit& commit : before)
    for (const testing::plain_write& write : commit.writes)
      if (write.stream.starts_with(name) && write.events.back().type == "$tombstoned") ++tombstones;
  return name + std::to_string(tombstones);
}

inline testing::plain_event draw_event(random_source& draw) {
  if (draw() % 12 == 0)
    return {.type = "$truncated",
            .data = R"({"before":)" + std::to_string(draw() % 6) + "}",
            .time = timestamp{}};
  return {.type = "e" + std::to_string(draw() % 3),
          .data = R"({"n":)" + std::to_string(draw()) + R"(,"text":")" +
                  std::string(draw() % 3 * 300, 'x') + "\"}",
          .tags = {"t" + std::to_string(draw() % 3)},
          .time = timestamp{}};
}

/// No record of such a commit is shorter.
inline constexpr std::size_t least_record = 120;

/// One to a few events in one or two streams, behind those commits; at times facts among them.
inline testing::plain_commit draw_commit(random_source& draw,
                                         const std::vector<testing::plain_commit>& before) {
  testing::plain_commit commit;
  const std::size_t writes = draw() % 4 == 0 ? 2 : 1;
  for (std::size_t i = 0; i < writes; ++i) {
    auto& write =
        commit.writes.emplace_back(testing::plain_write{draw_stream(draw, before, i), any, {}});
    for (std::size_t left = 1 + draw() % 2; left != 0; --left)
      write.events.push_back(draw_event(draw));
    if (draw() % 16 == 0) write.events.push_back({.type = "$tombstoned", .time = timestamp{}});
  }
  return commit;
}

} // namespace evstore::tests

#include "payloads.hpp"

#include <evstore/json/write.hpp>

#include <benchmark/benchmark.h>

#include <variant>

namespace bench {

payloads::payloads(bool spaced) {
  constexpr std::size_t room_behind = 64; // as much as any reader here wants
  std::vector<std::size_t> ends;
  for (const event& what : event_pool()) {
    const std::size_t begin = text_.size();
    std::visit(
        [&](const auto& held) {
          evstore::json::write(held, text_);
          sums_.evolve(held);
        },
        what);
    if (spaced) text_.insert(begin + 1, 1, ' ');
    ends.push_back(text_.size());
  }
  bytes_ = text_.size();
  text_.append(room_behind, ' ');
  std::size_t begin = 0;
  for (std::size_t i = 0; i < ends.size(); begin = ends[i++]) {
    const std::size_t type = event_pool()[i].index();
    all_.push_back({fight::table::names[type], type,
                    std::string_view{text_}.substr(begin, ends[i] - begin), text_.size() - begin});
  }
}

const payloads& payloads::canonical() {
  static const payloads made{false};
  return made;
}
const payloads& payloads::spaced() {
  static const payloads made{true};
  return made;
}

} // namespace bench

BENCHMARK_MAIN();

#include "replay_sums.hpp"

#include <on_demand.hpp>
#include <shapes.hpp>

#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

/// The loop that a careful user of simdjson would write: keys asked for in the order in which they
/// stand there, structs that keep their memory, no copies but into their strings, no allocation a
/// line. The time is found, and not even parsed. No checksum.

namespace bench {

namespace {

namespace od = simdjson::ondemand;

template <class Document>
void see(Document&& document, shapes& into, replayed& out) {
  od::object record = document.get_object();
  out.seen.positions += std::uint64_t{record.find_field("position")};
  out.seen.stream_letters += std::string_view{record.find_field("stream")}.size();
  out.seen.versions += std::uint64_t{record.find_field("version")};
  const std::string_view type = record.find_field("type");
  static_cast<void>(std::string_view{record.find_field("time")});
  od::object data = record.find_field("data");
  ++out.seen.events;
  const auto place = evstore::index_of<fight>(type);
  if (!place) throw std::runtime_error{"unknown type"};
  into.with(*place, [&](auto& held) {
    on_demand::fill(data, held);
    out.state.evolve(held);
  });
}

} // namespace

replayed replay_by_lines(const char* path) {
  constexpr std::size_t chunk = 1 << 17;
  const int file = ::open(path, O_RDONLY);
  const auto buffer = std::make_unique<char[]>(2 * chunk + simdjson::SIMDJSON_PADDING);
  od::parser parser;
  shapes into;
  replayed out;
  std::size_t kept = 0;
  while (true) {
    const ssize_t got = ::read(file, buffer.get() + kept, chunk);
    if (got <= 0) break;
    const std::size_t size = kept + static_cast<std::size_t>(got);
    const char* at = buffer.get();
    const char* const end = at + size;
    while (const void* found = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
      const char* const line_end = static_cast<const char*>(found);
      auto document =
          parser.iterate(at, static_cast<std::size_t>(line_end - at),
                         static_cast<std::size_t>(end - at) + simdjson::SIMDJSON_PADDING);
      see(document, into, out);
      at = line_end + 1;
    }
    kept = static_cast<std::size_t>(end - at);
    std::memmove(buffer.get(), at, kept);
  }
  ::close(file);
  return out;
}

replayed replay_as_stream(const char* path) {
  const simdjson::padded_string text = simdjson::padded_string::load(path);
  od::parser parser;
  shapes into;
  replayed out;
  od::document_stream stream = parser.iterate_many(text, std::size_t{1} << 20);
  for (auto document : stream) see(document, into, out);
  return out;
}

} // namespace bench

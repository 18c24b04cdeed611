#include "replay_events.hpp"

#include <simdjson.h>

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

struct shapes {
  damage_taken damage;
  healed heal;
  dice_rolled roll;
  moved move;
  note_taken note;
};

void read(od::object& data, std::string_view key, std::string& out) {
  out.assign(std::string_view{data.find_field(key)});
}
void read(od::object& data, std::string_view key, std::int64_t& out) {
  out = std::int64_t{data.find_field(key)};
}
void read(od::object& data, std::string_view key, double& out) {
  out = double{data.find_field(key)};
}
void read(od::object& data, std::string_view key, bool& out) { out = bool{data.find_field(key)}; }

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
  if (type == "damage_taken") {
    read(data, "target", into.damage.target);
    read(data, "amount", into.damage.amount);
    read(data, "kind", into.damage.kind);
    read(data, "critical", into.damage.critical);
    out.state.evolve(into.damage);
  } else if (type == "healed") {
    read(data, "target", into.heal.target);
    read(data, "amount", into.heal.amount);
    read(data, "source", into.heal.source);
    out.state.evolve(into.heal);
  } else if (type == "dice_rolled") {
    read(data, "by", into.roll.by);
    read(data, "dice", into.roll.dice);
    read(data, "total", into.roll.total);
    read(data, "average", into.roll.average);
    out.state.evolve(into.roll);
  } else if (type == "moved") {
    read(data, "who", into.move.who);
    read(data, "x", into.move.x);
    read(data, "y", into.move.y);
    read(data, "dashes", into.move.dashes);
    out.state.evolve(into.move);
  } else if (type == "note_taken") {
    read(data, "by", into.note.by);
    read(data, "text", into.note.text);
    out.state.evolve(into.note);
  } else {
    throw std::runtime_error{"unknown type"};
  }
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

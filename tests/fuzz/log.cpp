// A file of any bytes at all, opened as a log: it is refused with a code and left alone, or it is a
// log that shows the same when opened again, takes appends, and verifies. And any line, for the two
// readers of records: the fast one accepts nothing that the careful one reads otherwise.
#include <support/simulated_files.hpp>

#include <evstore/jsonl/adapter.hpp>
#include <evstore/jsonl/verify.hpp>
#include <evstore/testing/plain_commit.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace evstore;
using namespace evstore::tests;

using log = jsonl::basic_adapter<simulated_files>;
constexpr const char* path = "/log.jsonl";

void require(bool promise) {
  if (!promise) std::abort();
}

struct contents {
  std::vector<event_record> events;
  bool torn = false;
};

/// What is seen of the log, or nothing if it is refused.
template <class Open>
std::optional<contents> shown(Open open) {
  try {
    const log opened = open();
    return contents{testing::collect(opened.read_all(query::all(), {})),
                    opened.report().torn.has_value()};
  } catch (const error& refused) {
    require(refused.code() == errc::corrupt || refused.code() == errc::invalid_argument);
    return std::nullopt;
  }
}

/// What an event is but for the clock of the machine.
bool same(const std::vector<event_record>& one, const std::vector<event_record>& other) {
  if (one.size() != other.size()) return false;
  for (std::size_t i = 0; i < one.size(); ++i)
    if (one[i].position != other[i].position || one[i].stream != other[i].stream ||
        one[i].version != other[i].version || one[i].type != other[i].type ||
        one[i].data != other[i].data || one[i].metadata != other[i].metadata ||
        one[i].time != other[i].time || one[i].tags != other[i].tags || one[i].id != other[i].id)
      return false;
  return true;
}

void check_log(std::string_view bytes) {
  const auto machine = std::make_shared<simulated_machine>();
  const simulated_files files{machine};
  const auto which = machine->disk.make(path, false);
  machine->disk.write(which, bytes, 0);

  const auto read_only = shown([&] { return log::open_read_only(path, {}, files); });
  require(machine->disk.bytes(which) == bytes);
  const auto first = shown([&] { return log::open(path, {}, files); });
  require(first.has_value() == read_only.has_value());
  if (!first) {
    require(machine->disk.bytes(which) == bytes);
    require(!jsonl::detail::verify(path, files).is_sound());
    return;
  }
  require(same(first->events, read_only->events));
  const auto again = shown([&] { return log::open(path, {}, files); });
  require(again && !again->torn && same(first->events, again->events));
  require(jsonl::detail::verify(path, files).is_sound());
  {
    log opened = log::open(path, {}, files);
    if (opened.state_of("fuzz").tombstoned) return;
    const std::uint64_t head = opened.head().value();
    static_cast<void>(
        testing::append(opened, {{{"fuzz", any, testing::events("added")}}, {}}).value());
    require(opened.head().value() == head + 1);
  }
  require(jsonl::detail::verify(path, files).is_sound());
}

/// A log of these lines with a checksum on each: what no change of bytes would find.
std::string sealed(std::string_view text) {
  std::string whole;
  std::uint32_t crc = 0;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.ends_with('}')) line.remove_suffix(1);
    crc = jsonl::crc32c(crc, line);
    std::string digits(jsonl::crc_digits, '0');
    jsonl::write_crc(digits.data(), crc);
    whole.append(line)
        .append(jsonl::seal_begin)
        .append(digits)
        .append(jsonl::seal_end)
        .append("\n");
  }
  return whole;
}

void check_line(std::string_view line) {
  // Readers may look a little beyond a line.
  std::string text{line};
  text.append(",\"crc\":\"00000000\"}").append(64, '\0');
  const std::string_view body{text.data(), line.size()};
  jsonl::record_scanner fast;
  event_view quick;
  if (!fast.scan(body, quick)) return;
  const event_record claimed{quick};
  const std::string whole = std::string{line} + "}" + std::string(64, '\0');
  jsonl::tolerant_scanner careful;
  jsonl::tolerant_scanner::found beside;
  event_view slow;
  // The fast one relies on a checksum for what is between the quotes; where the other agrees that
  // it is a record at all, it is the same record.
  if (careful.scan({whole.data(), line.size() + 1}, slow, beside)) return;
  if (!beside.position || !beside.version) return;
  require(*beside.position == claimed.position && *beside.version == claimed.version);
  require(slow.stream == claimed.stream && slow.type == claimed.type && slow.data == claimed.data);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  if (text.starts_with('!')) // the input says so itself, so that what it found is found again
    check_log(sealed(text.substr(1)));
  else
    check_log(text);
  check_line(text.substr(0, text.find('\n')));
  return 0;
}

#include "commands.hpp"
#include "foreign.hpp"
#include "output.hpp"
#include "stores.hpp"

#include <charconv>
#include <limits>

namespace evstore::cli {

namespace {

/// An event as a line says it. Borrows the line.
struct foreign_event {
  std::string type;
  std::string stream;
  std::optional<timestamp> time{};
  std::string metadata;
  json_view data;
};

class line_reader {
public:
  line_reader(const import_request& asked, const foreign_file& file)
      : asked_{&asked}, file_{&file} {}

  /// Throws, naming the line and the byte, for a line that cannot become an event.
  foreign_event read(const foreign_line& line) const {
    try {
      foreign_event event;
      event.data = json_view::checked(line.text);
      if (!event.data.is_object()) throw refusal("the line is no JSON object");
      event.type = asked_->type_from.empty() ? asked_->type : required(line, asked_->type_from);
      event.stream =
          asked_->stream_from.empty() ? asked_->stream : required(line, asked_->stream_from);
      require_name(event.type, "event type");
      require_name(event.stream, "stream");
      if (is_reserved(event.type))
        throw refusal("event types that begin with $ are the library's own");
      if (is_reserved(event.stream))
        throw refusal("streams whose names begin with $ are the library's own");
      if (!asked_->time_from.empty()) event.time = time_of(line);
      event.metadata = metadata_of(line);
      return event;
    } catch (const error& why) {
      throw error{why.code(), why.message(), place_of(line, why.place().byte.value_or(0))};
    }
  }

  [[nodiscard]] error_place place_of(const foreign_line& line, std::uint64_t byte = 0) const {
    error_place place;
    place.file = file_->name();
    place.line = line.number;
    place.byte = line.byte + byte;
    return place;
  }

private:
  static error refusal(const std::string& why) { return error{errc::invalid_payload, why}; }

  static scalar found(const foreign_line& line, const std::string& field) {
    auto member = find_scalar(line.text, field);
    if (!member) throw refusal("there is no member \"" + field + "\"");
    return *std::move(member);
  }
  static std::string required(const foreign_line& line, const std::string& field) {
    return found(line, field).text;
  }

  [[nodiscard]] timestamp time_of(const foreign_line& line) const {
    const scalar said = found(line, asked_->time_from);
    const auto time = said.is_number ? counted_time(said.text) : read_time(said.text);
    if (time && is_writable(*time)) return *time;
    const std::string shown = said.text.substr(0, 40);
    if (said.is_number && asked_->time_unit.empty())
      throw refusal("the time " + shown + " is a number: say with --time-unit what it counts");
    throw refusal("\"" + shown +
                  "\" is no time: RFC 3339 such as 2026-11-20T21:20:00.123456Z, or "
                  "with --time-unit a whole number since 1970");
  }

  [[nodiscard]] std::optional<timestamp> counted_time(std::string_view digits) const {
    const std::int64_t unit = asked_->time_unit == "s"    ? 1'000'000
                              : asked_->time_unit == "ms" ? 1'000
                              : asked_->time_unit == "us" ? 1
                                                          : 0;
    std::int64_t count = 0;
    const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    const bool is_whole = failed == std::errc{} && end == digits.data() + digits.size();
    if (unit == 0 || !is_whole) return std::nullopt;
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (count > most / unit || count < -(most / unit)) return std::nullopt;
    return timestamp{std::chrono::microseconds{count * unit}};
  }

  const import_request* asked_;
  const foreign_file* file_;
};

/// Calls `see(line)` for the lines that are asked for.
template <class Visitor>
void for_each_line(foreign_file& file, const import_request& asked, const char* what, Visitor see) {
  progress_bar bar{what};
  std::uint64_t count = 0;
  file.rewind();
  for (const foreign_line* line = file.next(); line != nullptr; line = file.next()) {
    if (line->number < asked.from_line) continue;
    see(*line);
    if (++count % 256 == 0) bar.show(line->byte, file.size(), count);
  }
}

void append(any_store& log, const foreign_event& event) {
  const new_event written{.type = event.type,
                          .data = event.data,
                          .metadata = json_view::trusted(event.metadata),
                          .time = event.time};
  const stream_write write{event.stream, any, {&written, 1}};
  const append_result done = log.append({{&write, 1}, {}});
  if (!done) throw_refusal(done.error());
}

} // namespace

int carry_out(const import_request& asked) {
  const address where{asked.log};
  foreign_file file{asked.file};
  const line_reader reader{asked, file};
  // All of it is looked at before any of it is written.
  for_each_line(file, asked, "checking",
                [&](const foreign_line& line) { static_cast<void>(reader.read(line)); });
  opened_store log = open(where, access::filling);
  std::uint64_t imported = 0;
  for_each_line(file, asked, "importing", [&](const foreign_line& line) {
    try {
      append(log.events, reader.read(line));
      ++imported;
    } catch (const error& why) {
      throw error{why.code(),
                  why.message() + "; the lines before are imported: go on with --from-line " +
                      std::to_string(line.number),
                  reader.place_of(line)};
    }
  });
  log.settle();
  output out;
  out.line(asked.log + ": " + counted(imported, "event") + " imported");
  out.flush();
  if (imported == 0 && file.size() != 0 && asked.from_line == 1)
    tell("note: " + file.name() +
         " has empty lines only, and no event to keep them: an export will not have them");
  return exit_status::done;
}

} // namespace evstore::cli

#pragma once

#include <evstore/jsonl/line_window.hpp>
#include <evstore/jsonl/record_reader.hpp>
#include <evstore/jsonl/recovery.hpp>
#include <evstore/jsonl/seal.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace evstore::jsonl {

/// A line of a log, looked at for what it is worth by itself.
struct surveyed_line {
  std::uint64_t number = 0; ///< from 1
  std::uint64_t offset = 0;
  std::uint64_t size = 0;              ///< with its end
  std::optional<event_record> event{}; ///< absent: it is no record that can be relied on
  std::string what{};                  ///< what is wrong with it, or before it
};

/// Looks at every line of a log, whatever has happened to the log. Where a line is damaged, the next
/// one is judged anew: by the checksum that stands in the damaged line, by the one that should stand
/// there, or, if neither helps, by being a record.
template <file_calls Files, class Visitor>
class log_survey {
public:
  /// Calls `see(surveyed_line)` for each line, in order.
  log_survey(const file<Files>& log, Visitor see) : see_{std::move(see)} {
    line_window<Files> window{log, first_offset(log), log.size()};
    std::array<std::string_view, 128> room;
    for (auto batch = window.next(room); !batch.lines.empty(); batch = window.next(room))
      for (const std::string_view& raw : batch.lines) {
        const bool is_open = batch.open && &raw == &batch.lines.back();
        look_at(trimmed(raw), window.offset_of(raw), raw.size() + (is_open ? 0 : 1));
      }
    if (ahead_) settle(false);
  }

private:
  void look_at(std::string_view line, std::uint64_t offset, std::uint64_t size) {
    if (ahead_) settle(is_behind(line, *ahead_));
    surveyed_line found{++number_, offset, size};
    const auto matches = [&](std::uint32_t before) {
      return count_intact({&line, 1}, before) == 1;
    };
    const bool sealed = is_sealed(line);
    const bool intact = sealed && (matches(seed_) || (should_be_ && matches(*should_be_)));

    reader_.forget();
    event_view event;
    auto outcome = reader_.read(line, position_ + 1, event);
    const bool is_ahead = event.position.value() > position_ + 1;
    if (outcome.defect && is_ahead) outcome = reader_.read(line, event.position.value(), event);

    if (outcome.defect)
      found.what = outcome.defect.what;
    else if (!evstore::detail::is_utf8(line))
      found.what = "the record is not UTF-8";
    else if (!sealed && sealed_log_)
      found.what = "the record has no checksum, unlike those before";
    else if (sealed && !intact && !doubtful_ && !is_ahead)
      found.what = "the record does not match its checksum";
    else
      found.event.emplace(event);

    const std::uint32_t computed = sealed ? crc32c(seed_, sealed_part(line)) : 0;
    should_be_.reset();
    doubtful_ = !found.event.has_value();
    if (found.event) {
      before_ahead_ = std::exchange(position_, event.position.value());
      sealed_log_ = sealed_log_ || sealed;
    } else {
      ++position_; // the place that it takes
      if (sealed) should_be_ = computed;
    }
    seed_ = crc_after(line);
    if (found.event && is_ahead && sealed && !intact)
      ahead_ = std::move(found);
    else
      see_(std::move(found));
  }

  /// A record that stands too early may have lost its predecessors, or have a damaged position. The
  /// line behind it knows.
  bool is_behind(std::string_view line, const surveyed_line& before) {
    event_view event;
    reader_.forget();
    return !reader_.read(line, before.event->position.value() + 1, event).defect &&
           (!is_sealed(line) || count_intact({&line, 1}, seed_) == 1);
  }
  void settle(bool is_followed) {
    surveyed_line line = *std::exchange(ahead_, std::nullopt);
    if (is_followed) {
      line.what = "records are missing before this one";
    } else {
      line.what = "the record does not match its checksum";
      line.event.reset();
      position_ = before_ahead_ + 1;
      doubtful_ = true;
    }
    see_(std::move(line));
  }

  Visitor see_;
  record_reader reader_;
  std::uint64_t number_ = 0;
  std::uint64_t position_ = 0;             // of the last record
  std::uint32_t seed_ = 0;                 // the checksum that stands in the line before
  std::optional<std::uint32_t> should_be_; // the one that should, if that line is damaged
  bool doubtful_ = false;                  // it is, so neither may be right
  bool sealed_log_ = false;
  std::optional<surveyed_line> ahead_; // waits for the line behind it
  std::uint64_t before_ahead_ = 0;     // the position before it
};

} // namespace evstore::jsonl

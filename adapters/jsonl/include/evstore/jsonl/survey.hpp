#pragma once

#include <evstore/jsonl/filler.hpp>
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
  log_survey(const file<Files>& log, const log_extent& extent, Visitor see) : see_{std::move(see)} {
    line_window<Files> window{log, first_offset(log), extent.content, 1};
    std::array<std::string_view, 128> room;
    for (auto batch = window.next(room); !batch.lines.empty(); batch = window.next(room))
      for (const std::string_view& raw : batch.lines) {
        const bool is_open = batch.open && &raw == &batch.lines.back();
        look_at(trimmed(raw), window.offset_of(raw), raw.size() + (is_open ? 0 : 1));
      }
    if (held_) settle({});
  }

private:
  void look_at(std::string_view line, std::uint64_t offset, std::uint64_t size) {
    if (held_) settle(line);
    surveyed_line found{++number_, offset, size};
    const bool sealed = is_sealed(line);
    const bool intact = fits(line, seed_) || (should_be_ && fits(line, *should_be_));
    reader_.forget();
    event_view event;
    auto outcome = reader_.read(line, position_ + 1, event);
    if (outcome.defect && event.position.value() > position_)
      outcome = reader_.read(line, event.position.value(), event);
    // Each damaged line before may have been a record, or none.
    const bool is_ahead = event.position.value() > position_ + 1 + damaged_;

    if (outcome.defect)
      found.what = outcome.defect.what;
    else if (!evstore::detail::is_utf8(line))
      found.what = "the record is not UTF-8";
    else if (!sealed && sealed_log_)
      found.what = "the record has no checksum, unlike those before";
    else if (sealed && !intact && damaged_ == 0 && !is_ahead)
      found.what = "the record does not match its checksum";
    else
      found.event.emplace(event);

    should_be_.reset();
    if (!found.event) {
      if (sealed) should_be_ = crc32c(seed_, sealed_part(line));
      ++damaged_;
      seed_ = crc_after(line);
      return see_(std::move(found));
    }
    before_ = {std::exchange(position_, event.position.value()), std::exchange(damaged_, 0)};
    sealed_log_ = sealed_log_ || sealed;
    seed_ = crc_after(line);
    if (sealed && (intact || !is_ahead)) return see_(std::move(found));
    held_ = std::move(found);
    held_end_ = line.substr(line.size() - std::min(line.size(), seal_size));
  }

  static bool fits(std::string_view line, std::uint32_t seed) {
    return count_intact({&line, 1}, seed) == 1;
  }

  /// What only the line behind it can tell of a line: whether a record that stands too early has
  /// lost its predecessors or has a damaged position, and whether a record without a checksum never
  /// had one or has a damaged one.
  void settle(std::string_view next) {
    surveyed_line line = *std::exchange(held_, std::nullopt);
    event_view event;
    reader_.forget();
    if (is_sealed(held_end_)) {
      const bool goes_on = !reader_.read(next, line.event->position.value() + 1, event).defect &&
                           (!is_sealed(next) || fits(next, seed_));
      line.what = goes_on ? "records are missing before this one"
                          : "the record does not match its checksum";
      if (!goes_on) line.event.reset();
    } else if (held_end_.size() == seal_size && is_sealed(next) && !fits(next, 0)) {
      const std::uint32_t seed = detail::from_hex(detail::load_word(crc_text(held_end_).data()));
      if (fits(next, seed)) {
        line.what = "the record does not match its checksum";
        line.event.reset();
        seed_ = seed;
      }
    }
    if (!line.event) {
      position_ = before_.position;
      damaged_ = before_.damaged + 1;
    }
    see_(std::move(line));
  }

  struct place {
    std::uint64_t position = 0; // of the last record
    std::uint64_t damaged = 0;  // lines since
  };

  Visitor see_;
  record_reader reader_;
  std::uint64_t number_ = 0;
  std::uint64_t position_ = 0;             // of the last record
  std::uint64_t damaged_ = 0;              // lines since then
  std::uint32_t seed_ = 0;                 // the checksum that stands in the line before
  std::optional<std::uint32_t> should_be_; // the one that should, if that line is damaged
  bool sealed_log_ = false;
  std::optional<surveyed_line> held_; // waits for the line behind it
  std::string held_end_;              // its last bytes, where a seal would be
  place before_;                      // what it followed
};

} // namespace evstore::jsonl

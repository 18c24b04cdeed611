#pragma once

#include <evstore/jsonl/copy_lead.hpp>
#include <evstore/jsonl/line_window.hpp>
#include <evstore/jsonl/record_fetch.hpp>
#include <evstore/jsonl/record_reader.hpp>
#include <evstore/jsonl/shared_log.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string_view>
#include <utility>

namespace evstore::jsonl {

/// Reads a run of the log from its first to its last byte: the fast way through everything.
template <file_calls Files>
class log_replay {
public:
  /// Records `first` to `last`, which stand in [from, to) of the file. The first `unsealed` of the log
  /// have no checksum.
  log_replay(std::shared_ptr<const shared_log<Files>> log, std::uint64_t first, std::uint64_t last,
             std::uint64_t from, std::uint64_t to, std::uint64_t unsealed)
      : log_{std::move(log)}, window_{log_->log, from, to, first}, lead_{log_->log, to},
        next_{first}, last_{last}, unsealed_{unsealed}, crc_{crc_before(from)} {}

  /// The next records, at most `most`; none at the end.
  std::span<event_view> next(std::uint64_t most) {
    reader_.forget();
    const auto batch = window_.next(std::span{lines_}.first(
        static_cast<std::size_t>(std::min<std::uint64_t>(most, lines_.size()))));
    const std::span<std::string_view> lines{lines_.data(), batch.lines.size()};
    for (std::string_view& line : lines) line = trimmed(line);
    const bool verify = log_->checksums == checksums::verified;
    std::size_t intact = verify ? count_intact(lines, crc_) : lines.size();
    for (std::size_t i = 0; i < lines.size(); ++i, ++next_) {
      event_view& event = events_[i];
      lead_.follow(window_.offset_of(lines[i]), lines[i].size());
      const bool fast = i < intact && (batch.ascii || evstore::detail::is_utf8(lines[i])) &&
                        reader_.read_canonical(lines[i], event, batch.maybe_metadata) &&
                        event.position.value() == next_;
      if (fast) continue;
      if (verify && !is_sealed(lines[i]) && next_ > unsealed_)
        refuse_record(log_->log, "the record has lost its checksum", window_.offset_of(lines[i]),
                      next_);
      if (verify && i >= intact && is_sealed(lines[i])) {
        intact = i + count_intact(lines.subspan(i), i == 0 ? crc_ : crc_after(lines[i - 1]));
        if (i >= intact)
          refuse_record(log_->log, "the record does not match its checksum",
                        window_.offset_of(lines[i]), next_);
      }
      read_other(lines[i], event);
    }
    if (lines.empty() && next_ <= last_)
      refuse_record(log_->log, "records are missing", window_.offset(), next_);
    if (!lines.empty()) crc_ = crc_after(lines.back());
    return {events_.data(), lines.size()};
  }

private:
  static constexpr std::size_t batch_size = 128; // of views: they fit into the first-level cache

  void read_other(std::string_view line, event_view& event) {
    const auto outcome = reader_.read(line, next_, event);
    if (outcome.defect)
      refuse_record(log_->log, outcome.defect.what, window_.offset_of(line), next_);
    if (!outcome.has_version) {
      const std::shared_lock lock{log_->mutex};
      event.version = stream_version{log_->index.noted_version(next_)};
    }
  }

  [[nodiscard]] std::uint32_t crc_before(std::uint64_t offset) const {
    std::array<char, 32> lead;
    const std::size_t size = std::min<std::uint64_t>(lead.size(), offset);
    std::string_view before{lead.data(), log_->log.read(lead.data(), size, offset - size)};
    if (before.ends_with('\n')) before.remove_suffix(1);
    return crc_after(trimmed(before));
  }

  std::shared_ptr<const shared_log<Files>> log_;
  line_window<Files> window_;
  copy_lead<Files> lead_;
  std::uint64_t next_;
  std::uint64_t last_;
  std::uint64_t unsealed_;
  std::uint32_t crc_; // of the record before `next_`
  record_reader reader_;
  std::array<std::string_view, batch_size> lines_;
  std::array<event_view, batch_size> events_;
};

} // namespace evstore::jsonl

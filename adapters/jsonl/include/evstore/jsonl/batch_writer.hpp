#pragma once

#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/filler.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/pending_batch.hpp>
#include <evstore/jsonl/recovery.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace evstore::jsonl {

/// Puts batches at the end of a log, as durable as the log was opened. One thread at a time.
template <file_calls Files>
class batch_writer {
public:
  struct outcome {
    std::size_t stored = 0;            ///< how many commits are in the log for good
    std::optional<error> failure = {}; ///< why the others are not
    bool halts = false;                ///< nothing more may be written
  };

  /// `uncut` is what recovery had no room to cut off: it is tried again before anything is written.
  /// Otherwise the file ends at `end`.
  batch_writer(const file<Files>& log, std::uint64_t end, const options& how,
               std::optional<torn_tail> uncut)
      : log_{log}, durability_{how.durability}, uncut_{std::move(uncut)}, file_end_{end},
        ahead_{durability_.syncs() ? how.preallocation_size : 0},
        blanks_(static_cast<std::size_t>(std::min(ahead_, most_at_once)), filler) {}

  [[nodiscard]] bool is_whole() const noexcept { return !uncut_; }

  /// Ends the file where the log ends. Returns whether that was news.
  bool cut_filler(std::uint64_t end) noexcept {
    return std::exchange(file_end_, end) != end && log_.truncate(end) == 0;
  }

  /// Writes the batch at `offset`, the end of the log. What does not fit is cut back to a whole
  /// commit.
  outcome put(const pending_batch& batch, std::uint64_t offset) {
    try {
      return try_to_put(batch, offset);
    } catch (const error& caught) {
      return {0, caught, caught.code() != errc::storage_full};
    }
  }

private:
  static constexpr std::uint64_t most_at_once = 1 << 14; // of what larger writes leave in memory,
                                                         // a part is synced more slowly

  outcome try_to_put(const pending_batch& batch, std::uint64_t offset) {
    if (uncut_) {
      cut_off(log_, *uncut_);
      file_end_ = offset;
    }
    uncut_.reset();
    const bool checked = durability_.what() != durability::kind::none;
    if (checked && log_.size_in_place(identity_) != file_end_)
      throw data_error(errc::changed_under, "somebody else changed the log; reopen it", log_.path(),
                       offset);
    outcome result{batch.commits().size()};
    if (const auto written = log_.write(batch.bytes().view(), offset); written.error != 0) {
      result.failure = file_error(written.error, "cannot append", log_.path());
      while (result.stored > 0 && batch.commits()[result.stored - 1].bytes > written.bytes)
        --result.stored;
      const std::size_t whole = result.stored == 0 ? 0 : batch.commits()[result.stored - 1].bytes;
      const int cut = log_.truncate(offset + whole);
      file_end_ = offset + whole;
      result.halts = cut != 0 || result.failure->code() != errc::storage_full;
    } else if (const std::uint64_t end = offset + batch.bytes().size(); end > file_end_) {
      file_end_ = end;
      if (ahead_ != 0 && end >= fill_from_) fill();
    }
    if (result.stored == 0 || durability_.what() != durability::kind::sync) return result;
    if (const int code = log_.sync_data(); code != 0) {
      const error why = file_error(code, "cannot sync", log_.path());
      return {
          0,
          error{errc::append_in_doubt,
                why.message() + "; reopen the log to see whether the commit is in it", why.place()},
          true};
    }
    return result;
  }

  /// Writes ahead of the log's end, which is that of the file. What there is no room for is taken
  /// back, and not tried again until the log has grown by as much: other files need room, too.
  void fill() noexcept {
    const std::string_view piece{blanks_};
    const std::uint64_t to = file_end_ + ahead_;
    std::uint64_t at = file_end_;
    int failed = 0;
    while (at < to && failed == 0) {
      const auto written =
          log_.write(piece.substr(0, std::min<std::uint64_t>(piece.size(), to - at)), at);
      at += written.bytes;
      failed = written.error;
    }
    if (failed != 0) {
      fill_from_ = to;
      if (log_.truncate(file_end_) == 0) return;
    }
    file_end_ = at;
  }

  const file<Files>& log_;
  std::optional<struct statx> identity_ = log_.identity();
  jsonl::durability durability_;
  std::optional<torn_tail> uncut_;
  std::uint64_t file_end_; // behind the filler
  std::uint64_t ahead_;
  std::string blanks_;
  std::uint64_t fill_from_ = 0;
};

} // namespace evstore::jsonl

#pragma once

#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/options.hpp>
#include <evstore/jsonl/pending_batch.hpp>
#include <evstore/jsonl/recovery.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
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
  batch_writer(const file<Files>& log, jsonl::durability how, std::optional<torn_tail> uncut)
      : log_{log}, durability_{how}, uncut_{std::move(uncut)} {}

  [[nodiscard]] bool is_whole() const noexcept { return !uncut_; }

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
  outcome try_to_put(const pending_batch& batch, std::uint64_t offset) {
    if (uncut_) cut_off(log_, *uncut_);
    uncut_.reset();
    const bool checked = durability_.what() != durability::kind::none;
    if (checked && !log_.is_in_place_with(offset))
      throw data_error(errc::changed_under, "somebody else changed the log; reopen it", log_.path(),
                       offset);
    outcome result{batch.commits().size()};
    if (const auto written = log_.write(batch.bytes().view(), offset); written.error != 0) {
      result.failure = file_error(written.error, "cannot append", log_.path());
      while (result.stored > 0 && batch.commits()[result.stored - 1].bytes > written.bytes)
        --result.stored;
      const std::size_t whole = result.stored == 0 ? 0 : batch.commits()[result.stored - 1].bytes;
      const int cut = log_.truncate(offset + whole);
      result.halts = cut != 0 || result.failure->code() != errc::storage_full;
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

  const file<Files>& log_;
  jsonl::durability durability_;
  std::optional<torn_tail> uncut_;
};

} // namespace evstore::jsonl

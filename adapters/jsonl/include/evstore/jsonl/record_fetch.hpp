#pragma once

#include <evstore/jsonl/record_reader.hpp>
#include <evstore/jsonl/shared_log.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::jsonl {

/// How a record that was committed reads now.
template <file_calls Files>
[[noreturn]] void refuse_record(const file<Files>& log, std::string_view what, std::uint64_t offset,
                                std::uint64_t position) {
  if (!log.is_in_place())
    throw data_error(errc::changed_under, "the log was replaced by another file; reopen it",
                     log.path(), offset, position);
  throw data_error(errc::corrupt, std::string{what} + "; see jsonl::verify", log.path(), offset,
                   position);
}

/// Reads records at known places into a buffer of its own, those close together in one piece. What
/// it puts out is valid until the next call.
template <file_calls Files>
class record_fetch {
public:
  explicit record_fetch(std::shared_ptr<const shared_log<Files>> log) : log_{std::move(log)} {}

  /// Fetches the first of the records, which ascend; as many as are worth it, at least one.
  std::span<event_view> fetch(std::span<const located> wanted) {
    reader_.forget();
    const std::size_t count = load(wanted);
    events_.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const char* const begin = bytes_.data() + places_[i];
      std::string_view raw{begin, static_cast<std::size_t>(wanted[i].end - wanted[i].begin)};
      if (raw.ends_with('\n')) raw.remove_suffix(1);
      read(trimmed(raw), wanted[i], {bytes_.data() + leads_[i], begin}, events_[i]);
    }
    return events_;
  }

private:
  static constexpr std::size_t lead_size = 32; // enough of the line before for its checksum
  static constexpr std::size_t most_gap = 1 << 13;
  static constexpr std::size_t most_bytes = 1 << 18;

  std::size_t load(std::span<const located> wanted) {
    bytes_.clear();
    places_.clear();
    leads_.clear();
    std::size_t count = 0;
    while (count < wanted.size()) {
      const std::uint64_t from =
          wanted[count].begin - std::min<std::uint64_t>(lead_size, wanted[count].begin);
      std::uint64_t to = wanted[count].end;
      std::size_t run = count + 1;
      while (run < wanted.size() && wanted[run].begin - to <= most_gap &&
             wanted[run].end - from <= most_bytes)
        to = wanted[run++].end;
      const auto size = static_cast<std::size_t>(to - from);
      if (count != 0 && bytes_.size() + size > most_bytes) break;
      const std::size_t base = bytes_.size();
      if (log_->log.read(bytes_.room_for(size), size, from) < size)
        throw data_error(errc::changed_under,
                         "the file became shorter while it was read; reopen it", log_->log.path(),
                         from, wanted[count].position);
      bytes_.grow_by(size);
      for (; count < run; ++count) {
        const std::size_t place = base + static_cast<std::size_t>(wanted[count].begin - from);
        places_.push_back(place);
        leads_.push_back(std::max(base, place - std::min(place, lead_size)));
      }
    }
    return count;
  }

  void read(std::string_view line, const located& at, std::string_view lead, event_view& event) {
    if (log_->checksums == checksums::verified && at.sealed) {
      if (!is_sealed(line))
        refuse_record(log_->log, "the record has lost its checksum", at.begin, at.position);
      if (lead.ends_with('\n')) lead.remove_suffix(1);
      if (count_intact({&line, 1}, crc_after(trimmed(lead))) != 1)
        refuse_record(log_->log, "the record does not match its checksum", at.begin, at.position);
    }
    const auto outcome = reader_.read(line, at.position, event);
    if (outcome.defect) refuse_record(log_->log, outcome.defect.what, at.begin, at.position);
    if (!outcome.has_version) event.version = stream_version{at.version};
  }

  std::shared_ptr<const shared_log<Files>> log_;
  byte_buffer bytes_;
  std::vector<std::size_t> places_;
  std::vector<std::size_t> leads_;
  std::vector<event_view> events_;
  record_reader reader_;
};

} // namespace evstore::jsonl

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

/// Reads records at known places into a buffer of its own, those close together in one piece, and
/// pieces that lie far apart at once where that can be. What it puts out is valid until the next call.
template <file_calls Files>
class record_fetch {
public:
  explicit record_fetch(std::shared_ptr<const shared_log<Files>> log) : log_{std::move(log)} {}

  /// Fetches the first of the records, which ascend; as many as are worth it, at least one.
  std::span<event_view> fetch(std::span<const located> wanted) {
    plan(wanted);
    wanted = wanted.first(places_.size());
    if (!copy_at_once(wanted.back().end) || !read_all(wanted, is_wrong)) {
      // One piece after the other: the file is as it is, or it is known what is the matter with it.
      copy_by_pieces();
      read_all(wanted, refuse_record<Files>);
    }
    return events_;
  }

private:
  static constexpr std::size_t lead_size = 32; // enough of the line before for its checksum
  static constexpr std::size_t most_gap = 1 << 13;
  static constexpr std::size_t most_bytes = 1 << 18;

  struct place {
    std::size_t lead; ///< of what stands before the record and is read with it
    std::size_t begin;
  };

  /// Which pieces of the file are to be read, and where in them the records will stand.
  void plan(std::span<const located> wanted) {
    pieces_.clear();
    places_.clear();
    size_ = 0;
    while (places_.size() < wanted.size()) {
      const located& first = wanted[places_.size()];
      const std::uint64_t from = first.begin - std::min<std::uint64_t>(lead_size, first.begin);
      std::uint64_t to = first.end;
      std::size_t run = places_.size() + 1;
      while (run < wanted.size() && wanted[run].begin - to <= most_gap &&
             wanted[run].end - from <= most_bytes)
        to = wanted[run++].end;
      const auto size = static_cast<std::size_t>(to - from);
      if (!places_.empty() && size_ + size > most_bytes) return;
      pieces_.push_back({from, size});
      while (places_.size() < run) {
        const std::size_t begin =
            size_ + static_cast<std::size_t>(wanted[places_.size()].begin - from);
        places_.push_back({std::max(size_, begin - std::min(begin, lead_size)), begin});
      }
      size_ += size;
    }
  }

  bool copy_at_once(std::uint64_t end) {
    bytes_.clear();
    if (!log_->may_map(end) ||
        !log_->scattered_copy.copy(log_->log, pieces_, bytes_.room_for(size_)))
      return false;
    bytes_.grow_by(size_);
    return true;
  }

  void copy_by_pieces() {
    bytes_.clear();
    static_cast<void>(bytes_.room_for(size_));
    for (const file_piece& piece : pieces_) {
      if (log_->log.read(bytes_.room_for(piece.size), piece.size, piece.at) < piece.size)
        throw data_error(errc::changed_under,
                         "the file became shorter while it was read; reopen it", log_->log.path(),
                         piece.at);
      bytes_.grow_by(piece.size);
    }
  }

  static constexpr auto is_wrong = [](const file<Files>&, std::string_view, std::uint64_t,
                                      std::uint64_t) {};

  /// False if one of the records is none, which `refuse` may make more of.
  template <class Refuse>
  bool read_all(std::span<const located> wanted, Refuse refuse) {
    reader_.forget();
    events_.resize(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const located& at = wanted[i];
      const char* const begin = bytes_.data() + places_[i].begin;
      std::string_view raw{begin, static_cast<std::size_t>(at.end - at.begin)};
      if (raw.ends_with('\n')) raw.remove_suffix(1);
      const std::string_view wrong =
          read(trimmed(raw), at, {bytes_.data() + places_[i].lead, begin}, events_[i]);
      if (wrong.empty()) continue;
      refuse(log_->log, wrong, at.begin, at.position);
      return false;
    }
    return true;
  }

  /// Says what is wrong, or nothing.
  std::string_view read(std::string_view line, const located& at, std::string_view lead,
                        event_view& event) {
    if (log_->checksums == checksums::verified && at.sealed) {
      if (!is_sealed(line)) return "the record has lost its checksum";
      if (lead.ends_with('\n')) lead.remove_suffix(1);
      if (count_intact({&line, 1}, crc_after(trimmed(lead))) != 1)
        return "the record does not match its checksum";
    }
    const auto outcome = reader_.read(line, at.position, event);
    if (outcome.defect) return outcome.defect.what;
    if (!outcome.has_version) event.version = stream_version{at.version};
    return {};
  }

  std::shared_ptr<const shared_log<Files>> log_;
  byte_buffer bytes_;
  std::vector<file_piece> pieces_;
  std::vector<place> places_; // in `bytes_`
  std::size_t size_ = 0;      // of all pieces
  std::vector<event_view> events_;
  record_reader reader_;
};

} // namespace evstore::jsonl

#pragma once

#include <evstore/jsonl/line_window.hpp>
#include <evstore/jsonl/log_index.hpp>
#include <evstore/jsonl/record_reader.hpp>
#include <evstore/jsonl/seal.hpp>
#include <evstore/stream_name.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace evstore::jsonl {

/// A place in the log behind a whole commit, and what the next record has to fit.
struct log_end {
  std::uint64_t offset = 0;   ///< in bytes
  std::uint64_t position = 0; ///< of the last event before it
  std::uint32_t crc = 0;      ///< of the last record; 0 if it has none
  std::uint64_t unsealed = 0; ///< how many of the first records have no checksum
  bool open_line = false;     ///< the last line has no line end
};

/// The first thing in the log that is not a whole commit.
struct flaw {
  std::string what;
  std::uint64_t offset = 0;   ///< of the line
  std::uint64_t position = 0; ///< which a record on this line would have: the line's number
  bool cut_short = false;     ///< the file ends within the line, or within the commit
  bool sealed_log = true;     ///< the records before it, or it itself, carry checksums
  bool intact = false;        ///< its checksum says that it is as it was written: no crash made it
};

inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Where the first record begins: behind a byte order mark, if there is one.
template <file_calls Files>
std::uint64_t first_offset(const file<Files>& log) {
  std::array<char, byte_order_mark.size()> begin;
  const std::size_t got = log.read(begin.data(), begin.size(), 0);
  return std::string_view{begin.data(), got} == byte_order_mark ? got : 0;
}

/// Reads a log commit by commit, checks that each record fits its place (checksum, position,
/// version, part of its commit), and puts whole commits into an index. Reads each byte once.
template <file_calls Files>
class commit_scan {
public:
  /// Goes on from `end`, which is moved behind each whole commit.
  commit_scan(const file<Files>& log, log_end& end, std::uint64_t to, log_index<Files>& index)
      : window_{log, end.offset, to, end.position + 1}, end_{end}, index_{index},
        position_{end.position}, crc_{end.crc} {}

  /// Scans up to the first flaw, or to the end of the range. All of a range without a flaw is in
  /// the index; of one with a flaw, all before `end`.
  std::optional<flaw> run() {
    while (true) {
      const auto batch = window_.next(room_);
      if (batch.lines.empty()) break;
      for (std::size_t i = 0; i < batch.lines.size(); ++i) lines_[i] = trimmed(batch.lines[i]);
      const std::span<const std::string_view> lines{lines_.data(), batch.lines.size()};
      for (std::size_t i = 0, intact = 0; i < lines.size(); ++i) {
        const bool is_open = batch.open && i + 1 == lines.size();
        if (is_sealed(lines[i]) && i >= intact) intact = i + count_intact(lines.subspan(i), crc_);
        if (auto found = take(lines[i], i < intact, batch.ascii)) {
          found->offset = window_.offset_of(lines[i]);
          found->position = position_ + 1;
          found->cut_short = is_open;
          found->sealed_log = is_sealed_log() || is_sealed(lines[i]);
          found->intact = i < intact;
          return found;
        }
        ++position_;
        crc_ = crc_after(lines[i]);
        if (part_.index == part_.count) complete(batch.lines[i], is_open);
      }
    }
    if (part_.index == part_.count) return std::nullopt;
    return flaw{"the log ends within a commit", begin_, end_.position + 1, true, is_sealed_log()};
  }

private:
  [[nodiscard]] bool is_sealed_log() const noexcept { return position_ > unsealed(); }
  [[nodiscard]] std::uint64_t unsealed() const noexcept {
    return end_.unsealed + unsealed_in_commit_;
  }

  std::optional<flaw> take(std::string_view line, bool intact, bool ascii) {
    if (!intact && is_sealed(line)) return flaw{"the record does not match its checksum"};
    if (!intact && is_sealed_log()) return flaw{"the record has no checksum, unlike those before"};
    reader_.forget();
    const auto outcome = reader_.read(line, position_ + 1, event_);
    if (outcome.defect) return flaw{std::string{outcome.defect.what}};
    if (const std::string_view defect = names_defect(); !defect.empty())
      return flaw{"a name in the record " + std::string{defect}};
    if (!ascii && !evstore::detail::is_utf8(line)) return flaw{"the record is not UTF-8"};
    if (!intact) ++unsealed_in_commit_;

    const bool is_next = part_.index == part_.count ? event_.commit.index == 1
                                                    : event_.commit.index == part_.index + 1 &&
                                                          event_.commit.count == part_.count;
    if (!is_next) return flaw{"the record is not the part of a commit that is due here"};
    if (event_.commit.index == 1) {
      begin_ = window_.offset_of(line);
      if (event_.commit.count > 1) window_.keep_from(begin_);
    }
    part_ = event_.commit;
    if (event_.commit.count == 1) return add(event_, line, outcome.has_version);
    return std::nullopt;
  }

  /// A checksum says that the record is as it was written, not that this program wrote it.
  [[nodiscard]] std::string_view names_defect() const noexcept {
    const auto defect_of = [](std::string_view name) -> std::string_view {
      bool plain = !name.empty() && name.size() <= max_name_size;
      for (const char c : name) plain &= c >= ' ' && c < '\x7F';
      return plain ? std::string_view{} : name_defect(name);
    };
    std::string_view defect = defect_of(event_.stream);
    if (defect.empty()) defect = defect_of(event_.type);
    for (std::size_t i = 0; defect.empty() && i < event_.tags.size(); ++i)
      defect = defect_of(event_.tags[i]);
    return defect;
  }

  std::optional<flaw> add(event_view& event, std::string_view line, bool has_version) {
    const std::uint64_t due = index_.due(event.stream);
    if (!has_version) {
      event.version = stream_version{due};
      index_.note_version(event.position.value(), due);
    }
    if (event.version.value() != due)
      return flaw{"the record's version is not the next one of its stream"};
    if (index_.head() == log_index<Files>::max_events)
      throw error{errc::unsupported, "a JSONL log holds at most 4294967294 events"};
    index_.add(event, window_.offset_of(line));
    return std::nullopt;
  }

  /// The commit's last line was taken.
  void complete(std::string_view raw_line, bool is_open) {
    const std::uint64_t after = window_.offset_of(raw_line) + raw_line.size() + (is_open ? 0 : 1);
    if (part_.count > 1) add_parts(after);
    end_ = {after, position_, crc_, unsealed(), is_open};
    unsealed_in_commit_ = 0;
  }

  /// Each part was taken before; now that all of them are there, they count.
  void add_parts(std::uint64_t after) {
    window_.keep_unread();
    std::string_view text = window_.text(begin_, after);
    std::uint64_t position = end_.position;
    while (!text.empty()) {
      const std::size_t size = std::min(text.find('\n'), text.size());
      const std::string_view line = trimmed(text.substr(0, size));
      text.remove_prefix(std::min(size + 1, text.size()));
      reader_.forget();
      const auto outcome = reader_.read(line, ++position, event_);
      if (const auto found = add(event_, line, outcome.has_version))
        throw data_error(errc::corrupt, found->what, window_.path(), window_.offset_of(line),
                         position);
    }
  }

  static constexpr std::size_t batch_size = 128;

  line_window<Files> window_;
  log_end& end_;
  log_index<Files>& index_;
  std::uint64_t position_;  // of the last record taken
  std::uint32_t crc_;       // its checksum
  commit_part part_;        // of it
  std::uint64_t begin_ = 0; // where the present commit begins
  std::uint64_t unsealed_in_commit_ = 0;
  record_reader reader_;
  event_view event_;
  std::array<std::string_view, batch_size> room_;
  std::array<std::string_view, batch_size> lines_;
};

/// Whether the log itself proves that the record at `position`, which a flaw was found in, had been
/// made durable: a later record says so. What nothing vouches for was never acknowledged.
///
/// One batch is written at a time, and the first record of the next says that it was synced. So a
/// record that vouches counts even where its own checksum cannot be checked, because the line
/// before is the flawed one, or because it stands in it: a line end may be what is damaged.
template <file_calls Files>
bool is_vouched_for(const file<Files>& log, const flaw& found, std::uint64_t to) {
  line_window<Files> window{log, found.offset, to, found.position};
  std::array<std::string_view, 128> room;
  record_scanner scanner;
  event_view event;
  const auto vouches = [&](std::string_view line) {
    scanner.forget();
    return is_sealed(line) && scanner.scan(sealed_part(line), event) &&
           event.position.value() > found.position && scanner.durable() &&
           scanner.durable()->value() >= found.position;
  };
  std::uint32_t seed = 0;
  bool seeded = false; // not for the first two lines, and not behind a line without a checksum
  std::uint64_t lines = 0;
  while (true) {
    const auto batch = window.next(room);
    if (batch.lines.empty()) return false;
    for (const std::string_view raw : batch.lines) {
      const std::string_view line = trimmed(raw);
      const bool intact = !seeded || count_intact({&line, 1}, seed) == 1;
      if (intact && vouches(line)) return true;
      if (++lines == 1)
        for (std::size_t at = 1; (at = line.find(record_begin, at)) != line.npos; ++at)
          if (vouches(line.substr(at))) return true;
      seeded = lines > 1 && is_sealed(line);
      seed = crc_after(line);
    }
  }
}

} // namespace evstore::jsonl

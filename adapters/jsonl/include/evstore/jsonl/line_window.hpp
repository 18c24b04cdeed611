#pragma once

#include <evstore/detail/utf8.hpp>
#include <evstore/jsonl/byte_buffer.hpp>
#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/line_marks.hpp>
#include <evstore/jsonl/record_writer.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace evstore::jsonl {

/// A part of a file that moves forwards over it: reads chunks into a buffer of its own and lends
/// the complete lines in it. The buffer grows only for a line, or for lines that are to be kept,
/// longer than it. `pread`, not a mapping: a file that is cut under us is an error, not a signal.
template <file_calls Files>
class line_window {
public:
  static constexpr std::size_t chunk_size = std::size_t{1} << 17;

  /// Lends the lines of [from, to) of the file, which must outlive the window. The first of them has
  /// the number `line`.
  line_window(const file<Files>& source, std::uint64_t from, std::uint64_t to, std::uint64_t line)
      : source_{&source}, begin_{from}, to_{to}, line_{line} {}

  struct batch {
    std::span<const std::string_view> lines; ///< valid until the next call
    bool ascii = true;                       ///< no byte of them is above 0x7F
    bool maybe_metadata = false;             ///< see `text_trait`
    bool open = false;                       ///< the last one has no line end: the file's last line
  };

  /// The next lines, without their ends, as many as fit into `room` and stand in the buffer; none at
  /// the end. Throws `errc::changed_under` if the file ends before `to`, and `errc::corrupt` for a
  /// line longer than any record.
  batch next(std::span<std::string_view> room) {
    while (true) {
      const batch found = split(room);
      if (!found.lines.empty()) return found;
      if (end_offset() == to_) {
        if (unread().empty()) return {};
        room[0] = unread();
        read_ = buffer_.size();
        return {room.first(1), false, true, true};
      }
      refill();
    }
  }

  /// Keeps what stands at `offset` and behind it in the buffer; without it, only unread lines.
  void keep_from(std::uint64_t offset) noexcept {
    kept_ = offset;
    keeps_ = true;
  }
  void keep_unread() noexcept { keeps_ = false; }

  /// The kept bytes from `offset` to `end`.
  [[nodiscard]] std::string_view text(std::uint64_t offset, std::uint64_t end) const noexcept {
    return buffer_.view().substr(offset - begin_, end - offset);
  }
  /// Where a lent line stands in the file.
  [[nodiscard]] std::uint64_t offset_of(std::string_view line) const noexcept {
    return begin_ + static_cast<std::uint64_t>(line.data() - buffer_.data());
  }
  [[nodiscard]] const std::string& path() const noexcept { return source_->path(); }
  /// Where the next line begins.
  [[nodiscard]] std::uint64_t offset() const noexcept { return begin_ + read_; }

private:
  [[nodiscard]] std::string_view unread() const noexcept { return buffer_.view().substr(read_); }
  [[nodiscard]] std::uint64_t end_offset() const noexcept { return begin_ + buffer_.size(); }

  /// Lends the complete lines that stand in the buffer. What a block of marks says counts for every
  /// line in it, so a batch may look worse than it is.
  batch split(std::span<std::string_view> room) noexcept {
    const std::span<const std::uint32_t> ends = marks_.ends().subspan(lent_);
    const std::size_t count = std::min(ends.size(), room.size());
    const char* const begin = buffer_.data() + marked_;
    std::size_t at = read_ - marked_;
    const std::size_t from = at;
    for (std::size_t i = 0; i < count; ++i) {
      room[i] = {begin + at, ends[i] - at};
      at = std::size_t{ends[i]} + 1;
    }
    lent_ += count;
    line_ += count;
    read_ = marked_ + at;
    const std::uint8_t traits = marks_.traits(from, at);
    return {room.first(count), (traits & not_ascii) == 0, (traits & maybe_metadata) != 0, false};
  }

  void refill() {
    if (unread().size() > max_record_size)
      throw data_error(errc::corrupt, "a line is longer than any record may be (256 MiB)",
                       source_->path(), begin_ + read_, line_);
    const std::size_t drop =
        keeps_ ? std::min(read_, static_cast<std::size_t>(kept_ - begin_)) : read_;
    buffer_.drop_front(drop);
    begin_ += drop;
    read_ -= drop;
    // As much again as is kept: then a line of any length is read in linear time. And no more than
    // what shows whether the line is too long.
    const std::uint64_t wanted = std::min<std::uint64_t>(
        {to_ - end_offset(), max_record_size + 1 - unread().size(),
         chunk_size > buffer_.size() + least ? chunk_size - buffer_.size()
                                             : std::max(buffer_.size(), least)});
    const auto size = static_cast<std::size_t>(wanted);
    const std::size_t got = source_->read(buffer_.room_for(size), size, end_offset());
    buffer_.grow_by(got);
    marks_.mark(unread());
    marked_ = read_;
    lent_ = 0;
    if (got < size)
      throw data_error(errc::changed_under, "the file became shorter while it was read; reopen it",
                       source_->path(), end_offset());
  }

  static constexpr std::size_t least = std::size_t{1} << 15;

  const file<Files>* source_;
  byte_buffer buffer_;
  line_marks marks_;       // of the buffer from `marked_` on
  std::size_t marked_ = 0; // bytes
  std::size_t lent_ = 0;   // line ends among the marks
  std::size_t read_ = 0;   // bytes of the buffer that were lent
  std::uint64_t begin_;    // where the buffer's first byte stands in the file
  std::uint64_t to_;
  std::uint64_t line_; // the next line's number
  std::uint64_t kept_ = 0;
  bool keeps_ = false;
};

} // namespace evstore::jsonl

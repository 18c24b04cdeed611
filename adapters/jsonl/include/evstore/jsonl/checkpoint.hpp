#pragma once

#include <evstore/jsonl/commit_scan.hpp>
#include <evstore/jsonl/index_segment.hpp>
#include <evstore/jsonl/lock_note.hpp>
#include <evstore/jsonl/log_index.hpp>
#include <evstore/jsonl/seal.hpp>
#include <evstore/jsonl/shared_log.hpp>
#include <evstore/jsonl/sidecar.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::jsonl {

/// A run of positions that a file of the index is about.
struct index_part {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  friend bool operator==(const index_part&, const index_part&) = default;
};

/// The index of a log, kept beside it, so that opening need not read what was read before. Derived:
/// it is used only if the log is known to be the one that it was made from, each page of it is
/// checked when it is read, and in any doubt all of it is made again.
///
/// `<log>.index` names the parts and the place in the log that they reach, in one line that is
/// sealed like a record:
///
///     {"index":1,"position":5000,"bytes":1085000,"record":"9ae0daaf",
///      "parts":[[1,4096],[4097,5000]],"crc":"…"}
///
/// Each part is a file `<log>.index-FIRST-LAST`. Parts never change; a new one takes in those before
/// it that are not more than twice as large, so there are few, and each event is indexed again only
/// a logarithmic number of times.
template <file_calls Files>
class checkpoint {
public:
  checkpoint(Files files, const std::string& log_path)
      : files_{std::move(files)}, path_{log_path + ".index"} {}

  /// The least number of events that are worth a file; reading as many takes no noticeable time.
  /// Simulated files may say less, and so have all of this happen in short logs.
  static constexpr std::uint64_t least_events = [] {
    if constexpr (requires { Files::least_indexed_events; }) return Files::least_indexed_events;
    return std::uint64_t{4096};
  }();

  /// Sets the index and the end of the log to what was kept, if that can be trusted: the last writer
  /// closed the log and nobody touched it since, or did not come to close it; and the record at
  /// the end has the checksum that it had, which is that of all before it.
  bool resume(shared_log<Files>& log, const lock_note& note) const {
    const auto kept = read();
    if (!kept || kept->end.position == 0) return false;
    if (!fits(*kept, log.log, note) && detail::broken_rule != detail::rule::indexes_fit_their_log)
      return false;
    auto index = open_parts(*kept);
    if (!index) return false;
    log.index = *std::move(index);
    log.end = kept->end;
    log.durable_bytes = kept->end.offset; // it is written behind the sync of what it is about
    return true;
  }

  /// Keeps what was read of a long log right away, and lets go of the memory that it takes.
  void save_and_resume(shared_log<Files>& log, bool synced) {
    constexpr std::uint64_t worth_it = 16 * least_events;
    if (log.index.head() - log.index.tail().first() + 1 < worth_it) return;
    save(log, synced);
    const auto kept = read();
    if (!kept || kept->end.offset != log.end.offset || kept->end.crc != log.end.crc) return;
    if (auto index = open_parts(*kept)) log.index = *std::move(index);
  }

  /// Keeps what the index has in memory, if it is enough to be worth it. Nobody changes the log or
  /// the index meanwhile. What cannot be written is not kept, and nothing else happens.
  void save(const shared_log<Files>& log, bool synced) {
    const log_index<Files>& index = log.index;
    if (index.head() - index.tail().first() + 1 < least_events || log.end.unsealed != 0 ||
        log.end.open_line || index.head() != log.end.position)
      return;
    try {
      std::vector<std::shared_ptr<const index_segment<Files>>> older = index.older();
      std::uint64_t first = index.tail().first();
      const auto size = [](const auto& part) { return part->last() - part->first() + 1; };
      while (!older.empty() && size(older.back()) <= 2 * (index.head() - first + 1)) {
        first = older.back()->first();
        older.pop_back();
      }
      std::vector<index_part> parts;
      for (const auto& part : older) parts.push_back({part->first(), part->last()});
      parts.push_back({first, index.head()});
      if (older.size() == index.older().size()) {
        write_part(parts.back(), index.tail(), synced);
      } else {
        const std::uint64_t begin = index.offset_of(first);
        log_index<Files> larger{std::move(older)};
        log_end reached{begin, first - 1, crc_before(log.log, begin).value_or(0)};
        if (commit_scan<Files>{log.log, reached, log.end.offset, larger}.run()) return;
        write_part(parts.back(), larger.tail(), synced);
      }
      replace({log.end, std::move(parts)}, synced);
    } catch (const pages_damaged&) {
      files_.unlink(path_.c_str());
    } catch (const error&) {
    }
  }

  /// Of a log that goes away.
  void remove() {
    if (const auto kept = read())
      for (const index_part& part : kept->parts) files_.unlink(path_of(part).c_str());
    files_.unlink(path_.c_str());
  }

private:
  struct content {
    log_end end;
    std::vector<index_part> parts;
  };

  static bool fits(const content& kept, const file<Files>& log, const lock_note& note) {
    const bool untouched = note.closed && *note.closed == file_stamp::of(log.status());
    return (untouched || note.writer) && log.size() >= kept.end.offset &&
           crc_before(log, kept.end.offset) == kept.end.crc;
  }

  [[nodiscard]] std::optional<log_index<Files>> open_parts(const content& kept) const {
    try {
      std::vector<std::shared_ptr<const index_segment<Files>>> parts;
      std::uint64_t before = 0;
      for (const index_part& part : kept.parts) {
        auto opened = std::make_shared<const index_segment<Files>>(
            file<Files>{files_, path_of(part), O_RDONLY});
        if (part.first != before + 1 || opened->first() != part.first ||
            opened->last() != part.last)
          return std::nullopt;
        before = part.last;
        parts.push_back(std::move(opened));
      }
      if (before != kept.end.position) return std::nullopt;
      return log_index<Files>{std::move(parts)};
    } catch (const pages_damaged&) {
      return std::nullopt;
    } catch (const error&) {
      return std::nullopt; // a part that cannot be opened is a part that is missing
    }
  }

  [[nodiscard]] std::string path_of(const index_part& part) const {
    return path_ + "-" + std::to_string(part.first) + "-" + std::to_string(part.last);
  }

  /// The checksum of the sealed record that ends at `offset`.
  static std::optional<std::uint32_t> crc_before(const file<Files>& log, std::uint64_t offset) {
    std::array<char, 32> bytes;
    const std::size_t size = std::min<std::uint64_t>(bytes.size(), offset);
    const std::string_view text{bytes.data(), log.read(bytes.data(), size, offset - size)};
    if (text.size() < seal_size || !text.ends_with('\n')) return std::nullopt;
    const std::string_view line = trimmed(text.substr(0, text.size() - 1));
    return is_sealed(line) ? parse_crc(crc_text(line)) : std::nullopt;
  }

  void write_part(const index_part& part, const index_tail& tail, bool synced) {
    const std::string name = path_of(part);
    write_as(name, synced, [&](const file<Files>& out) { index_segment<Files>::write(out, tail); });
  }

  template <class Write>
  void write_as(const std::string& name, bool synced, Write write) {
    const std::string draft = name + ".new";
    files_.unlink(draft.c_str()); // of a program that did not come to its end
    put_in_place(files_, name, draft, synced, write);
  }

  /// Makes the new parts count, and removes those that no longer do.
  void replace(const content& now, bool synced) {
    const auto before = read();
    std::string text = R"({"index":1,"position":)" + std::to_string(now.end.position);
    text.append(R"(,"bytes":)").append(std::to_string(now.end.offset)).append(R"(,"record":")");
    text.append(crc_digits_of(now.end.crc)).append(R"(","parts":)");
    for (std::size_t i = 0; i < now.parts.size(); ++i)
      text.append(i == 0 ? "[[" : ",[")
          .append(std::to_string(now.parts[i].first) + ',' + std::to_string(now.parts[i].last) +
                  ']');
    const std::string line = sealed_line(std::move(text.append("]")));
    write_as(path_, synced, [&](const file<Files>& out) { out.write_or_throw(line, 0); });
    if (synced) sync_directory(files_, directory_of(path_));
    if (!before) return;
    for (const index_part& old : before->parts)
      if (std::find(now.parts.begin(), now.parts.end(), old) == now.parts.end())
        files_.unlink(path_of(old).c_str());
  }

  [[nodiscard]] std::optional<content> read() const {
    std::string text;
    try {
      constexpr std::uint64_t most = 1 << 16;
      const file<Files> in{files_, path_, O_RDONLY};
      text.resize(std::min(in.size(), most));
      text.resize(in.read(text.data(), text.size(), 0));
    } catch (const error&) {
      return std::nullopt;
    }
    const auto object = unsealed(text);
    return object ? parse(text_reader{*object}) : std::nullopt;
  }

  static std::optional<content> parse(text_reader in) {
    content found;
    if (!in.take(R"({"index":1,"position":)") || !in.number(found.end.position) ||
        !in.take(R"(,"bytes":)") || !in.number(found.end.offset) || !in.take(R"(,"record":")") ||
        !in.crc(found.end.crc) || !in.take(R"(","parts":[)"))
      return std::nullopt;
    do {
      index_part part;
      if (!in.take("[") || !in.number(part.first) || !in.take(",") || !in.number(part.last) ||
          !in.take("]"))
        return std::nullopt;
      found.parts.push_back(part);
    } while (in.take(","));
    return in.take("]") && in.rest().empty() ? std::optional{std::move(found)} : std::nullopt;
  }

  Files files_;
  std::string path_;
};

} // namespace evstore::jsonl

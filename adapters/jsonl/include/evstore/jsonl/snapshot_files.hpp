#pragma once

#include <evstore/jsonl/file.hpp>
#include <evstore/jsonl/sidecar.hpp>
#include <evstore/snapshot_record.hpp>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

namespace evstore::jsonl {

/// A snapshot as it is kept: with the checksum of the log's record at its position, which tells
/// whether the log is still the one that the state was folded from.
struct sealed_snapshot {
  snapshot_record snapshot;
  std::uint32_t record_crc = 0;
};

/// The snapshots of a log: one file each in the directory `<log>.snapshots`, which is made for the
/// first. A file is one line,
///
///     {"snapshot":"KEY","version":3,"position":42,"record":"9ae0daaf",
///      "fingerprint":"0123456789abcdef","state":{…},"crc":"…"}
///
/// sealed like a record of the log (its own crc, continued from nothing). It is written under
/// another name, synced and renamed, so under its name there is a whole snapshot or none.
///
/// A key is data, never a path: what is not a lower-case letter, a digit, `-` or `_` is written as
/// `%XX`, so keys that differ in anything have names that differ in every file system; what is
/// longer than a name may be goes into directories. May be used by several threads.
template <file_calls Files>
class snapshot_files {
public:
  snapshot_files(Files files, const std::string& log_path)
      : files_{std::move(files)}, root_{log_path + ".snapshots"} {}

  /// Replaces what is kept under the key. Throws if that could not be made durable.
  void save(std::string_view key, const snapshot_view& snapshot, std::uint32_t record_crc) {
    const std::string path = make_path(key);
    const std::string text = encode(key, snapshot, record_crc);
    static std::atomic<std::uint64_t> counter{0};
    const std::string draft =
        path + ".new-" + std::to_string(::getpid()) + "-" + std::to_string(++counter);
    put_in_place(files_, path, draft, true,
                 [&](const file<Files>& out) { out.write_or_throw(text, 0); });
    sync_directory(files_, directory_of(path));
  }

  /// What is kept under the key, or why it cannot be used, or neither.
  std::optional<sealed_snapshot> load(std::string_view key, std::string& ignored) const {
    std::string text;
    const std::string path = path_of(key);
    try {
      const file<Files> in{files_, path, O_RDONLY};
      text.resize(in.size());
      text.resize(in.read(text.data(), text.size(), 0));
    } catch (const error& why) {
      if (why.code() != errc::not_found) ignored = why.what();
      return std::nullopt;
    }
    auto found = decode(key, text);
    if (!found) ignored = "the snapshot in " + path + " is damaged";
    return found;
  }

private:
  static constexpr std::size_t most_piece = 200; // of a name that may have 255 bytes

  /// `<root>/aaa…+/bbb…+/ccc.json`: a directory's name ends in `+`, a file's in `.json`.
  [[nodiscard]] std::string path_of(std::string_view key) const {
    std::string path = root_;
    const std::string name = encoded(key);
    for (std::size_t at = 0; at < name.size(); at += most_piece) {
      const bool last = at + most_piece >= name.size();
      path.append("/").append(name, at, most_piece).append(last ? ".json" : "+");
    }
    return path;
  }

  /// The same, once its directories exist and are durable.
  std::string make_path(std::string_view key) {
    std::string path = path_of(key);
    for (std::size_t slash = path.find('/', root_.size()); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      const std::string directory = path.substr(0, slash);
      if (files_.mkdir(directory.c_str(), 0777) == 0)
        sync_directory(files_, directory_of(directory));
      else if (errno != EEXIST)
        throw file_error(errno, "cannot make the directory for snapshots", directory);
    }
    return path;
  }

  static std::string encoded(std::string_view key) {
    constexpr char digits[] = "0123456789abcdef";
    std::string name;
    for (const char c : key) {
      const auto byte = static_cast<unsigned char>(c);
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
      if (plain)
        name += c;
      else
        name.append({'%', digits[byte >> 4], digits[byte & 15]});
    }
    return name;
  }

  static std::string quoted(std::string_view key) {
    std::string text = "\"";
    for (const char c : key) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    return text += '"';
  }

  static std::string encode(std::string_view key, const snapshot_view& snapshot,
                            std::uint32_t record_crc) {
    const std::uint64_t shape = snapshot.fingerprint;
    std::string text = R"({"snapshot":)" + quoted(key);
    text.append(R"(,"version":)").append(std::to_string(snapshot.version.value()));
    text.append(R"(,"position":)").append(std::to_string(snapshot.position.value()));
    text.append(R"(,"record":")").append(crc_digits_of(record_crc));
    text.append(R"(","fingerprint":")")
        .append(crc_digits_of(static_cast<std::uint32_t>(shape >> 32)));
    text.append(crc_digits_of(static_cast<std::uint32_t>(shape)));
    text.append(R"(","state":)").append(snapshot.state);
    return sealed_line(std::move(text));
  }

  static std::optional<sealed_snapshot> decode(std::string_view key, std::string_view text) {
    const auto object = unsealed(text, detail::broken_rule != detail::rule::snapshots_are_checked);
    if (!object) return std::nullopt;
    text_reader in{*object};
    sealed_snapshot found;
    std::uint64_t version = 0;
    std::uint64_t position = 0;
    std::uint32_t high = 0;
    std::uint32_t low = 0;
    const bool whole = in.take(R"({"snapshot":)" + quoted(key)) && in.take(R"(,"version":)") &&
                       in.number(version) && in.take(R"(,"position":)") && in.number(position) &&
                       in.take(R"(,"record":")") && in.crc(found.record_crc) &&
                       in.take(R"(","fingerprint":")") && in.crc(high) && in.crc(low) &&
                       in.take(R"(","state":)");
    if (!whole) return std::nullopt;
    found.snapshot = {stream_version{version}, global_position{position},
                      std::uint64_t{high} << 32 | low, std::string{in.rest()}};
    return found;
  }

  mutable Files files_;
  std::string root_;
};

} // namespace evstore::jsonl

#pragma once
// An event as the key-value peers keep it: a few fields in binary, then the payload. Payloads are
// written and read by evstore's own codec for every peer, which is faster than what they would bring
// along, so that what differs is the storage.

#include <workload.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace bench {

std::int64_t recorded_now();

std::string_view type_name(const event& what);
/// Appends the payload.
void write_payload(const event& what, std::string& out);
/// Decodes the payload and folds it.
void fold_payload(std::string_view type, std::string_view data, tally& into);

std::string snapshot_text(const tally& of);
tally read_snapshot(std::string_view text);

struct record_head {
  std::int64_t time;
  std::uint32_t version;
  std::uint8_t stream_size;
  std::uint8_t type_size;
};
constexpr std::size_t record_head_size = 14;

inline void write_record(std::string_view stream, std::uint32_t version, const event& what,
                         std::int64_t time, std::string& out) {
  const std::string_view type = type_name(what);
  const record_head head{time, version, static_cast<std::uint8_t>(stream.size()),
                         static_cast<std::uint8_t>(type.size())};
  out.assign(reinterpret_cast<const char*>(&head), record_head_size);
  out += stream;
  out += type;
  write_payload(what, out);
}

inline void fold_record(std::string_view record, tally& into) {
  record_head head;
  std::memcpy(&head, record.data(), record_head_size);
  record.remove_prefix(record_head_size + head.stream_size);
  fold_payload(record.substr(0, head.type_size), record.substr(head.type_size), into);
}

/// A number whose bytes sort as it does.
template <class Number>
void append_sorted(Number number, std::string& out) {
  for (int shift = static_cast<int>(sizeof number) * 8 - 8; shift >= 0; shift -= 8)
    out += static_cast<char>(static_cast<unsigned char>(number >> shift));
}

/// The name, a byte that no name has, and the version.
inline void write_stream_key(std::uint32_t stream, std::uint32_t version, std::string& out) {
  out += stream_name(stream);
  out += '\0';
  append_sorted(version, out);
}

} // namespace bench

#pragma once

#include <evstore/detail/json_scan.hpp>
#include <evstore/jsonl/record_scanner.hpp>
#include <evstore/jsonl/seal.hpp>
#include <evstore/jsonl/tolerant_scanner.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace evstore::jsonl {

/// A line without the space that editors and other systems leave at its end, as in `\r\n`.
inline std::string_view trimmed(std::string_view line) noexcept {
  if (line.ends_with('}')) return line;
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t'))
    line.remove_suffix(1);
  return line;
}

/// Reads one record, in whichever form it stands there. Views that it puts out point into the line
/// or into the reader until `forget`.
class record_reader {
public:
  struct outcome {
    evstore::detail::json_defect defect{}; ///< why the line is no record at its place, or nothing
    std::optional<global_position> durable{}; ///< what it vouches for
    bool has_version = true;                  ///< false: the line does not say its version
  };

  /// `line` is trimmed, and 64 bytes behind it may be read. `position` is what a record at this
  /// place has. Says nothing of checksums.
  outcome read(std::string_view line, std::uint64_t position, event_view& event) {
    if (is_sealed(line) && canonical_.scan(sealed_part(line), event)) {
      outcome done{{}, canonical_.durable(), true};
      if (event.position.value() != position) done.defect = misplaced;
      return done;
    }
    tolerant_scanner::found beside;
    outcome done{tolerant_.scan(line, event, beside), beside.durable, beside.version.has_value()};
    if (done.defect) return done;
    event.version = beside.version.value_or(stream_version{});
    event.position = beside.position.value_or(global_position{position});
    if (event.position.value() != position) done.defect = misplaced;
    return done;
  }

  /// The same for a line that is known to be a record, as fast as it gets.
  bool read_canonical(std::string_view line, event_view& event, bool maybe_metadata) {
    return is_sealed(line) && canonical_.scan(sealed_part(line), event, maybe_metadata);
  }

  void forget() noexcept {
    canonical_.forget();
    tolerant_.forget();
  }

private:
  static constexpr evstore::detail::json_defect misplaced{
      "the record's position is not the number of its line", 0};

  record_scanner canonical_;
  tolerant_scanner tolerant_;
};

} // namespace evstore::jsonl

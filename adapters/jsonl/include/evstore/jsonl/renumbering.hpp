#pragma once

#include <evstore/event_record.hpp>
#include <evstore/position.hpp>
#include <evstore/stream_facts.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace evstore::jsonl {

/// What becomes of the versions of streams that have lost events. Takes memory for losses only.
class renumbering {
public:
  /// An event that stays: it was `before` and is `now`. In the order of the stream's versions.
  void keep(const std::string& stream, stream_version before, stream_version now) {
    const std::uint64_t lost = before.value() - std::min(now.value(), before.value());
    const auto known = losses_.find(stream);
    const std::uint64_t lost_before = known == losses_.end() ? 0 : known->second.back().lost;
    if (lost > lost_before) losses_[stream].push_back({before.value(), lost});
  }

  /// The data of an event as it reads now: a `$truncated` fact names a version, and has to hide what
  /// it hid before, no more and no less. The event itself is kept by now.
  [[nodiscard]] std::string data(const event_record& event) const {
    const auto before = event.type == fact::truncated ? parse_truncated(event.data) : std::nullopt;
    const auto known = losses_.find(event.stream);
    if (!before || known == losses_.end()) return event.data;
    return truncated_data(
        stream_version{before->value() - lost_below(before->value(), known->second)});
  }

private:
  /// The first event that stays behind a gap, and what is lost before it, of the whole stream.
  struct loss {
    std::uint64_t version;
    std::uint64_t lost;
  };

  /// How many events of earlier versions are lost.
  static std::uint64_t lost_below(std::uint64_t version, const std::vector<loss>& losses) {
    std::uint64_t lost = 0;
    for (const loss& gap : losses) {
      const std::uint64_t begin = gap.version - (gap.lost - lost);
      if (version <= begin) break;
      lost += std::min(version, gap.version) - begin;
    }
    return lost;
  }

  std::map<std::string, std::vector<loss>> losses_;
};

} // namespace evstore::jsonl

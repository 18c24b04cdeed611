#include "log/snapshot_rhythm.hpp"

#include "schema.hpp"

#include <charconv>
#include <cstddef>
#include <cstdint>

namespace dnd {

namespace {

std::optional<std::uint64_t> read_every(std::string_view text) {
  constexpr std::string_view prefix = "every-";
  if (!text.starts_with(prefix)) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::uint64_t count = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (failed != std::errc{} || end != text.data() + text.size() || count == 0) return std::nullopt;
  return count;
}

} // namespace

std::optional<snapshot_rhythm> parse_snapshot_rhythm(std::string_view text) {
  using evstore::rule_of;
  const std::string name{text};
  if (text == "manual") return snapshot_rhythm{name, rule_of<campaign_events>(evstore::manual)};
  if (text == "off") return snapshot_rhythm{name, rule_of<campaign_events>(evstore::off)};

  constexpr std::string_view by_session = "by-session";
  snapshot_rhythm rhythm{name, rule_of<campaign_events>(evstore::manual)};
  while (true) {
    const std::string_view part = text.substr(0, text.find(','));
    if (part == by_session)
      rhythm.rule.types = rule_of<campaign_events>(evstore::on<session_ended>).types;
    else if (const auto count = read_every(part))
      rhythm.rule.count = *count;
    else
      return std::nullopt;
    if (part.size() == text.size()) return rhythm;
    text.remove_prefix(part.size() + 1);
  }
}

} // namespace dnd

#include "commands.hpp"

#include <chrono>
#include <string>

namespace evstore::cli {

std::optional<timestamp> read_time(std::string_view text) {
  if (text.ends_with('Z')) return parse_timestamp(text);
  constexpr std::size_t offset_size = sizeof "+01:00" - 1;
  if (text.size() < offset_size) return std::nullopt;
  const std::string_view offset = text.substr(text.size() - offset_size);
  const auto hours = detail::read_digits(offset, 1, 2);
  const auto minutes = detail::read_digits(offset, 4, 2);
  const bool west = offset[0] == '-';
  if ((!west && offset[0] != '+') || offset[3] != ':' || !hours || !minutes || *hours > 23 ||
      *minutes > 59)
    return std::nullopt;
  text.remove_suffix(offset_size);
  const auto local = parse_timestamp(std::string{text} + 'Z');
  if (!local) return std::nullopt;
  const std::chrono::minutes ahead = std::chrono::hours{*hours} + std::chrono::minutes{*minutes};
  return west ? *local + ahead : *local - ahead;
}

} // namespace evstore::cli

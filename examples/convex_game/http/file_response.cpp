#include "http/file_response.hpp"

#include "files/media_type.hpp"
#include "files/sha256.hpp"

#include <algorithm>
#include <charconv>

namespace convex_game {

namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view without_space(std::string_view text) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

} // namespace

std::pair<range_kind, byte_range> parse_range(std::string_view field, std::uint64_t size) noexcept {
  constexpr std::string_view unit = "bytes=";
  constexpr std::pair<range_kind, byte_range> whole{range_kind::whole, {}};
  constexpr std::pair<range_kind, byte_range> not_there{range_kind::not_there, {}};
  if (!field.starts_with(unit)) return whole;
  const std::string_view asked = without_space(field.substr(unit.size()));
  const std::size_t dash = asked.find('-');
  if (dash == asked.npos) return whole;
  const auto first = parse_number(asked.substr(0, dash));
  const auto last = parse_number(asked.substr(dash + 1));
  if (dash == 0) { // the last so many
    if (!last) return whole;
    const std::uint64_t count = std::min(*last, size);
    if (count == 0) return not_there;
    return {range_kind::part, {size - count, count}};
  }
  const bool is_open = dash + 1 == asked.size();
  if (!first || (!last && !is_open) || (last && *last < *first)) return whole;
  if (*first >= size) return not_there;
  const std::uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return {range_kind::part, {*first, end - *first + 1}};
}

bool has_tag(std::string_view field, std::string_view tag) noexcept {
  while (!field.empty()) {
    const std::string_view all = field.substr(0, field.find(','));
    field.remove_prefix(std::min(field.size(), all.size() + 1));
    std::string_view each = without_space(all);
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == tag || each == "*") return true;
  }
  return false;
}

convex::http_response not_found(std::string_view path) {
  return convex::bad_request{404, "NotFound",
                             "there is no file " + evstore::detail::one_line(path.substr(0, 200))}
      .response();
}

convex::http_response file_response(const convex::http_request& request, std::string_view name,
                                    std::string contents, std::string_view cache_control) {
  const std::string tag = "\"" + sha256(contents) + "\"";
  convex::http_response made{.content_type = media_type(name), .body = {}};
  made.fields = {{"ETag", tag},
                 {"Accept-Ranges", "bytes"},
                 {"Cache-Control", std::string{cache_control}},
                 {"X-Content-Type-Options", "nosniff"}};
  if (request.if_none_match && has_tag(*request.if_none_match, tag)) {
    made.status = 304;
    return made;
  }
  const std::uint64_t size = contents.size();
  const bool is_same = !request.if_range || *request.if_range == tag;
  const auto [kind, part] = request.range && is_same && request.method == "GET"
                                ? parse_range(*request.range, size)
                                : std::pair{range_kind::whole, byte_range{}};
  if (kind == range_kind::not_there) {
    made.status = 416;
    made.fields.emplace_back("Content-Range", "bytes */" + std::to_string(size));
  } else if (kind == range_kind::part) {
    made.status = 206;
    made.fields.emplace_back("Content-Range", "bytes " + std::to_string(part.first) + "-" +
                                                  std::to_string(part.first + part.size - 1) + "/" +
                                                  std::to_string(size));
    made.body = contents.substr(part.first, part.size);
  } else {
    made.body = std::move(contents);
  }
  return made;
}

} // namespace convex_game

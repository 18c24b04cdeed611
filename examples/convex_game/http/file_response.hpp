#pragma once

#include <evstore/convex/http_api.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace convex_game {

namespace convex = evstore::convex;

/// The bytes from `first` on, of which there are `size`.
struct byte_range {
  std::uint64_t first = 0;
  std::uint64_t size = 0;

  friend bool operator==(const byte_range&, const byte_range&) = default;
};

enum class range_kind : std::uint8_t { whole, part, not_there };

/// What a Range field asks of so many bytes (RFC 9110, 14.1). What is no single range of bytes is
/// ignored, as it may be: then the whole is meant.
std::pair<range_kind, byte_range> parse_range(std::string_view field, std::uint64_t size) noexcept;

/// Whether an entity tag stands in an If-None-Match field, which may list many, or be `*`.
bool has_tag(std::string_view field, std::string_view tag) noexcept;

/// 404 with a body that says so of the path.
convex::http_response not_found(std::string_view path);

/// A file as the answer to GET or HEAD: whole, in part, or not at all if the client has it. Its entity
/// tag is its SHA-256.
convex::http_response file_response(const convex::http_request& request, std::string_view name,
                                    std::string contents, std::string_view cache_control);

} // namespace convex_game

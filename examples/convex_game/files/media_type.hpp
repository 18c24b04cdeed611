#pragma once

#include <string_view>

namespace convex_game {

/// What a file of that name is, in static storage: by the end of the name, and for an end that is not
/// known `application/octet-stream`, which no browser opens.
constexpr std::string_view media_type(std::string_view name) noexcept {
  struct known {
    std::string_view end;
    std::string_view type;
  };
  constexpr known all[] = {
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".webp", "image/webp"},
      {".svg", "image/svg+xml"},
      {".json", "application/json"},
      {".html", "text/html; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {".ico", "image/x-icon"},
  };
  for (const known& each : all)
    if (name.ends_with(each.end)) return each.type;
  return "application/octet-stream";
}

} // namespace convex_game

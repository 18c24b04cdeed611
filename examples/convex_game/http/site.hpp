#pragma once

#include "files/confined_folder.hpp"

#include <evstore/convex/http_api.hpp>

#include <optional>
#include <string_view>

namespace convex_game {

/// Files of folders over HTTP: the artifacts of runs below `/api/asset-proxy/<runId>/`, and a web page
/// at `/`. Escapes are resolved once, and then a path is plain or names nothing. Any number of threads.
class site {
public:
  /// Without `page` there is no page.
  site(confined_folder runs, std::optional<confined_folder> page)
      : runs_{std::move(runs)}, page_{std::move(page)} {}

  /// Nothing if the request is for somebody else.
  [[nodiscard]] std::optional<evstore::convex::http_response> respond(
      const evstore::convex::http_request& request) const;

private:
  [[nodiscard]] evstore::convex::http_response artifact(
      const evstore::convex::http_request& request, std::string_view path) const;
  [[nodiscard]] std::optional<evstore::convex::http_response> page(
      const evstore::convex::http_request& request, std::string_view path) const;

  confined_folder runs_;
  std::optional<confined_folder> page_;
};

} // namespace convex_game

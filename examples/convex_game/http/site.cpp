#include "http/site.hpp"

#include "http/file_response.hpp"

#include <evstore/convex/percent.hpp>

#include <string>

namespace convex_game {

std::optional<convex::http_response> site::respond(const convex::http_request& request) const {
  constexpr std::string_view proxy = "/api/asset-proxy/";
  const std::string_view path = request.target.substr(0, request.target.find('?'));
  const bool is_read = request.method == "GET" || request.method == "HEAD";
  if (path.starts_with(proxy)) {
    if (!is_read) return convex::bad_request::method(request.method, "GET, HEAD").response();
    return artifact(request, path.substr(proxy.size()));
  }
  return is_read ? page(request, path) : std::nullopt;
}

convex::http_response site::artifact(const convex::http_request& request,
                                     std::string_view path) const {
  const auto plain = convex::from_percent(path);
  if (!plain) return convex::bad_request{400, "BadPath", "an escape is none"}.response();
  if (plain->find('/') == std::string::npos) return not_found(path);
  auto contents = runs_.read(*plain);
  if (!contents) return not_found(path);
  auto made = file_response(request, *plain, *std::move(contents), "no-cache");
  // A picture may hold a program, and whoever stored it is not the page.
  made.fields.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
  return made;
}

std::optional<convex::http_response> site::page(const convex::http_request& request,
                                                std::string_view path) const {
  if (!page_ || !path.starts_with('/')) return std::nullopt;
  const auto plain = convex::from_percent(path == "/" ? "index.html" : path.substr(1));
  auto contents = plain ? page_->read(*plain) : std::nullopt;
  if (!contents) return std::nullopt;
  // What is below assets/ has the digest of its contents in its name.
  const bool is_fixed = plain->starts_with("assets/");
  return file_response(request, *plain, *std::move(contents),
                       is_fixed ? "public, max-age=31536000, immutable" : "no-cache");
}

} // namespace convex_game

#pragma once

#include <evstore/convex/event_feed.hpp>
#include <evstore/convex/executor.hpp>
#include <evstore/convex/http_body.hpp>
#include <evstore/convex/percent.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::convex {

/// What of a request a program looks at; borrowed. The API needs nothing of conditions and ranges.
struct http_request {
  std::string_view method;
  std::string_view target; ///< path and query, as it came
  std::string_view body{};
  std::optional<std::string_view> authorization{};
  std::optional<std::string_view> idempotency_key{};
  std::optional<std::string_view> if_none_match{};
  std::optional<std::string_view> if_range{};
  std::optional<std::string_view> range{};
  std::optional<std::string_view> last_event_id{};
};

struct http_api_options {
  limits arguments{};
  /// Without providers of identities, a token means nothing. It is refused, as Convex does, or ignored.
  bool ignore_authorization = false;
  /// Whether `/api/events` is there, which shows the events themselves to whoever asks.
  bool shows_events = false;
};

/// The HTTP API of Convex without HTTP: requests to responses. `/api/query`, `mutation`, `action`,
/// `query_ts`, `query_at_ts`, `query_batch`, `run/{module}/{function}`, `/version`, `/instance_name`; and
/// for who watches over it `/health`, `/ready` and `/metrics`. With `shows_events`, also `/api/events`:
/// an `event_feed` from a position.
///
/// A function that fails is a response like any other (200); what is no request has a status of its
/// own and a body `{"code","message"}`. Any thread. Does not throw but for want of memory.
template <class Executor>
class http_api {
public:
  explicit http_api(Executor& runs, http_api_options options = {})
      : runs_{runs}, options_{options} {}

  [[nodiscard]] http_response respond(const http_request& request) {
    return guarded_response([&] {
      const std::size_t mark = request.target.find('?');
      const std::string_view path = request.target.substr(0, mark);
      const bool is_read = request.method == "GET" || request.method == "HEAD";
      const std::string_view allowed = methods_of(path);
      if (!is_read && request.method != "POST")
        throw bad_request::method(request.method, allowed.empty() ? both : allowed);
      if (allowed.empty()) throw not_found(path);
      if (allowed != both && is_read != (allowed == read))
        throw bad_request::method(request.method, allowed);
      if (is_read)
        return get(path, mark == path.npos ? "" : request.target.substr(mark + 1), request);
      return post(path, request);
    });
  }

  /// The same without waiting for the disk, as long as that takes: mutations of any number of clients
  /// are on their way at once.
  void respond(const http_request& request, const http_reply& reply) {
    const std::string_view path = request.target.substr(0, request.target.find('?'));
    const bool is_named = path.starts_with(run_path);
    if (request.method != "POST" || (path != "/api/mutation" && !is_named))
      return reply([made = respond(request)]() mutable { return std::move(made); });
    try {
      authorize(request);
      object body = parse_body(request.body, options_.arguments);
      if (is_named) body.set("path", path_of_run(path.substr(run_path.size())));
      body_call asked = parse_call(body, options_.arguments);
      if (is_named && !runs_.is_mutation(asked.call.path)) {
        http_response made = outcome_of(runs_.run(asked.call), asked.as);
        return reply([made = std::move(made)]() mutable { return std::move(made); });
      }
      runs_.mutate(std::move(asked.call), key_of(request), [reply, as = asked.as](fate became) {
        reply([became = std::move(became), as] {
          return guarded_response([&] { return outcome_of(became.get(), as); });
        });
      });
    } catch (...) {
      reply([made = guarded_response([]() -> http_response { throw; })] { return made; });
    }
  }

private:
  static constexpr std::string_view run_path = "/api/run/";
  static constexpr std::string_view read = "GET, HEAD";
  static constexpr std::string_view posted = "POST";
  static constexpr std::string_view both = "GET, HEAD, POST";

  /// Empty where there is nothing.
  [[nodiscard]] std::string_view methods_of(std::string_view path) const noexcept {
    if (path == "/api/query") return both;
    if (path == "/api/events") return options_.shows_events ? read : "";
    for (const std::string_view each :
         {"/api/mutation", "/api/action", "/api/query_ts", "/api/query_at_ts", "/api/query_batch"})
      if (path == each) return posted;
    if (path.starts_with(run_path)) return posted;
    for (const std::string_view each :
         {"/", "/version", "/instance_name", "/health", "/ready", "/metrics"})
      if (path == each) return read;
    return {};
  }

  /// What is thrown is a response too.
  template <class Make>
  static http_response guarded_response(Make&& make) try {
    return make();
  } catch (const bad_request& refused) {
    return refused.response();
  } catch (const error& failed) {
    if (failed.code() == errc::invalid_argument)
      return bad_request{400, "BadRequest", failed.message()}.response();
    return bad_request{500, "InternalServerError", evstore::detail::one_line(failed.what())}
        .response();
  }

  http_response get(std::string_view path, std::string_view query, const http_request& request) {
    if (path == "/version") return {.content_type = "text/plain", .body = "evstore"};
    if (path == "/instance_name") return {.content_type = "text/plain", .body = "evstore"};
    if (path == "/")
      return {.content_type = "text/plain", .body = "This is a server for Convex clients."};
    if (path == "/health") return {.content_type = "text/plain", .body = "ok\n"};
    if (path == "/ready") return ready();
    if (path == "/metrics")
      return {.content_type = "text/plain; version=0.0.4", .body = write_figures(runs_.count())};
    authorize(request);
    if (path == "/api/events") return events(parse_feed_request(query, request.last_event_id));
    object body;
    for (const auto& [name, text] : parse_parameters(query))
      if (name == "args")
        body.set("args", parse_json(text, options_.arguments));
      else if (name == "path" || name == "format")
        body.set(name, text);
    const body_call asked = parse_call(body, options_.arguments);
    return outcome_of(runs_.query(asked.call), asked.as);
  }

  http_response events(feed_request asked) {
    return {.content_type = "text/event-stream",
            .body = {},
            // Neither kept nor collected on the way; the last is for nginx.
            .fields = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}},
            .rest = std::make_shared<event_feed<Executor>>(runs_, std::move(asked))};
  }

  http_response post(std::string_view path, const http_request& request) {
    authorize(request);
    if (path == "/api/query_ts")
      return {.body = R"({"ts":")" + write_timestamp(runs_.head()) + "\"}"};
    if (path == "/api/query_batch") return batch(request);
    const bool named = path.starts_with(run_path);
    object body = parse_body(request.body, options_.arguments);
    if (named) body.set("path", path_of_run(path.substr(run_path.size())));
    const body_call asked = parse_call(body, options_.arguments);
    return outcome_of(named                     ? runs_.run(asked.call, key_of(request))
                      : path == "/api/mutation" ? runs_.mutate(asked.call, key_of(request))
                      : path == "/api/action"   ? runs_.act(asked.call)
                      : path == "/api/query"
                          ? runs_.query(asked.call)
                          : runs_.query_at(asked.call, parse_timestamp(body.find("ts"))),
                      asked.as);
  }

  http_response ready() {
    if (runs_.count().is_writable) return {.content_type = "text/plain", .body = "ready\n"};
    return {
        .status = 503, .content_type = "text/plain", .body = "the store does not take commits\n"};
  }

  http_response batch(const http_request& request) {
    object body = parse_body(request.body, options_.arguments);
    value* const queries = body.find("queries");
    array* const list = queries != nullptr ? queries->get_if<array>() : nullptr;
    if (list == nullptr) throw bad_request{400, "BadJsonBody", "`queries` is no list"};
    std::vector<function_call> calls;
    std::vector<format> formats;
    for (value& each : *list) {
      object* const fields = each.get_if<object>();
      if (fields == nullptr) throw bad_request{400, "BadJsonBody", "a query is no object"};
      body_call asked = parse_call(*fields, options_.arguments);
      calls.push_back(std::move(asked.call));
      formats.push_back(asked.as);
    }
    const std::vector<answer> answers = runs_.query_all(calls);
    http_response response{.body = R"({"results":[)"};
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (i > 0) response.body.push_back(',');
      write_outcome(answers[i].outcome, formats[i], response.body);
    }
    response.body.append("]}");
    return response;
  }

  void authorize(const http_request& request) const {
    if (!request.authorization || options_.ignore_authorization) return;
    throw bad_request{401, "InvalidAuthHeader",
                      "No auth provider found matching the given token: this server has none."};
  }

  static http_response outcome_of(const answer& given, format as) {
    http_response response;
    write_outcome(given.outcome, as, response.body);
    return response;
  }

  /// `games/get` is `games:get`, and `a/b/get` is `a/b:get`.
  static std::string path_of_run(std::string_view rest) {
    auto path = from_percent(rest);
    const std::size_t slash = path ? path->rfind('/') : std::string::npos;
    if (slash == std::string::npos)
      throw bad_request{400, "BadConvexFunctionIdentifier", "/api/run/{module}/{function}"};
    (*path)[slash] = ':';
    return std::move(*path);
  }

  static std::optional<request_key> key_of(const http_request& request) {
    if (!request.idempotency_key) return std::nullopt;
    request_key key{"key-" + std::string{*request.idempotency_key}, 0};
    if (request.idempotency_key->empty() || !key.valid())
      throw bad_request{400, "BadIdempotencyKey", "1 to 196 visible characters"};
    return key;
  }

  static bad_request not_found(std::string_view path) {
    return {404, "NotFound",
            "there is nothing at " + evstore::detail::one_line(path.substr(0, 200))};
  }

  Executor& runs_;
  http_api_options options_;
};

} // namespace evstore::convex

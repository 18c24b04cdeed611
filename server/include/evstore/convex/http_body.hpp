#pragma once

#include <evstore/convex/answer.hpp>
#include <evstore/convex/base64.hpp>
#include <evstore/convex/decode.hpp>
#include <evstore/convex/encode.hpp>
#include <evstore/convex/endless_body.hpp>
#include <evstore/convex/percent.hpp>
#include <evstore/detail/json_scan.hpp>
#include <evstore/generate_event_id.hpp>
#include <evstore/position.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The bodies of Convex's HTTP API: what is in those that clients send, and what those say that they
/// are sent.

namespace evstore::convex {

struct http_response {
  int status = 200;
  std::string_view content_type = "application/json"; ///< in static storage
  std::string body;
  /// More header fields; names in static storage.
  std::vector<std::pair<std::string_view, std::string>> fields{};
  /// What comes behind `body`, by and by, if anything does. Nobody else has it then.
  std::shared_ptr<endless_body> rest{};
};

/// Where a response goes. `make` is called soon after, in a thread where it holds nobody up. Called once,
/// by any thread.
using http_reply = std::function<void(std::function<http_response()> make)>;

/// A request that is none: its status, and the code and message of its body.
class bad_request : public std::runtime_error {
public:
  bad_request(int status, std::string_view code, const std::string& message)
      : std::runtime_error{message}, status_{status}, code_{code} {}

  /// 405 for a target that is there, with the methods that it takes: `GET, HEAD`.
  static bad_request method(std::string_view asked, std::string_view allowed) {
    bad_request made{405, "MethodNotAllowed",
                     "this takes " + std::string{allowed} + ", and not " +
                         evstore::detail::one_line(asked.substr(0, 40))};
    made.allowed_ = allowed;
    return made;
  }

  [[nodiscard]] http_response response() const {
    http_response made{
        .status = status_,
        .body = encode(object{{"code", std::string_view{code_}}, {"message", what()}})};
    if (!allowed_.empty()) made.fields.emplace_back("Allow", allowed_);
    return made;
  }

private:
  int status_;
  std::string code_;
  std::string allowed_;
};

/// The `name=text` of a target behind its question mark, without their escapes.
[[nodiscard]] inline std::vector<std::pair<std::string, std::string>> parse_parameters(
    std::string_view query) {
  std::vector<std::pair<std::string, std::string>> all;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = from_percent(pair.substr(0, equals), ' ');
    auto text = from_percent(pair.substr(std::min(equals + 1, pair.size())), ' ');
    if (!name || !text) throw bad_request{400, "BadQuery", "an escape in the query is none"};
    if (!pair.empty()) all.emplace_back(*std::move(name), *std::move(text));
  }
  return all;
}

/// `APYWas7f6Rg=`: eight bytes, the lowest first.
[[nodiscard]] inline std::string write_timestamp(global_position at) {
  return detail::little_endian_base64(at.value());
}

[[nodiscard]] inline global_position parse_timestamp(const value* text) {
  const std::string* const held = text != nullptr ? text->get_if<std::string>() : nullptr;
  const auto data = held != nullptr ? parse_base64(*held) : std::nullopt;
  if (!data || data->size() != 8)
    throw bad_request{400, "BadTimestamp", "`ts` is no timestamp that /api/query_ts has given"};
  std::uint64_t at = 0;
  for (std::size_t i = 8; i-- > 0;) at = at << 8 | std::to_integer<std::uint64_t>((*data)[i]);
  return global_position{at};
}

/// One call in the body of a request: `{path, args, format}`.
struct body_call {
  function_call call;
  format as = format::json;
};

/// As Convex's limits want it: values keep theirs, with room for what is around them.
[[nodiscard]] inline value parse_json(std::string_view text, const limits& of_arguments) try {
  limits around = of_arguments;
  around.depth += 4;
  around.size += 2000;
  return decode(text, around);
} catch (const error& failed) {
  if (failed.code() != errc::decode_failed) throw;
  const bool is_json = !evstore::detail::find_json_defect(text);
  throw bad_request{400, is_json ? "InvalidValue" : "BadJsonBody", failed.what()};
}

[[nodiscard]] inline object parse_body(std::string_view text, const limits& of_arguments) {
  value body = parse_json(text, of_arguments);
  if (object* const fields = body.get_if<object>()) return std::move(*fields);
  throw bad_request{400, "BadJsonBody", "the body is no JSON object"};
}

/// The one object that a function takes: bare, or alone in a list; an empty list is an empty one.
[[nodiscard]] inline value parse_arguments(value given, const limits& most) {
  if (array* const list = given.get_if<array>()) {
    if (list->size() > 1)
      throw bad_request{400, "BadArguments", "`args` has more than one element"};
    value only = list->empty() ? value{object{}} : std::move(list->front());
    given = std::move(only);
  }
  if (!given.is<object>()) throw bad_request{400, "BadArguments", "`args` is no object"};
  if (const auto defect = given.limit_defect(most); !defect.empty())
    throw bad_request{400, "BadArguments", "`args`: " + std::string{defect}};
  return given;
}

[[nodiscard]] inline format parse_format(const value* given) {
  if (given == nullptr || given->is_null()) return format::json;
  const std::string* const name = given->get_if<std::string>();
  if (name != nullptr && *name == "json") return format::json;
  if (name != nullptr && (*name == "convex_encoded_json" || *name == "convex_json"))
    return format::convex_encoded_json;
  throw bad_request{400, "BadFormat", "`format` is convex_encoded_json or json"};
}

[[nodiscard]] inline std::string require_path(const value* given) {
  const std::string* const path = given != nullptr ? given->get_if<std::string>() : nullptr;
  const auto visible = [](char c) { return c > 0x20 && c < 0x7F; };
  if (path == nullptr || path->empty() || path->size() > 512 ||
      !std::all_of(path->begin(), path->end(), visible))
    throw bad_request{400, "BadConvexFunctionIdentifier", "`path` is no module:function"};
  return *path;
}

[[nodiscard]] inline body_call parse_call(object& body, const limits& of_arguments) {
  value* const arguments = body.find("args");
  return {{require_path(body.find("path")),
           parse_arguments(arguments != nullptr ? std::move(*arguments) : value{object{}},
                           of_arguments)},
          parse_format(body.find("format"))};
}

/// As Convex numbers requests: 16 hexadecimal digits.
[[nodiscard]] inline std::string new_request_id() {
  char digits[16];
  const auto end = std::to_chars(digits, digits + 16, evstore::detail::random_bits(), 16).ptr;
  return std::string(static_cast<std::size_t>(digits + 16 - end), '0').append(digits, end);
}

/// Appends what became of a call: success with its value, or an error with its words and, if it is one
/// that the function threw for its client, the data.
inline void write_outcome(const result<value, function_error>& outcome, format as,
                          std::string& out) {
  if (outcome) {
    out.append(R"({"status":"success","value":)");
    encode(*outcome, out, as);
  } else {
    const std::string message =
        "[Request ID: " + new_request_id() + "] Server Error\n" + outcome.error().what();
    out.append(R"({"status":"error","errorMessage":)");
    encode(evstore::detail::is_utf8(message) ? message : evstore::detail::one_line(message), out);
    if (const auto& data = outcome.error().data()) {
      out.append(R"(,"errorData":)");
      encode(*data, out, as);
    }
  }
  out.push_back('}');
}

} // namespace evstore::convex

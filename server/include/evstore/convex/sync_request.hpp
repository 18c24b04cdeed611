#pragma once

#include <evstore/convex/answer.hpp>
#include <evstore/convex/decode.hpp>
#include <evstore/convex/http_body.hpp>
#include <evstore/json/detail/document.hpp>
#include <evstore/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

/// What clients say on the WebSocket of the sync protocol.

namespace evstore::convex {

/// A client that does not keep to the protocol: its connection ends, for good.
class protocol_error : public std::runtime_error {
public:
  using std::runtime_error::runtime_error;
};

/// A function with its arguments, or why these are none: which is told to whoever calls, as any other
/// failure of a function.
using requested_call = result<function_call, std::string>;

struct connect_request {
  std::string session;
  std::optional<global_position> observed; ///< what the client has seen on an earlier connection
};
struct query_added {
  std::uint32_t id = 0;
  requested_call call;
  std::optional<std::string> journal;
};
struct query_removed {
  std::uint32_t id = 0;
};
struct query_set_request {
  std::uint32_t base = 0;
  std::uint32_t next = 0;
  std::vector<std::variant<query_added, query_removed>> changes;
};
struct call_request {
  bool is_mutation = true; ///< or an action
  std::uint32_t id = 0;
  requested_call call;
};
struct identity_request {
  std::uint32_t base = 0;
  bool logs_out = false;
};
/// Telemetry.
struct event_request {};

using sync_request =
    std::variant<connect_request, query_set_request, call_request, identity_request, event_request>;

namespace detail {

/// The members of a JSON object, or the elements of an array, each as its own text.
class json_parts {
public:
  static std::map<std::string, std::string, std::less<>> members(std::string_view object) {
    std::map<std::string, std::string, std::less<>> found;
    json::detail::document::parse(
        object,
        [](json::detail::document& from, json::detail::document::node& root, void* out) {
          auto& to = *static_cast<decltype(found)*>(out);
          from.each_member(root, "an object", [&](std::string_view name, const char*, auto member) {
            to.insert_or_assign(std::string{name}, from.take(member));
          });
        },
        &found);
    return found;
  }

  static std::vector<std::string> elements(std::string_view array) {
    std::vector<std::string> found;
    json::detail::document::parse(
        array,
        [](json::detail::document& from, json::detail::document::node& root, void* out) {
          auto& to = *static_cast<decltype(found)*>(out);
          from.each_element(root, "an array",
                            [&](auto& element) { to.emplace_back(from.take(element)); });
        },
        &found);
    return found;
  }
};

/// One message, or one object inside of it.
class sync_fields {
public:
  explicit sync_fields(std::string_view text) : parts_{json_parts::members(text)} {}

  [[nodiscard]] const std::string& raw(std::string_view name) const {
    const auto found = parts_.find(name);
    if (found == parts_.end())
      throw protocol_error{"the message lacks `" + std::string{name} + "`"};
    return found->second;
  }
  [[nodiscard]] std::string text(std::string_view name) const {
    const value read = decode(raw(name));
    if (const auto* const held = read.get_if<std::string>()) return *held;
    throw protocol_error{"`" + std::string{name} + "` is no text"};
  }
  /// Absent and null are the same.
  [[nodiscard]] std::optional<std::string> text_if(std::string_view name) const {
    const auto found = parts_.find(name);
    if (found == parts_.end() || found->second == "null") return std::nullopt;
    return text(name);
  }
  [[nodiscard]] std::uint32_t number(std::string_view name) const {
    const value read = decode(raw(name));
    const auto* const held = read.get_if<double>();
    if (held == nullptr || !(*held >= 0 && *held <= 0xFFFF'FFFFU) ||
        *held != static_cast<double>(static_cast<std::uint32_t>(*held)))
      throw protocol_error{"`" + std::string{name} + "` is no number from 0 to 2^32 - 1"};
    return static_cast<std::uint32_t>(*held);
  }
  [[nodiscard]] requested_call call(const limits& of_arguments) const {
    value path = text("udfPath");
    const std::string& arguments = raw("args");
    try {
      return function_call{
          require_path(&path),
          parse_arguments(decode(arguments, {of_arguments.depth + 1, of_arguments.elements,
                                             of_arguments.fields, of_arguments.size + 2}),
                          of_arguments)};
    } catch (const std::runtime_error& refused) {
      return failure{"Invalid arguments for " + text("udfPath") + ": " + refused.what()};
    }
  }

private:
  std::map<std::string, std::string, std::less<>> parts_;
};

} // namespace detail

/// A message of a client. Values in arguments are as strict as everywhere (see decode.hpp). Linear.
/// Throws `protocol_error` for what is no message of the protocol.
inline sync_request parse_sync_request(std::string_view message, const limits& of_arguments) try {
  const detail::sync_fields said{message};
  const std::string type = said.text("type");
  if (type == "Event") return event_request{};
  if (type == "Connect") {
    connect_request connect{said.text("sessionId"), std::nullopt};
    if (const auto observed = said.text_if("maxObservedTimestamp")) {
      const value text = *observed;
      connect.observed = parse_timestamp(&text);
    }
    return connect;
  }
  if (type == "Mutation" || type == "Action")
    return call_request{type == "Mutation", said.number("requestId"), said.call(of_arguments)};
  if (type == "Authenticate")
    return identity_request{said.number("baseVersion"), said.text("tokenType") == "None"};
  if (type != "ModifyQuerySet")
    throw protocol_error{"there is no message of type " + type.substr(0, 40)};
  query_set_request set{said.number("baseVersion"), said.number("newVersion"), {}};
  for (const std::string& element : detail::json_parts::elements(said.raw("modifications"))) {
    const detail::sync_fields change{element};
    const std::string kind = change.text("type");
    if (kind == "Add")
      set.changes.emplace_back(query_added{change.number("queryId"), change.call(of_arguments),
                                           change.text_if("journal")});
    else if (kind == "Remove")
      set.changes.emplace_back(query_removed{change.number("queryId")});
    else
      throw protocol_error{"there is no modification of type " + kind.substr(0, 40)};
  }
  return set;
} catch (const error& failed) { // of decode
  throw protocol_error{failed.what()};
} catch (const bad_request& failed) { // of a timestamp
  throw protocol_error{failed.what()};
}

} // namespace evstore::convex

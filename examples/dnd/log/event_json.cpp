#include "log/event_json.hpp"

#include "schema.hpp"

#include <evstore/json/write.hpp>

#include <variant>

namespace dnd {

std::string_view stored_name(const event& happened) {
  return std::visit(
      []<class Event>(const Event&) { return evstore::event_name<campaign_events, Event>; },
      happened);
}

std::string to_json(const event& happened) {
  std::string text = R"({"type":")";
  text.append(stored_name(happened)).append(R"(","data":)");
  std::visit([&](const auto& payload) { evstore::json::write(payload, text); }, happened);
  return text + "}";
}

std::string to_json(const campaign_state& state) {
  std::string text;
  evstore::json::write(state, text);
  return text;
}

std::string quoted_json(std::string_view text) {
  std::string quoted;
  evstore::json::write(std::string{text}, quoted);
  return quoted;
}

} // namespace dnd

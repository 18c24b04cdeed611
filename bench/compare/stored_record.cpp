#include "stored_record.hpp"

#include <evstore/json/read.hpp>
#include <evstore/json/write.hpp>

#include <chrono>
#include <stdexcept>
#include <variant>

namespace bench {

std::int64_t recorded_now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string_view type_name(const event& what) {
  return std::visit(
      []<class Event>(const Event&) -> std::string_view {
        return evstore::event_name<fight, Event>;
      },
      what);
}

void write_payload(const event& what, std::string& out) {
  std::visit([&](const auto& held) { evstore::json::write(held, out); }, what);
}

void fold_payload(std::string_view type, std::string_view data, tally& into) {
  if (!evstore::visit_event<fight>(type, 1, data, [&](const auto& held) { into.evolve(held); }))
    throw std::runtime_error{"a type that nobody wrote"};
}

std::string snapshot_text(const tally& of) { return evstore::json::to_string(of); }

tally read_snapshot(std::string_view text) {
  tally out;
  evstore::json::read_into(text, out);
  return out;
}

} // namespace bench

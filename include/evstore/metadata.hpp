#pragma once

#include <evstore/config.hpp>

#include <map>
#include <optional>
#include <string>

namespace evstore {

/// What is known about an event beside the event: who caused it, and what it belongs to. Stored as
/// a JSON object with these keys in this order, absent when not used.
struct metadata {
  std::optional<std::string> correlation{};  ///< names the whole conversation
  std::optional<std::string> causation{};    ///< names the direct cause: a command or another event
  std::map<std::string, std::string> user{}; ///< pairs of the application's own

  [[nodiscard]] bool empty() const noexcept { return !correlation && !causation && user.empty(); }

  friend bool operator==(const metadata&, const metadata&) = default;
};

} // namespace evstore

#pragma once

#include <stdexcept>
#include <string>

namespace dnd {

/// Why the program cannot do what it was asked for, in words for the person who asked.
class problem : public std::runtime_error {
public:
  enum class kind {
    usage,  ///< the request makes no sense: another one is needed
    failed, ///< the request makes sense, but the world is not as it needs
  };

  problem(kind what, const std::string& message) : std::runtime_error{message}, what_{what} {}

  [[nodiscard]] kind reason() const noexcept { return what_; }

private:
  kind what_;
};

inline problem bad_usage(const std::string& message) { return {problem::kind::usage, message}; }
inline problem not_possible(const std::string& message) { return {problem::kind::failed, message}; }

} // namespace dnd

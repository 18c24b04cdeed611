#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace dnd {

/// How far something has come, drawn on stderr ten times a second if that is a terminal, and wiped
/// away at the end.
class progress_bar {
public:
  explicit progress_bar(std::string_view what);
  ~progress_bar();
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;

  void show(std::size_t done, std::size_t of);

private:
  std::string what_;
  bool on_terminal_;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point next_{};
};

} // namespace dnd

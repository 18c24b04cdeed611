#include "app/progress_bar.hpp"

#include <algorithm>
#include <cstdio>

#include <unistd.h>

namespace dnd {

progress_bar::progress_bar(std::string_view what)
    : what_{what}, on_terminal_{::isatty(STDERR_FILENO) != 0} {}

progress_bar::~progress_bar() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void progress_bar::show(std::size_t done, std::size_t of) {
  constexpr std::chrono::milliseconds pause{100};
  constexpr std::size_t width = 30;
  const auto now = std::chrono::steady_clock::now();
  if (!on_terminal_ || now < next_) return;
  next_ = now + pause;
  const std::size_t filled = of == 0 ? width : std::min(done, of) * width / of;
  const std::string bar = std::string(filled, '#') + std::string(width - filled, '.');
  const std::size_t percent = of == 0 ? 100 : std::min(done, of) * 100 / of;
  std::fprintf(stderr, "\r%s [%s] %3zu %%\033[K", what_.c_str(), bar.c_str(), percent);
  std::fflush(stderr);
  drawn_ = true;
}

} // namespace dnd

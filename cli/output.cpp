#include "output.hpp"

#include <evstore/error.hpp>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>

#include <poll.h>
#include <unistd.h>

namespace evstore::cli {

void output::flush() {
  std::string_view rest = buffer_;
  while (wanted_ && !rest.empty()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0)
      rest.remove_prefix(static_cast<std::size_t>(written));
    else if (errno == EPIPE)
      wanted_ = false;
    else if (errno != EINTR && errno != EAGAIN) {
      const int code = errno;
      buffer_.clear();
      throw error{code == ENOSPC ? errc::storage_full : errc::io_failed,
                  "cannot write the output: " + std::generic_category().message(code)};
    }
  }
  buffer_.clear();
}

bool output::is_read() noexcept {
  pollfd watched{descriptor_, 0, 0};
  if (::poll(&watched, 1, 0) == 1 && (watched.revents & (POLLERR | POLLNVAL)) != 0) wanted_ = false;
  return wanted_;
}

void tell(std::string_view text) {
  const std::string line = "evstore: " + detail::one_line(text) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

std::string shown(std::string_view name) { return detail::one_line(name); }

std::string quoted_json(std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20)
      quoted.append({'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]});
    else if (c == '"' || c == '\\')
      quoted.append({'\\', c});
    else
      quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string counted(std::uint64_t count, std::string_view thing) {
  return std::to_string(count).append(" ").append(thing).append(count == 1 ? "" : "s");
}

progress_bar::progress_bar(std::string_view what) : what_{what}, on_{::isatty(2) == 1} {}

progress_bar::~progress_bar() {
  if (drawn_) std::fputs("\r\033[K", stderr);
}

void progress_bar::show(std::uint64_t done, std::uint64_t of, std::uint64_t events) {
  using namespace std::chrono;
  if (!on_) return;
  const std::int64_t now =
      duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
  if (now < next_) return;
  next_ = now + 100;
  constexpr std::size_t width = 30;
  const double share =
      of == 0 ? 0 : static_cast<double>(done < of ? done : of) / static_cast<double>(of);
  const auto filled = static_cast<std::size_t>(share * static_cast<double>(width));
  const std::string bar = std::string(filled, '#') + std::string(width - filled, '.');
  std::fprintf(stderr, "\r%s [%s] %3d %%  %s\033[K", what_.c_str(), bar.c_str(),
               static_cast<int>(share * 100), counted(events, "event").c_str());
  std::fflush(stderr);
  drawn_ = true;
}

} // namespace evstore::cli

#pragma once

#include <support/scratch_folder.hpp>

#include <atomic>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace evstore::tests {

/// A line to a server that can be cut at the worst moment: a socket that passes on what it is sent,
/// until an answer comes that shall not arrive.
class severed_line {
public:
  /// `folder_of_server` is where the server's socket is.
  explicit severed_line(const std::string& folder_of_server) : server_{folder_of_server + name} {
    listener_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un here = address((folder_ / (name + 1)).string());
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&here), sizeof here) != 0 ||
        ::listen(listener_, 8) != 0)
      throw std::runtime_error{"cannot listen"};
    passing_on_ = std::thread{[this] { accept_all(); }};
  }
  ~severed_line() {
    is_closing_ = true;
    passing_on_.join();
    for (std::thread& line : lines_) line.join();
    ::close(listener_);
  }

  /// Where to connect to instead.
  [[nodiscard]] std::string host() const { return folder_.path().string(); }
  /// The next answer of the server is the last thing that happens on its line, and is not passed on.
  void cut_before_next_answer() { cuts_ = true; }
  [[nodiscard]] bool was_cut() const { return !cuts_; }

private:
  static constexpr const char* name = "/.s.PGSQL.5432";

  static sockaddr_un address(const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::strncpy(at.sun_path, path.c_str(), sizeof at.sun_path - 1);
    return at;
  }
  [[nodiscard]] static bool has_input(int a, int b, bool& from_a) {
    pollfd both[] = {{a, POLLIN, 0}, {b, POLLIN, 0}};
    ::poll(both, b < 0 ? 1 : 2, 20);
    from_a = both[0].revents != 0;
    return from_a || (b >= 0 && both[1].revents != 0);
  }

  void accept_all() {
    bool ready = false;
    while (!is_closing_)
      if (has_input(listener_, -1, ready))
        lines_.emplace_back([this, from = ::accept(listener_, nullptr, nullptr)] { carry(from); });
  }
  void carry(int client) {
    const int server = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un there = address(server_);
    bool is_open = ::connect(server, reinterpret_cast<const sockaddr*>(&there), sizeof there) == 0;
    bool from_client = false;
    char bytes[65536];
    while (is_open && !is_closing_) {
      if (!has_input(client, server, from_client)) continue;
      const ssize_t size = ::read(from_client ? client : server, bytes, sizeof bytes);
      if (size <= 0) break;
      if (!from_client && cuts_.exchange(false)) break;
      is_open = ::send(from_client ? server : client, bytes, static_cast<std::size_t>(size),
                       MSG_NOSIGNAL) == size;
    }
    ::close(client);
    ::close(server);
  }

  scratch_folder folder_;
  std::string server_;
  int listener_ = -1;
  std::atomic<bool> is_closing_{false};
  std::atomic<bool> cuts_{false};
  std::vector<std::thread> lines_; // of the accepting thread, until it is joined
  std::thread passing_on_;
};

} // namespace evstore::tests

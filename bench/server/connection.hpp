#pragma once
// A client that takes little of the processors which the server is measured on: no library between it
// and the sockets, one thread for all of them, and no more understood of HTTP and WebSockets than what
// the server sends. Whatever is not as expected ends the benchmark.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace bench {

[[noreturn]] inline void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

/// A connection to 127.0.0.1. What is sent is small and goes at once.
class connection {
public:
  explicit connection(std::uint16_t port) : fd_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
    if (fd_ < 0) fail("cannot make a socket");
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0)
      fail("cannot connect");
  }
  connection(connection&& other) noexcept
      : fd_{std::exchange(other.fd_, -1)}, bytes_{std::move(other.bytes_)}, taken_{other.taken_} {}
  connection& operator=(connection&&) = delete;
  ~connection() {
    if (fd_ >= 0) ::close(fd_);
  }

  [[nodiscard]] int fd() const noexcept { return fd_; }

  void send(std::string_view bytes) const {
    if (::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
      fail("cannot send");
  }
  /// Masked with zeros, which is as good a mask as any to a server.
  void send_message(std::string_view text) const {
    std::string frame{"\x81", 1};
    if (text.size() < 126) {
      frame.push_back(static_cast<char>(0x80U | text.size()));
    } else {
      frame.push_back(static_cast<char>(0xFE));
      frame.push_back(static_cast<char>(text.size() >> 8U));
      frame.push_back(static_cast<char>(text.size() & 0xFFU));
    }
    send(frame.append(4, '\0').append(text));
  }

  /// Takes what has arrived, or waits for something.
  void receive() {
    bytes_.erase(0, std::exchange(taken_, 0));
    char arrived[16 * 1024];
    const ssize_t size = ::recv(fd_, arrived, sizeof arrived, 0);
    if (size < 0) fail("cannot receive");
    if (size == 0) throw std::runtime_error{"the server has hung up"};
    bytes_.append(arrived, static_cast<std::size_t>(size));
  }

  /// The body of the next response, if it has arrived; until `receive`.
  std::optional<std::string_view> response(std::string_view status = "200") {
    const std::string_view here = untaken();
    const std::size_t end = here.find("\r\n\r\n");
    if (end == here.npos) return std::nullopt;
    if (here.substr(9, 3) != status)
      throw std::runtime_error{"the server says " + std::string{here.substr(0, 400)}};
    constexpr std::string_view length = "Content-Length: ";
    const std::size_t named = here.substr(0, end).find(length);
    const std::size_t size =
        named == here.npos ? 0 : std::stoul(std::string{here.substr(named + length.size(), 20)});
    if (here.size() < end + 4 + size) return std::nullopt;
    taken_ += end + 4 + size;
    return here.substr(end + 4, size);
  }

  /// The next message of a WebSocket, likewise.
  std::optional<std::string_view> message() {
    const std::string_view here = untaken();
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(here[at]); };
    if (here.size() < 2) return std::nullopt;
    std::size_t begin = 2;
    std::size_t size = byte(1);
    if (size >= 126) {
      begin = size == 126 ? 4 : 10;
      if (here.size() < begin) return std::nullopt;
      size = 0;
      for (std::size_t i = 2; i < begin; ++i) size = size << 8U | byte(i);
    }
    if (here.size() < begin + size) return std::nullopt;
    if (byte(0) != 0x81) throw std::runtime_error{"the server has sent something else than text"};
    taken_ += begin + size;
    return here.substr(begin, size);
  }

private:
  [[nodiscard]] std::string_view untaken() const { return std::string_view{bytes_}.substr(taken_); }

  int fd_;
  std::string bytes_;
  std::size_t taken_ = 0;
};

/// Says which connections have something to receive.
class poller {
public:
  poller() : fd_{::epoll_create1(EPOLL_CLOEXEC)} {
    if (fd_ < 0) fail("epoll_create1");
  }
  poller(const poller&) = delete;
  poller& operator=(const poller&) = delete;
  ~poller() { ::close(fd_); }

  void add(const connection& to, std::size_t name) const {
    epoll_event wanted{.events = EPOLLIN, .data = {.u64 = name}};
    if (::epoll_ctl(fd_, EPOLL_CTL_ADD, to.fd(), &wanted) != 0) fail("epoll_ctl");
  }

  /// Waits, and calls `ready(name)` for each. Throws if nothing happens for ten seconds.
  template <class Ready>
  void wait(Ready&& ready) const {
    epoll_event events[64];
    const int count = ::epoll_wait(fd_, events, 64, 10'000);
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    if (count == 0) throw std::runtime_error{"the server says nothing"};
    for (int i = 0; i < count; ++i) ready(static_cast<std::size_t>(events[i].data.u64));
  }

private:
  int fd_;
};

/// A request of the HTTP API; `more` are lines of its header. And its answer.
inline std::string post(std::string_view target, std::string_view body,
                        std::string_view more = {}) {
  return std::string{"POST "}
      .append(target)
      .append(" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n")
      .append(more)
      .append("Content-Length: ")
      .append(std::to_string(body.size()))
      .append("\r\n\r\n")
      .append(body);
}

inline std::string ask(connection& through, std::string_view request) {
  through.send(request);
  while (true) {
    through.receive();
    if (const auto body = through.response()) return std::string{*body};
  }
}

} // namespace bench

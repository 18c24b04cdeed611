#pragma once

#include <evstore/convex/sync_api.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::convex::detail {

/// A WebSocket of the sync protocol. The socket lives on its own strand, which never waits; messages are
/// read and made on a strand of the workers. The next message is read when the one before was heard.
class websocket : public std::enable_shared_from_this<websocket> {
public:
  using upgrade_request = boost::beast::http::request<boost::beast::http::string_body>;

  websocket(boost::beast::tcp_stream stream, boost::asio::thread_pool& workers,
            std::size_t most_bytes, std::shared_ptr<void> known_by)
      : known_by_{std::move(known_by)}, stream_{std::move(stream)}, workers_{workers},
        turns_{boost::asio::make_strand(workers)}, quiet_{stream_.get_executor()} {
    using boost::beast::websocket::stream_base;
    stream_.set_option(stream_base::timeout{.handshake_timeout = std::chrono::seconds{30},
                                            .idle_timeout = std::chrono::seconds{60},
                                            .keep_alive_pings = true});
    stream_.read_message_max(most_bytes);
    stream_.auto_fragment(false); // pieces are sent from where they are
    stream_.text(true);
  }

  void start(upgrade_request request, const sync_connector& connect) {
    peer_ = connect(link(request));
    boost::beast::get_lowest_layer(stream_).expires_never(); // the WebSocket has its own patience
    request_ = std::move(request);
    stream_.async_accept(request_, [self = shared_from_this()](error_code failed) {
      self->request_ = {};
      if (failed) return self->lose();
      self->is_open_ = true;
      self->expect_quiet();
      self->read();
    });
  }

  /// As when a server ends: the client is to come back.
  void finish() {
    boost::asio::post(stream_.get_executor(), [self = shared_from_this()] {
      if (self->is_open_)
        self->close({1001, "the server stops"});
      else if (!self->closing_)
        self->lose(); // it was still shaking hands
    });
  }

private:
  using error_code = boost::beast::error_code;

  sync_link link(const upgrade_request& request) {
    // Guards are kept by those who may post later, so that the workers are there as long.
    const auto guard =
        std::make_shared<boost::asio::executor_work_guard<boost::asio::thread_pool::executor_type>>(
            workers_.get_executor());
    return {.post = [turns = turns_, guard](auto run) { boost::asio::post(turns, std::move(run)); },
            .post_aside = [&workers = workers_,
                           guard](auto run) { boost::asio::post(workers, std::move(run)); },
            .send =
                [weak = weak_from_this()](sync_message message) {
                  with(weak, [message = std::move(message)](websocket& self) mutable {
                    self.send(std::move(message));
                  });
                },
            .close =
                [weak = weak_from_this()](sync_closing how) {
                  with(weak, [how = std::move(how)](websocket& self) { self.close(how); });
                },
            .client_version = version_in({request.target().data(), request.target().size()})};
  }

  /// `/api/1.48.0/sync` says it.
  static std::string version_in(std::string_view target) {
    constexpr std::string_view before = "/api/";
    if (!target.starts_with(before)) return {};
    const std::string_view rest = target.substr(before.size());
    return std::string{rest.substr(0, rest.find('/'))};
  }

  /// On the socket's strand, if it is still there.
  template <class Run>
  static void with(const std::weak_ptr<websocket>& weak, Run run) {
    if (const auto self = weak.lock())
      boost::asio::post(self->stream_.get_executor(),
                        [self, run = std::move(run)]() mutable { run(*self); });
  }

  /// In the peer's turn.
  template <class Run>
  void tell_peer(Run run) {
    if (peer_)
      boost::asio::post(turns_, [peer = peer_, run = std::move(run)]() mutable { run(*peer); });
  }

  void read() {
    stream_.async_read(buffer_, [self = shared_from_this()](error_code failed, std::size_t) {
      if (failed) return self->lose();
      self->hear();
    });
  }

  void hear() {
    tell_peer([self = shared_from_this(),
               message = boost::beast::buffers_to_string(buffer_.cdata())](sync_peer& peer) {
      peer.hear(message);
      const bool waits = peer.is_congested();
      boost::asio::post(self->stream_.get_executor(), [self, waits] {
        self->reads_when_sent_ = waits && !self->queue_.empty();
        if (!self->reads_when_sent_) self->read();
      });
    });
    buffer_.clear();
    if (buffer_.capacity() > most_kept) buffer_ = {};
  }

  void send(sync_message message) {
    queue_.push_back(std::move(message));
    if (queue_.size() == 1) write();
  }

  void write() {
    if (!is_open_) return;
    gathered_.clear();
    for (const shared_text& piece : queue_.front().pieces())
      gathered_.push_back(boost::asio::buffer(*piece));
    stream_.async_write(gathered_, [self = shared_from_this()](error_code failed, std::size_t) {
      if (failed) return self->lose();
      const std::size_t bytes = self->queue_.front().size();
      self->queue_.pop_front();
      self->tell_peer([bytes](sync_peer& peer) { peer.sent(bytes); });
      if (!self->queue_.empty()) return self->write();
      if (self->closing_) return self->say_goodbye();
      self->expect_quiet();
      if (std::exchange(self->reads_when_sent_, false)) self->read();
    });
  }

  void close(const sync_closing& how) {
    if (closing_ || !is_open_) return;
    closing_ = how;
    if (queue_.empty()) return say_goodbye();
    quiet_.expires_after(std::chrono::seconds{10}); // for a reader who does not read
    quiet_.async_wait([self = shared_from_this()](error_code cancelled) {
      if (!cancelled) self->lose();
    });
  }

  void say_goodbye() {
    is_open_ = false;
    boost::beast::websocket::close_reason reason{closing_->code};
    reason.reason.assign(closing_->reason.substr(0, 120));
    quiet_.cancel();
    stream_.async_close(reason, [self = shared_from_this()](error_code) { self->lose(); });
  }

  /// Clients expect to hear something every 30 seconds at least.
  void expect_quiet() {
    quiet_.expires_after(std::chrono::seconds{15});
    quiet_.async_wait([weak = weak_from_this()](error_code cancelled) {
      const auto self = weak.lock();
      if (!self || cancelled) return;
      if (self->queue_.empty()) self->tell_peer([](sync_peer& peer) { peer.ping(); });
      self->expect_quiet();
    });
  }

  void lose() {
    is_open_ = false;
    quiet_.cancel();
    stream_.next_layer().close();
    tell_peer([](sync_peer& peer) { peer.lose(); });
    peer_.reset();
  }

  static constexpr std::size_t most_kept = 16 * 1024;

  const std::shared_ptr<void> known_by_; // by which the server finds it
  boost::beast::websocket::stream<boost::beast::tcp_stream> stream_;
  boost::asio::thread_pool& workers_;
  boost::asio::strand<boost::asio::thread_pool::executor_type> turns_;
  boost::asio::steady_timer quiet_;
  std::shared_ptr<sync_peer> peer_;
  upgrade_request request_;
  boost::beast::flat_buffer buffer_;
  std::deque<sync_message> queue_; // the first is being written
  std::vector<boost::asio::const_buffer> gathered_;
  std::optional<sync_closing> closing_;
  bool is_open_ = false;
  bool reads_when_sent_ = false;
};

} // namespace evstore::convex::detail

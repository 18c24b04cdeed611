#pragma once

#include <evstore/convex/endless_body.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace evstore::convex::detail {

struct http_stream_options {
  std::chrono::milliseconds patience; ///< for a piece to be taken
  std::chrono::milliseconds pulse;    ///< how long nothing may be sent
};

/// A response with an `endless_body`. The socket lives on its own strand; a worker makes a piece when the
/// one before was sent, and has nothing to do with it otherwise.
class http_stream : public std::enable_shared_from_this<http_stream> {
public:
  using response_head = boost::beast::http::response<boost::beast::http::empty_body>;

  http_stream(boost::beast::tcp_stream stream, boost::asio::thread_pool& workers,
              std::shared_ptr<endless_body> body, const http_stream_options& options,
              std::shared_ptr<void> known_by)
      : known_by_{std::move(known_by)}, stream_{std::move(stream)}, workers_{workers},
        body_{std::move(body)}, options_{options}, timer_{stream_.get_executor()} {}

  /// On the socket's strand, as all but `wake`. A head that is not chunked is for a reader who knows no
  /// chunks (HTTP/1.0), and the body then ends with the connection.
  void start(response_head head) {
    head_ = std::move(head);
    expect_end();
    stream_.expires_after(options_.patience);
    boost::beast::http::async_write_header(
        stream_, serializer_, [self = shared_from_this()](error_code failed, std::size_t) {
          if (failed) return self->lose();
          self->body_->listen(self->wake());
          self->is_busy_ = false;
          self->go_on();
        });
  }

  /// Ends the body, once what is being sent is sent.
  void finish() {
    if (is_over_ || is_ending_) return;
    is_ending_ = true;
    if (!is_busy_) return end();
    // A reader who does not read loses nothing: it knows where it was.
    after(std::min<std::chrono::milliseconds>(options_.patience, std::chrono::seconds{10}),
          [](http_stream& self) { self.lose(); });
  }

private:
  using error_code = boost::beast::error_code;

  wake_call wake() {
    return std::make_shared<const std::function<void()>>([weak = weak_from_this()] {
      const auto self = weak.lock();
      if (!self || self->wake_is_posted_.exchange(true)) return;
      boost::asio::post(self->stream_.get_executor(), [self] {
        self->wake_is_posted_ = false;
        self->is_woken_ = true;
        if (!self->is_busy_) self->go_on();
      });
    });
  }

  void go_on() {
    if (is_over_) return;
    if (is_ending_) return end();
    is_busy_ = true;
    is_woken_ = false;
    timer_.cancel();
    boost::asio::post(workers_, [self = shared_from_this()] {
      std::optional<endless_body::piece> made;
      try {
        made = self->body_->next();
      } catch (const std::exception&) { // the reader is hung up on, and comes back
      }
      boost::asio::post(self->stream_.get_executor(), [self, made = std::move(made)]() mutable {
        if (!made) return self->lose();
        self->take(*std::move(made));
      });
    });
  }

  void take(endless_body::piece made) {
    if (is_over_) return;
    is_all_ = made.is_all;
    if (!made.text.empty()) return send(std::move(made.text));
    rest_or_go_on();
  }

  void rest_or_go_on() {
    is_busy_ = false;
    if (!is_all_ || is_woken_ || is_ending_) return go_on();
    after(options_.pulse, [](http_stream& self) {
      if (self.is_busy_) return;
      self.is_busy_ = true;
      self.send(self.body_->pulse());
    });
  }

  void send(std::string text) {
    text_ = std::move(text);
    stream_.expires_after(options_.patience);
    const auto sent = [self = shared_from_this()](error_code failed, std::size_t) {
      if (failed) return self->lose();
      self->text_ = {};
      self->rest_or_go_on();
    };
    const auto bytes = boost::asio::const_buffer{text_.data(), text_.size()};
    if (!head_.chunked()) return boost::asio::async_write(stream_, bytes, sent);
    boost::asio::async_write(stream_, boost::beast::http::make_chunk(bytes), sent);
  }

  void end() {
    is_over_ = true;
    timer_.cancel();
    const auto sent = [self = shared_from_this()](error_code, std::size_t) {
      error_code gone_already;
      self->stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, gone_already);
      self->lose();
    };
    if (!head_.chunked()) return sent({}, 0);
    stream_.expires_after(options_.patience);
    boost::asio::async_write(stream_, boost::beast::http::make_chunk_last(), sent);
  }

  /// Notices a reader who goes. One who says something, which is not heard, is noticed by what is sent.
  void expect_end() {
    stream_.expires_never();
    stream_.async_read_some(boost::asio::buffer(unasked_),
                            [self = shared_from_this()](error_code failed, std::size_t) {
                              if (failed) self->lose();
                            });
  }

  void after(std::chrono::milliseconds time, void (*run)(http_stream&)) {
    timer_.expires_after(time);
    timer_.async_wait([self = shared_from_this(), run](error_code cancelled) {
      if (!cancelled && !self->is_over_) run(*self);
    });
  }

  void lose() {
    is_over_ = true;
    timer_.cancel();
    stream_.close();
  }

  const std::shared_ptr<void> known_by_; // by which the server finds it
  boost::beast::tcp_stream stream_;
  boost::asio::thread_pool& workers_;
  const std::shared_ptr<endless_body> body_;
  const http_stream_options options_;
  boost::asio::steady_timer timer_; // of a pause, or of the end
  response_head head_;
  boost::beast::http::response_serializer<boost::beast::http::empty_body> serializer_{head_};
  std::string text_; // that is being sent
  std::array<char, 16> unasked_;
  bool is_busy_ = true; // a piece is being made or sent
  bool is_all_ = false; // and there was no other behind it
  bool is_woken_ = false;
  bool is_ending_ = false;
  bool is_over_ = false;
  std::atomic<bool> wake_is_posted_{false};
};

} // namespace evstore::convex::detail

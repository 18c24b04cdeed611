#pragma once

#include <evstore/convex/http_api.hpp>
#include <evstore/convex/http_stream.hpp>
#include <evstore/convex/sync_api.hpp>
#include <evstore/convex/websocket.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace evstore::convex {

struct http_server_options {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0; ///< 0: one that is free, see `http_server::port`
  std::size_t body_limit = (std::size_t{16} << 20) + 2000;
  /// That are open at a time. Who comes when there are as many waits until one goes. With `body_limit`
  /// it bounds what clients can make the server hold.
  std::size_t most_connections = 10'000;
  /// For a whole request to arrive, from the end of the one before; and for a response to be taken.
  std::chrono::seconds patience{60};
  /// In responses without an end: how long nothing may be sent before a sign of life is.
  std::chrono::milliseconds pulse{15'000};
  /// Threads in which responses are made. A response that waits, for a disk or a lock, keeps one.
  std::size_t workers = 16;
};

namespace detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using http_responder = std::function<void(const http_request&, const http_reply&)>;

/// `/api/sync`, with the client's version in between or not.
inline bool is_sync_path(std::string_view target) {
  const std::string_view path = target.substr(0, target.find('?'));
  constexpr std::string_view api = "/api/";
  if (!path.starts_with(api)) return false;
  const std::string_view rest = path.substr(api.size());
  const std::size_t slash = rest.find('/');
  return (slash == rest.npos ? rest : rest.substr(slash + 1)) == "sync";
}

/// What all connections of a server share.
struct http_sharing {
  http_responder respond;
  sync_connector connect; // may be empty
  http_server_options options;
  asio::io_context& sockets;
  asio::thread_pool& workers;
  std::atomic<bool> stopping{false};
};

/// One connection: requests come one after the other, and each is answered before the next is read.
class http_connection : public std::enable_shared_from_this<http_connection> {
public:
  http_connection(asio::ip::tcp::socket socket, http_sharing& sharing)
      : turns_{socket.get_executor()}, stream_{std::move(socket)}, sharing_{sharing} {}

  void start() {
    asio::dispatch(turns_, [self = shared_from_this()] { self->read(); });
  }

  /// Ends it once what it does at the moment is answered.
  void finish() {
    asio::post(turns_, [self = shared_from_this()] {
      if (self->finish_elsewhere_) return self->finish_elsewhere_();
      if (self->reading_) self->close();
    });
  }

private:
  void read() {
    if (sharing_.stopping) return close();
    parser_.emplace();
    parser_->header_limit(most_header);
    parser_->body_limit(sharing_.options.body_limit);
    stream_.expires_after(sharing_.options.patience);
    reading_ = true;
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code failed, std::size_t) {
                       self->reading_ = false;
                       self->on_read(failed);
                     });
  }

  void on_read(beast::error_code failed) {
    if (failed == http::error::body_limit) return refuse(413, "BodyTooLarge");
    if (failed == http::error::header_limit || failed == http::error::buffer_overflow)
      return refuse(431, "HeaderTooLarge");
    if (failed == http::error::end_of_stream || failed.category() != http_category()) {
      if (failed) return close();
    } else {
      return refuse(400, "BadRequest");
    }
    const auto coding = parser_->get().find(http::field::transfer_encoding);
    if (coding != parser_->get().end() && !beast::iequals(coding->value(), "chunked"))
      return refuse(400, "BadRequest"); // where its body ends is anybody's guess
    if (sharing_.connect && boost::beast::websocket::is_upgrade(parser_->get()) &&
        is_sync_path({parser_->get().target().data(), parser_->get().target().size()}))
      return upgrade();
    stream_.expires_never(); // however long the response takes to make
    asio::post(sharing_.workers, [self = shared_from_this(), reply = reply()] {
      try {
        self->respond(reply);
      } catch (const std::exception& thrown) {
        reply([what = std::string{thrown.what()}]() -> http_response {
          throw std::runtime_error{what};
        });
      }
    });
  }

  void upgrade() {
    const auto upgraded = std::make_shared<websocket>(
        std::move(stream_), sharing_.workers, sharing_.options.body_limit, shared_from_this());
    finish_elsewhere_ = [weak = std::weak_ptr{upgraded}] {
      if (const auto still = weak.lock()) still->finish();
    };
    upgraded->start(parser_->release(), sharing_.connect);
    parser_.reset();
    buffer_ = beast::flat_buffer{};
  }

  static const boost::system::error_category& http_category() {
    return make_error_code(http::error::bad_method).category();
  }

  http_reply reply() {
    // The guard keeps the server from ending before the response is written.
    return [self = shared_from_this(),
            guard = std::make_shared<asio::executor_work_guard<asio::io_context::executor_type>>(
                sharing_.sockets.get_executor())](std::function<http_response()> make) {
      // At once, if this is one of them.
      asio::dispatch(self->sharing_.workers, [self, guard, make = std::move(make)] {
        asio::post(self->turns_,
                   [self, guard, made = made_by(make)]() mutable { self->write(std::move(made)); });
      });
    };
  }

  static http_response made_by(const std::function<http_response()>& make) try {
    return make();
  } catch (const std::exception& thrown) {
    return bad_request{500, "InternalServerError", evstore::detail::one_line(thrown.what())}
        .response();
  }

  void respond(const http_reply& reply) {
    const auto& request = parser_->get();
    if (request.method() == http::verb::options)
      return reply([] { return http_response{.status = 204, .body = {}}; });
    const auto field = [&](auto name) -> std::optional<std::string_view> {
      const auto found = request.find(name);
      if (found == request.end()) return std::nullopt;
      return std::string_view{found->value().data(), found->value().size()};
    };
    sharing_.respond({.method = {request.method_string().data(), request.method_string().size()},
                      .target = {request.target().data(), request.target().size()},
                      .body = request.body(),
                      .authorization = field(http::field::authorization),
                      .idempotency_key = field("Idempotency-Key"),
                      .if_none_match = field(http::field::if_none_match),
                      .if_range = field(http::field::if_range),
                      .range = field(http::field::range),
                      .last_event_id = field("Last-Event-ID")},
                     reply);
  }

  void refuse(int status, std::string_view code) {
    refused_ = true; // what stands behind a request that was not understood is not looked at
    write(bad_request{status, code, "the request cannot be read"}.response());
  }

  void write(http_response made) {
    const auto& request = parser_->get();
    const bool stay = !refused_ && request.keep_alive() && !sharing_.stopping;
    response_ = {};
    response_.version(11);
    response_.result(static_cast<unsigned>(made.status));
    allow_origin(request);
    for (const auto& [name, text] : made.fields) response_.set({name.data(), name.size()}, text);
    if (made.status != 204 && made.status != 304)
      response_.set(http::field::content_type,
                    {made.content_type.data(), made.content_type.size()});
    if (made.rest && request.method() == http::verb::get) return stream(std::move(made.rest));
    response_.body() = std::move(made.body);
    response_.keep_alive(stay);
    if (!made.rest) response_.prepare_payload(); // how long the whole would be, nobody knows
    if (request.method() == http::verb::head) response_.body().clear();
    stream_.expires_after(sharing_.options.patience);
    http::async_write(stream_, response_,
                      [self = shared_from_this(), stay](beast::error_code failed, std::size_t) {
                        if (!failed && stay) return self->read();
                        if (failed || !self->refused_) return self->close();
                        self->hang_up();
                      });
  }

  /// The rest of the connection is a body.
  void stream(std::shared_ptr<endless_body> body) {
    const bool knows_chunks = parser_->get().version() >= 11;
    http_stream::response_head head{http::response_header<>{response_.base()}};
    head.chunked(knows_chunks);
    head.keep_alive(false);
    const auto taken = std::make_shared<http_stream>(
        std::move(stream_), sharing_.workers, std::move(body),
        http_stream_options{sharing_.options.patience, sharing_.options.pulse}, shared_from_this());
    finish_elsewhere_ = [weak = std::weak_ptr{taken}] {
      if (const auto still = weak.lock()) still->finish();
    };
    taken->start(std::move(head));
    if (sharing_.stopping) taken->finish();
  }

  /// Any page may ask, as with Convex itself: what a page may do is decided by what it knows.
  void allow_origin(const http::request<http::string_body>& request) {
    const auto origin = request.find(http::field::origin);
    if (origin == request.end()) return;
    response_.set(http::field::access_control_allow_origin, origin->value());
    response_.set(http::field::access_control_allow_credentials, "true");
    response_.set(http::field::vary, "Origin");
    if (request.method() != http::verb::options) return;
    response_.set(http::field::access_control_allow_methods, "GET, POST, OPTIONS");
    response_.set(http::field::access_control_max_age, "86400");
    const auto asked = request.find(http::field::access_control_request_headers);
    if (asked != request.end())
      response_.set(http::field::access_control_allow_headers, asked->value());
  }

  void close() {
    beast::error_code gone_already;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, gone_already);
    stream_.close();
  }

  /// Closes when the client has, or after a moment. What it still says is let go by: a socket that is
  /// closed with bytes unread takes back what it sent, and nobody would learn why (RFC 9112, 9.6).
  void hang_up() {
    beast::error_code gone_already;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, gone_already);
    stream_.expires_after(std::chrono::seconds{2});
    reading_ = true;
    let_go_by();
  }
  void let_go_by() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(most_buffered),
                            [self = shared_from_this()](beast::error_code failed, std::size_t) {
                              if (failed) return self->close();
                              self->let_go_by();
                            });
  }

  static constexpr std::uint32_t most_header = 16 * 1024;
  /// The parser limits neither what is said of a chunk nor what is behind the last one, and does not
  /// bear fields of 64 KiB there.
  static constexpr std::size_t most_buffered = 2 * most_header;

  const asio::any_io_executor turns_; // the strand of the socket
  beast::tcp_stream stream_;
  http_sharing& sharing_;
  std::function<void()> finish_elsewhere_; // of whoever has taken the socket over
  beast::flat_buffer buffer_{most_buffered};
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  bool reading_ = false;
  bool refused_ = false;
};

} // namespace detail

} // namespace evstore::convex

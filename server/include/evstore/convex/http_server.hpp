#pragma once

#include <evstore/convex/http_connection.hpp>
#include <evstore/error.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>

namespace evstore::convex {

/// Serves HTTP/1.1: what `respond` makes of a request is sent back, with the headers that let pages of
/// any origin ask (CORS). Connections are kept open.
///
///     convex::http_api api{runs};
///     convex::http_server server{[&](const auto& request, const auto& reply) { api.respond(request, reply); },
///                                {.port = 3210}, convex::sync_api(runs)};
///
/// With the third argument, WebSockets at `/api/sync` speak the sync protocol. A responder may also take
/// the request alone and return the response; it then has a thread for itself as long as it takes.
///
/// Requests that are too large, too slow or not HTTP are answered where possible and their connections
/// closed. `respond` is called by several threads at once. Throws `errc::io_failed` if it cannot
/// listen.
class http_server {
public:
  template <class Respond>
    requires std::invocable<const Respond&, const http_request&> ||
                 std::invocable<const Respond&, const http_request&, const http_reply&>
  explicit http_server(Respond respond, const http_server_options& options = {},
                       sync_connector connect = {})
      : workers_{options.workers},
        sharing_{responder(std::move(respond)), std::move(connect), options, context_, workers_},
        acceptor_{boost::asio::make_strand(context_)}, retry_{acceptor_.get_executor()} {
    try {
      const boost::asio::ip::tcp::endpoint at{boost::asio::ip::make_address(options.address),
                                              options.port};
      acceptor_.open(at.protocol());
      acceptor_.set_option(boost::asio::socket_base::reuse_address{true});
      acceptor_.bind(at);
      acceptor_.listen(4096); // after a restart all clients come at once
      port_ = acceptor_.local_endpoint().port();
    } catch (const boost::system::system_error& failed) {
      throw error{errc::io_failed, "cannot listen on " + options.address + " port " +
                                       std::to_string(options.port) + ": " +
                                       failed.code().message()};
    }
    accept();
    thread_ = std::thread{[this] { run(); }};
  }
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;
  ~http_server() { stop(); }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  /// Takes no more requests, answers those that are there, and returns when that is done: after the
  /// time of `patience` at the latest, if clients do not take their answers, and what `respond` needs.
  void stop() {
    if (!thread_.joinable()) return;
    sharing_.stopping = true;
    boost::asio::post(acceptor_.get_executor(), [this] {
      boost::system::error_code closed_already;
      acceptor_.close(closed_already);
      retry_.cancel();
      for (const auto& known : connections_)
        if (const auto connection = known.lock()) connection->finish();
    });
    thread_.join();
    workers_.join();
  }

private:
  template <class Respond>
  static detail::http_responder responder(Respond respond) {
    if constexpr (std::invocable<const Respond&, const http_request&, const http_reply&>)
      return respond;
    else
      return [respond = std::move(respond)](const http_request& request, const http_reply& reply) {
        http_response made = respond(request);
        reply([made = std::move(made)]() mutable { return std::move(made); });
      };
  }

  /// What a connection throws, for want of memory or in a library, ends that connection and no other.
  void run() {
    for (;;) try {
        context_.run();
        return;
      } catch (const std::exception&) {
      }
  }

  using connection_set = std::set<std::weak_ptr<detail::http_connection>,
                                  std::owner_less<std::weak_ptr<detail::http_connection>>>;

  void accept() {
    acceptor_.async_accept(
        boost::asio::make_strand(context_),
        [this](boost::system::error_code failed, boost::asio::ip::tcp::socket socket) {
          if (sharing_.stopping) return;
          if (failed) return accept_later(); // no more descriptors: some will be given back
          boost::system::error_code not_now;
          socket.set_option(boost::asio::ip::tcp::no_delay{true}, not_now);
          const auto connection =
              std::make_shared<detail::http_connection>(std::move(socket), sharing_);
          remember(connection);
          connection->start();
          accept_if_room();
        });
  }

  void accept_later() {
    retry_.expires_after(std::chrono::milliseconds{100});
    retry_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) accept_if_room();
    });
  }

  void accept_if_room() {
    if (connections_.size() >= sharing_.options.most_connections) forget_the_gone();
    if (connections_.size() >= sharing_.options.most_connections) return accept_later();
    accept();
  }

  /// Forgets those that are gone as often as their number doubles.
  void remember(const std::shared_ptr<detail::http_connection>& connection) {
    if (connections_.size() >= swept_at_) {
      forget_the_gone();
      swept_at_ = std::max<std::size_t>(64, 2 * connections_.size());
    }
    connections_.insert(connection);
  }
  void forget_the_gone() {
    std::erase_if(connections_, [](const auto& known) { return known.expired(); });
  }

  boost::asio::thread_pool workers_;
  detail::http_sharing sharing_;
  boost::asio::io_context context_{1};
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer retry_;
  connection_set connections_; // on the acceptor's strand
  std::size_t swept_at_ = 64;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

} // namespace evstore::convex

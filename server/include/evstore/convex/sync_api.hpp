#pragma once

#include <evstore/convex/executor.hpp>
#include <evstore/convex/sync_session.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::convex {

/// What a connection of the sync protocol is given by whoever has the socket.
struct sync_link {
  /// Runs something soon, in some thread, one thing of this connection at a time and in the order in
  /// which they were given. Whatever was given is run, also when the server stops.
  std::function<void(std::function<void()>)> post;
  /// The same, but beside the others: for what takes long.
  std::function<void(std::function<void()>)> post_aside;
  /// Sends a message behind those before. Called from within `post`.
  std::function<void(sync_message)> send;
  /// Sends what is to be sent, then closes. Called from within `post`, last.
  std::function<void(sync_closing)> close;
  /// Of the client, as it says in the address: `1.48.0`. Empty if it does not.
  std::string client_version{};
};

/// The other end of a connection, as whoever has the socket sees it. All of these are called from within
/// `sync_link::post`.
class sync_peer {
public:
  sync_peer() = default;
  sync_peer(const sync_peer&) = delete;
  sync_peer& operator=(const sync_peer&) = delete;
  virtual ~sync_peer() = default;

  virtual void hear(std::string_view message) = 0;
  /// A message is on its way, in the order of `send`.
  virtual void sent(std::size_t bytes) = 0;
  /// Nothing was sent for a while.
  virtual void ping() = 0;
  /// The socket is gone: nothing more is sent or closed.
  virtual void lose() = 0;
  /// Whether so much waits to be sent that nothing more should be read.
  [[nodiscard]] virtual bool is_congested() const = 0;
};

using sync_connector = std::function<std::shared_ptr<sync_peer>(sync_link)>;

namespace detail {

/// One connection: a `sync_session` with an executor behind it.
///
/// What the executor tells arrives in the box, by its own thread and before any snapshot shows the
/// commit. A snapshot is taken first and the box emptied then, so that a Transition never overtakes the
/// answer to a mutation that it shows.
template <class Executor>
class sync_connection final : public sync_peer,
                              public std::enable_shared_from_this<sync_connection<Executor>> {
public:
  sync_connection(Executor& runs, const sync_options& options, sync_link link)
      : runs_{runs}, link_{std::move(link)}, options_{options},
        session_{options, reads_chunks(link_.client_version)} {}

  void hear(std::string_view message) override {
    session_.hear(message);
    go_on();
  }
  void sent(std::size_t bytes) override {
    --unsent_messages_;
    unsent_bytes_ -= bytes;
    if (session_.wants_transition()) go_on();
  }
  void ping() override {
    session_.ping();
    go_on();
  }
  void lose() override {
    is_closed_ = true;
    session_ = session{options_}; // ends its subscriptions
    session_.close(1006, "lost");
  }
  [[nodiscard]] bool is_congested() const override { return unsent_bytes_ > most_unsent_bytes; }

private:
  using watch = live_queries::watch;
  using session = sync_session<watch>;

  /// What a slow reader may have before it: Transitions wait beyond it, and what they would have told
  /// is told by one that jumps to the newest state.
  static constexpr std::size_t most_unsent_messages = 2;
  static constexpr std::size_t most_unsent_bytes = std::size_t{4} << 20;

  struct told_call {
    sync_call of;
    fate became;
  };

  void go_on() {
    if (is_closed_) return;
    for (sync_call& call : session_.take_calls()) start(std::move(call));
    empty_box();
    if (session_.wants_transition() && unsent_messages_ < most_unsent_messages) take_snapshot();
    for (sync_message& message : session_.take_messages()) {
      ++unsent_messages_;
      unsent_bytes_ += message.size();
      link_.send(std::move(message));
    }
    if (!session_.closing()) return;
    is_closed_ = true;
    link_.close(*session_.closing());
  }

  void take_snapshot() {
    runs_.look([this](global_position at, const auto& current) {
      empty_box();
      session_.transition(at, [&](sync_query<watch>& query) {
        if (!query.watch) query.watch.emplace(runs_.subscribe(*query.call, query.journal, wake()));
        return current(*query.watch);
      });
    });
  }

  void start(sync_call call) {
    auto self = this->shared_from_this();
    function_call asked = std::move(call.call);
    if (call.is_mutation) {
      std::optional<request_key> key = call.key;
      return runs_.mutate(std::move(asked), std::move(key),
                          [self, call = std::move(call)](fate became) mutable {
                            self->put_in_box({std::move(call), std::move(became)});
                          });
    }
    link_.post_aside([self, call = std::move(call), asked = std::move(asked)]() mutable {
      fate became = [&] {
        try {
          return fate{self->runs_.act(asked)};
        } catch (...) {
          return fate{std::current_exception()};
        }
      }();
      self->put_in_box({std::move(call), std::move(became)});
    });
  }

  /// By any thread.
  void put_in_box(told_call told) {
    {
      const std::lock_guard lock{box_lock_};
      box_.push_back(std::move(told));
    }
    post_once(box_is_posted_, [](sync_connection& self) { self.go_on(); });
  }
  void empty_box() {
    std::vector<told_call> told;
    {
      const std::lock_guard lock{box_lock_};
      told.swap(box_);
    }
    for (const told_call& each : told) {
      try {
        session_.tell(each.of.is_mutation, each.of.request, each.became.get());
      } catch (const std::exception&) {
        // Nobody knows an answer. The client asks again, with the same key, when it is back.
        session_.close(1011, "InternalServerError");
      }
    }
  }

  /// What is called when something that one of the queries read has changed.
  wake_call wake() {
    if (!wake_)
      wake_ = std::make_shared<const std::function<void()>>([weak = this->weak_from_this()] {
        if (const auto self = weak.lock())
          self->post_once(self->wake_is_posted_, [](sync_connection& awake) {
            awake.session_.touch();
            awake.go_on();
          });
      });
    return wake_;
  }

  /// Not again while it waits for its turn.
  void post_once(std::atomic<bool>& is_posted, void (*run)(sync_connection&)) {
    if (is_posted.exchange(true)) return;
    link_.post([self = this->shared_from_this(), &is_posted, run] {
      is_posted = false;
      run(*self);
    });
  }

  Executor& runs_;
  sync_link link_;
  sync_options options_;
  session session_;
  wake_call wake_;
  bool is_closed_ = false;
  std::size_t unsent_messages_ = 0;
  std::size_t unsent_bytes_ = 0;
  std::atomic<bool> box_is_posted_{false};
  std::atomic<bool> wake_is_posted_{false};
  std::mutex box_lock_;
  std::vector<told_call> box_;
};

} // namespace detail

/// The sync protocol of Convex for an executor, without sockets: `convex::http_server` brings those.
///
///     convex::http_server server{respond, {.port = 3210}, convex::sync_api(runs)};
template <class Executor>
[[nodiscard]] sync_connector sync_api(Executor& runs, const sync_options& options = {}) {
  return [&runs, options](sync_link link) -> std::shared_ptr<sync_peer> {
    return std::make_shared<detail::sync_connection<Executor>>(runs, options, std::move(link));
  };
}

} // namespace evstore::convex

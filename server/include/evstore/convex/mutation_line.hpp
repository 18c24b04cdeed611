#pragma once

#include <evstore/convex/answer.hpp>
#include <evstore/convex/answered.hpp>
#include <evstore/convex/appends_ahead.hpp>
#include <evstore/convex/decode.hpp>
#include <evstore/convex/figures.hpp>
#include <evstore/convex/functions.hpp>
#include <evstore/convex/guarded.hpp>
#include <evstore/convex/mutation_request.hpp>
#include <evstore/convex/past.hpp>
#include <evstore/store.hpp>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace evstore::convex {

/// Where mutations wait for their turn and for the disk. One thread decides: it runs one mutation
/// after the other on a model of its own, which is ahead of what is durable by the commits in flight,
/// and begins to append each without waiting. Another waits for the commits to be durable, as many as
/// share a sync, shows them, and tells what became of them, in their order. So the rate of syncs is no
/// bound for the rate of mutations, and nobody hears of anything that a crash could take back.
///
/// Each commit is conditional on nothing else having been appended since the state that it was decided
/// on, and what is refused, or writes nothing, is answered if nothing was. When something else was (by
/// another program, or because a commit in flight was lost), the model takes in what really happened,
/// and the mutation runs again, with all that were decided on it, in the order in which they were asked.
///
/// How far ahead of the log this goes is a matter of its adapter: see appends_ahead.hpp.
template <class Set, class Adapter, class Model>
class mutation_line {
public:
  mutation_line(store<Set, Adapter>& kept, const functions<Set, Model>& known,
                const limits& of_results, timestamp newest, durable_view<Model> shown)
      : store_{kept}, functions_{known}, limits_{of_results}, shown_{std::move(shown)},
        clock_{newest}, ahead_{shown_.copy()}, appends_{store_.adapter()},
        decider_{[this] { decide_all(); }}, teller_{[this] { tell_all(); }} {}
  mutation_line(const mutation_line&) = delete;
  mutation_line& operator=(const mutation_line&) = delete;

  /// Everything that was asked is carried out and told first.
  ~mutation_line() {
    {
      const std::lock_guard lock{mutex_};
      closing_ = true;
    }
    asked_changed_.notify_all();
    decider_.join();
    flying_changed_.notify_all();
    teller_.join();
  }

  void ask(mutation_request request) {
    {
      const std::lock_guard lock{mutex_};
      asked_.push_back(std::move(request));
      ++accepted_;
    }
    asked_changed_.notify_one();
  }

  /// Takes in, and shows, what other programs have appended; returns when that was tried. What is in the
  /// way of it is told to the next mutation.
  void catch_up() {
    std::unique_lock lock{mutex_};
    is_to_catch_up_ = true;
    asked_changed_.notify_one();
    caught_up_.wait(lock, [this] { return !is_to_catch_up_ || decided_all_; });
  }

  /// Up to here the log is what this line was told or has begun to append.
  [[nodiscard]] global_position known() const noexcept { return global_position{known_}; }

  /// Adds what the line knows.
  void count(figures& now) {
    const std::lock_guard lock{mutex_};
    now.mutations = told_;
    now.failed_commits = failed_;
    now.groups = groups_;
    now.waiting = accepted_ - told_;
    now.is_writable = is_writable_;
  }

private:
  using appends = appends_ahead<Set, Adapter>;

  /// A mutation that was decided, and what its answer waits for.
  struct decided {
    mutation_request request;
    fate becomes;
    global_position upto{};                           ///< shown before it is told
    bool is_failed = false;                           ///< whatever becomes of those before it
    bool is_overtaken = false;                        ///< it is decided again
    std::optional<typename appends::ticket> stored{}; ///< absent: nothing but those before it
  };

  static constexpr int most_attempts = 100;

  // The deciding thread

  void decide_all() {
    while (await_requests()) {
      take_in_others();
      while (!to_decide_.empty()) decide_first();
    }
    const std::lock_guard lock{mutex_};
    decided_all_ = true;
    caught_up_.notify_all();
  }

  /// False when there will be no more, and all are decided for good.
  bool await_requests() {
    const auto is_something_to_do = [this] {
      return is_to_catch_up_ || !asked_.empty() || !overtaken_.empty();
    };
    std::unique_lock lock{mutex_};
    asked_changed_.wait(lock, [&] { return closing_ || is_something_to_do(); });
    if (!is_something_to_do())
      settled_.wait(lock, [&] { return is_settled() || is_something_to_do(); });
    if (!is_something_to_do()) return false;
    to_decide_.swap(asked_);
    return true;
  }

  void take_in_others() {
    {
      const std::lock_guard lock{mutex_};
      if (!is_to_catch_up_ && overtaken_.empty()) return;
    }
    try {
      if (is_lost() || is_behind()) face_the_log();
    } catch (const std::exception&) { // a mutation that meets it is told
    }
    const std::lock_guard lock{mutex_};
    is_to_catch_up_ = false;
    caught_up_.notify_all();
  }

  /// The first of those that are to be decided; or, when there are others to be decided before it, it
  /// is the first no more.
  void decide_first() {
    try {
      if (is_stale_ || is_lost()) face_the_log();
    } catch (...) {
      return fail_first(std::current_exception());
    }
    mutation_request& first = to_decide_.front();
    if (first.attempts >= most_attempts)
      return fail_first(std::make_exception_ptr(
          error{errc::conflict, "other programs append faster than mutations are decided"}));
    try {
      if (attempt_to_decide(first)) return to_decide_.pop_front();
    } catch (...) {
      const std::exception_ptr failed = std::current_exception();
      settle();
      if (!is_lost()) return fail_first(failed);
    }
    ++first.attempts;
    is_stale_ = true;
  }

  void fail_first(std::exception_ptr why) {
    pass_on({.request = std::move(to_decide_.front()),
             .becomes = fate{std::move(why)},
             .is_failed = true});
    to_decide_.pop_front();
  }

  /// False: on a state that is not the log's.
  bool attempt_to_decide(mutation_request& request) {
    const auto answer_with = [&](result<value, function_error> outcome, global_position at) {
      return decided{.request = std::move(request),
                     .becomes = fate{answer{std::move(outcome), at}},
                     .upto = at};
    };
    if (request.key)
      if (const auto* const known = ahead_.state.answers.find(*request.key))
        return pass_on(answer_with(decode(known->result), known->at)), true;
    draft_lease<Set> draft;
    auto outcome = guarded(limits_, [&] {
      mutation<Set, Model> context{ahead_.state.model, *draft, clock_, functions_.tables()};
      using kind = typename functions<Set, Model>::mutation_function;
      return functions_.template find<kind>(request.call.path)(context, request.call.arguments);
    });
    const auto answer_without_events = [&] {
      if (is_behind()) return false;
      return pass_on(answer_with(std::move(outcome), ahead_.position)), true;
    };
    if (!outcome) return answer_without_events();
    if (request.key) {
      draft->begin_write("convex_session-" + request.key->session, any);
      const event_details timed{.time = clock_.next()};
      draft->add_event(
          mutation_answered{request.key->session, request.key->number, to_raw_json(*outcome)},
          &timed);
    }
    if (draft->view().writes.empty()) return answer_without_events();
    auto begun = appends_.begin(draft, ahead_.position);
    const append_result& judged = begun.judged;
    if (!judged) {
      if (judged.error().reason == append_conflict::kind::condition) return false;
      outcome = failure{function_error{"Uncaught Error: " + judged.error().to_string()}};
      return answer_without_events();
    }
    try {
      if (!judged->replayed)
        fold_commit<Set>(ahead_, begun.commit, *judged, store_.options().unknown);
    } catch (const std::exception&) { // nor will it be shown, which is told
      is_stale_ = true;
    }
    known_ = ahead_.position.value();
    decided next = answer_with(std::move(outcome), judged->last);
    next.stored = std::move(begun.stored);
    pass_on(std::move(next));
    return true;
  }

  [[nodiscard]] bool is_behind() { return store_.head() > ahead_.position; }
  [[nodiscard]] bool is_lost() {
    const std::lock_guard lock{mutex_};
    return lost_ != nullptr;
  }

  [[nodiscard]] bool is_settled() const { return flying_.empty() && !telling_; } // locked

  /// Until nothing is in flight; what of that has to be decided again is the first to be.
  void settle() {
    std::unique_lock lock{mutex_};
    settled_.wait(lock, [this] { return is_settled(); });
    std::move(overtaken_.rbegin(), overtaken_.rend(), std::front_inserter(to_decide_));
    overtaken_.clear();
  }

  /// The model is what the log says, and so is what queries see.
  void face_the_log() {
    settle();
    const global_position head = store_.head();
    shown_.show(head, [] {});
    if (!is_lost()) {
      fold_up_to(store_, ahead_, head);
    } else {
      ahead_ = shown_.copy();
      const std::lock_guard lock{mutex_};
      lost_ = nullptr;
    }
    appends_.begin_anew();
    is_stale_ = false;
    known_ = ahead_.position.value();
  }

  void pass_on(decided next) {
    {
      const std::lock_guard lock{mutex_};
      flying_.push_back(std::move(next));
    }
    flying_changed_.notify_one();
  }

  // The telling thread

  void tell_all() {
    std::vector<decided> through;
    while (true) {
      {
        std::unique_lock lock{mutex_};
        telling_ = false;
        if (flying_.empty()) settled_.notify_all();
        flying_changed_.wait(lock,
                             [this] { return !flying_.empty() || (closing_ && decided_all_); });
        if (flying_.empty()) return;
        telling_ = true;
        through.push_back(std::move(flying_.front()));
        flying_.pop_front();
      }
      if (through.front().stored) through.front().stored->wait();
      {
        const std::lock_guard lock{mutex_};
        for (; !flying_.empty() && (!flying_.front().stored || flying_.front().stored->is_ready());
             flying_.pop_front())
          through.push_back(std::move(flying_.front()));
      }
      tell(through);
      through.clear();
    }
  }

  void tell(std::vector<decided>& through) {
    global_position upto{};
    for (decided& one : through) {
      if (one.is_failed) continue;
      try {
        if (one.stored) {
          static_cast<void>(one.stored->get());
          const std::lock_guard lock{mutex_};
          is_writable_ = true;
        } else {
          require_nothing_lost(); // what it was decided on may be
        }
        upto = std::max(upto, one.upto);
      } catch (const overtaken&) {
        ++one.request.attempts;
        one.is_overtaken = true;
        note_loss();
        const std::lock_guard lock{mutex_};
        overtaken_.push_back(std::move(one.request));
      } catch (...) {
        one.becomes = fate{std::current_exception()};
        note_loss();
        const std::lock_guard lock{mutex_};
        is_writable_ = false;
        ++failed_;
      }
    }
    if (std::erase_if(through, [](const decided& one) { return one.is_overtaken; }) != 0)
      asked_changed_.notify_one();
    if (through.empty()) return;
    {
      const std::lock_guard lock{mutex_};
      told_ += through.size();
      ++groups_;
    }
    try {
      shown_.show(upto, [&] { tell_each(through); });
    } catch (...) { // the model could not take in what is in the log
      for (decided& one : through) one.becomes = fate{std::current_exception()};
      tell_each(through);
    }
  }

  /// Of the exception that is handled.
  void note_loss() {
    known_ = 0; // the log is to be faced, whether a mutation comes or not
    const std::lock_guard lock{mutex_};
    lost_ = std::current_exception();
  }

  void require_nothing_lost() {
    const std::lock_guard lock{mutex_};
    if (lost_) std::rethrow_exception(lost_);
  }

  static void tell_each(std::vector<decided>& through) {
    for (decided& one : through)
      if (const told_fate told = std::exchange(one.request.told, nullptr))
        told(std::move(one.becomes));
  }

  store<Set, Adapter>& store_;
  const functions<Set, Model>& functions_;
  const limits limits_;
  const durable_view<Model> shown_;

  rising_clock clock_; // these belong to the deciding thread
  folded<served<Model>> ahead_;
  appends appends_; // but for the tickets, which the telling thread waits for
  bool is_stale_ = false;
  std::deque<mutation_request> to_decide_;
  std::atomic<std::uint64_t> known_{ahead_.position.value()}; // for others to read

  std::mutex mutex_; // guards what follows
  std::deque<mutation_request> asked_;
  std::deque<mutation_request> overtaken_; // in flight, to be decided again before any other
  std::deque<decided> flying_;
  std::uint64_t accepted_ = 0;
  std::uint64_t told_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t groups_ = 0;
  bool is_writable_ = true;
  bool telling_ = false;
  std::exception_ptr lost_; // why a commit that the model has is not in the log
  bool closing_ = false;
  bool decided_all_ = false;
  bool is_to_catch_up_ = false;
  std::condition_variable asked_changed_;
  std::condition_variable caught_up_;
  std::condition_variable flying_changed_;
  std::condition_variable settled_;

  std::thread decider_; // last: they use all of the above
  std::thread teller_;
};

} // namespace evstore::convex

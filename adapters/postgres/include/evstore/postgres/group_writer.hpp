#pragma once

#include <evstore/postgres/commit_batch.hpp>
#include <evstore/postgres/connection_pool.hpp>
#include <evstore/postgres/lone_event.hpp>
#include <evstore/postgres/single_events.hpp>
#include <evstore/postgres/stored_events.hpp>
#include <evstore/postgres/transaction.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace evstore::postgres {

/// Appends for any number of threads. Commits take turns on the server anyway, so those that come
/// while a call is under way are collected, and go together with the next one: in one round trip and
/// one sync of the server's, each with a verdict of its own.
class group_writer {
public:
  explicit group_writer(std::shared_ptr<connection_pool> pool) noexcept : pool_{std::move(pool)} {}

  append_result append(const commit_view& commit) {
    require_valid(commit);
    pending mine{&commit, {}, {}};
    std::unique_lock lock{mutex_};
    room_.wait(lock, [this] { return !collecting_->is_full(); });
    const std::shared_ptr<group> with = collecting_;
    const bool is_first = with->members.empty();
    auto next = is_first ? std::make_shared<group>() : nullptr;
    with->add(mine);
    if (is_first) {
      lead(lock, std::move(next));
    } else {
      const bool is_awaited = with->members.size() == due_back_ || with->is_full();
      lock.unlock();
      if (is_awaited) look_again_.notify_one();
      with->wait_for_end();
    }
    if (mine.failure) std::rethrow_exception(mine.failure);
    return *std::move(mine.verdict);
  }

private:
  /// A commit, borrowed from the thread that waits for it, and what became of it.
  struct pending {
    const commit_view* commit;
    std::optional<append_result> verdict;
    std::exception_ptr failure;
  };

  /// Commits that go together. Under the writer's mutex while it is collected; then it belongs to the
  /// thread that came first, and leads it.
  class group {
  public:
    std::vector<pending*> members;

    [[nodiscard]] bool is_full() const noexcept {
      return members.size() >= most_commits || bytes_ >= most_bytes;
    }
    void add(pending& one) {
      members.push_back(&one);
      evstore::detail::for_each_event(*one.commit, [&](const new_event& event, std::string_view) {
        bytes_ += event.data.text().size() + event.metadata.text().size();
      });
    }
    void wait_for_end() const noexcept { has_ended_.wait(0); }
    void end() noexcept {
      has_ended_.store(1);
      has_ended_.notify_all();
    }

  private:
    static constexpr std::size_t most_commits = 256;
    static constexpr std::size_t most_bytes = std::size_t{1} << 23;
    std::size_t bytes_ = 0;
    std::atomic<int> has_ended_{0};
  };

  static constexpr int most_attempts = 5;
  static constexpr std::chrono::milliseconds longest_linger{1};
  using clock = std::chrono::steady_clock;

  /// Sends the group that is collected, when it is its turn, and has `next` collected from then on. The
  /// lock is held before, and not after.
  void lead(std::unique_lock<std::mutex>& lock, std::shared_ptr<group> next) {
    look_again_.wait(lock, [this] { return !is_at_server_; });
    linger(lock);
    const std::shared_ptr<group> mine = std::exchange(collecting_, std::move(next));
    is_at_server_ = true;
    due_back_ = 0;
    lock.unlock();
    if (mine->is_full()) room_.notify_all();
    const auto begin = clock::now();
    store(mine->members);
    const auto end = clock::now();
    lock.lock();
    last_call_ = end - begin;
    is_at_server_ = false;
    due_back_ = mine->members.size() + collecting_->members.size();
    lock.unlock();
    look_again_.notify_one();
    mine->end();
  }

  /// Waits until those whom the last call has let go have come back with another commit. Not for long
  /// against what a call takes; who has gone for good is not waited for twice.
  void linger(std::unique_lock<std::mutex>& lock) {
    look_again_.wait_for(lock, std::min<clock::duration>(longest_linger, last_call_ / 2), [this] {
      return collecting_->members.size() >= due_back_ || collecting_->is_full();
    });
  }

  /// Gives each of the commits a verdict or a failure.
  void store(std::span<pending* const> members) noexcept {
    try {
      return call(members);
    } catch (const error& why) {
      if (members.size() == 1 || why.code() == errc::connection_lost)
        return fail(members, std::current_exception());
    } catch (...) {
      if (members.size() == 1) return fail(members, std::current_exception());
    }
    // One of them may be at fault; the others shall not suffer for it.
    for (pending* const& one : members)
      if (!one->verdict && !one->failure) store({&one, 1});
  }
  static void fail(std::span<pending* const> members, const std::exception_ptr& why) noexcept {
    for (pending* one : members)
      if (!one->verdict && !one->failure) one->failure = why;
  }

  void call(std::span<pending* const> members) {
    commits_.clear();
    for (const pending* one : members) commits_.push_back(one->commit);
    connection_pool::lease on = pool_->take();
    std::optional<batch_answer> came;
    for (int attempt = 1; !came; ++attempt) {
      try {
        may_be_stored_ = false;
        if (attempt == 1) came = insert_alone(*on);
        if (came) break;
        statement_ = &prepare_group(*on);
        may_be_stored_ = true;
        came.emplace(send(*on));
      } catch (const statement_failed& why) {
        if (why.code() == errc::connection_lost && may_be_stored_)
          return leave_in_doubt(members, detail::was_lost, why);
        if (!is_lost_race(why.state) || attempt == most_attempts) throw;
      }
    }
    // "canceling wait for synchronous replication", among others: what looks like success is stored
    // here and perhaps nowhere else.
    if (on->has_warned())
      return leave_in_doubt(members, detail::has_warned, error{errc::append_in_doubt, on->place()});
    remember(*on, *came);
    if (pool_->is_fenced()) notify(*on, *came);
    for (pending* one : members) {
      try {
        one->verdict = came->next(*one->commit);
        if (!one->verdict)
          one->verdict = evstore::detail::recognise(stored_events{*on, *one->commit}, *one->commit);
        if (!one->verdict)
          throw error{errc::changed_under, "an event that has an id is gone from the log"};
      } catch (...) {
        one->failure = std::current_exception();
      }
    }
  }

  /// Stores a commit of one event without asking anything; nothing is done if that is not the way.
  std::optional<batch_answer> insert_alone(connection& on) {
    if (!pool_->may_insert() || pool_->is_fenced() || pool_->how().inline_projection) return {};
    if (commits_.size() != 1 || !detail::is_plain_event(*commits_.front())) return {};
    const auto behind = ends_.behind(on.session(), commits_.front()->writes[0]);
    if (!behind) return {};
    detail::add_single_event(*commits_.front(), behind->version, behind->head, parameters_,
                             [this](auto tags) { parameters_.add_array(tags); });
    on.prepare(detail::insert_one);
    (void)on.has_warned();
    try {
      may_be_stored_ = true;
      if (!on.execute(detail::insert_one, parameters_).has_changed_nothing())
        return batch_answer::of_stored_event(behind->head, behind->version);
    } catch (const statement_failed& why) {
      if (is_lost_race(why.state)) ends_.lose();
      throw;
    }
    may_be_stored_ = false;
    ends_.lose();
    return {};
  }

  /// What later calls gain by it.
  void remember(const connection& on, const batch_answer& came) {
    if (commits_.size() == 1 && detail::is_plain_event(*commits_.front()) && came.is_stored()) {
      ends_.add(on.session(), commits_.front()->writes[0].stream, {came.head(), came.version()});
      known_head_ = came.head() + 1;
      return;
    }
    came.for_each_stored(commits_, [&](std::int64_t head, std::size_t size) {
      const auto count = static_cast<std::int64_t>(size);
      ends_.add_others(on.session(), head, count);
      known_head_ = head + count;
    });
  }

  /// The statement that does least for this group; its parameters are set, and it is prepared.
  const statement& prepare_group(connection& on) {
    const statement* which = &detail::append;
    if (commits_.size() == 1 && detail::is_single_event(*commits_.front())) {
      which = &detail::append_one;
      const std::int64_t expected = detail::expectation(commits_.front()->writes[0].expected);
      detail::add_single_event(
          *commits_.front(), expected, known_head_, parameters_,
          [this](auto tags) { parameters_.add(std::string_view{detail::joined(tags)}); });
    } else if (!pool_->is_fenced() && detail::are_single_events(commits_)) {
      which = &detail::append_each;
      detail::add_single_events(commits_, known_head_, parameters_);
    } else {
      detail::append_parameters{commits_, parameters_}.build(known_head_);
    }
    on.prepare(*which);
    return *which;
  }

  /// Has the server store the group; alone it is a transaction of its own.
  batch_answer send(connection& on) {
    (void)on.has_warned();
    if (!pool_->how().inline_projection) return store_group(on);
    may_be_stored_ = false;
    on.execute("begin");
    try {
      batch_answer came = store_group(on);
      project(on, came);
      if (!on.is_in_transaction())
        throw error{errc::io_failed, on.place() +
                                         ": the inline projection left a transaction that cannot "
                                         "be committed; nothing is stored"};
      (void)on.has_warned(); // of its own statements
      may_be_stored_ = true;
      on.execute("commit");
      return came;
    } catch (...) {
      try {
        on.execute("rollback");
      } catch (const error&) { // the connection is gone, and the transaction with it
      }
      throw;
    }
  }

  batch_answer store_group(connection& on) {
    const answer came = on.execute(*statement_, parameters_);
    return statement_ == &detail::append ? batch_answer{came}
                                         : batch_answer::of_single_events(came);
  }

  /// Tells who listens, where the commits themselves cannot.
  void notify(connection& on, const batch_answer& came) const noexcept {
    try {
      std::int64_t last = 0;
      came.for_each_stored(commits_, [&](std::int64_t head, std::size_t count) {
        last = head + static_cast<std::int64_t>(count);
      });
      if (last != 0) on.execute(detail::notify_head, parameters{}.add(last));
    } catch (const std::exception&) { // they ask now and then
    }
  }

  /// Shows what was stored to the program, as it is stored.
  void project(connection& on, const batch_answer& came) const {
    parameters ranges;
    ranges.begin_array(element::bigint);
    came.for_each_stored(commits_,
                         [&](std::int64_t head, std::size_t) { ranges.element_of(head); });
    ranges.end_array();
    ranges.begin_array(element::bigint);
    came.for_each_stored(commits_, [&](std::int64_t head, std::size_t count) {
      ranges.element_of(head + static_cast<std::int64_t>(count));
    });
    ranges.end_array();
    const answer rows = on.execute(detail::read_ranges(), ranges);
    if (rows.size() == 0) return;
    event_batch events;
    for (int row = 0; row < rows.size(); ++row) events.add(rows, row);
    transaction inside{on};
    pool_->how().inline_projection(inside, events.lend());
  }

  static void leave_in_doubt(std::span<pending* const> members, const char* what,
                             const error& why) {
    for (pending* one : members)
      one->failure = std::make_exception_ptr(detail::in_doubt({&one->commit, 1}, what, why));
  }

  std::shared_ptr<connection_pool> pool_;
  std::mutex mutex_; // guards what follows
  std::shared_ptr<group> collecting_ = std::make_shared<group>();
  std::condition_variable room_;       // of those who would join a full group
  std::condition_variable look_again_; // of who leads the group that is collected
  bool is_at_server_ = false;          // the group before it
  std::size_t due_back_ = 0;           // how many there will be when all who were let go are back
  clock::duration last_call_{};

  std::vector<const commit_view*> commits_; // of the thread that leads
  parameters parameters_;                   // so are these
  std::int64_t known_head_ = 0;             // as of the last commit, a hint to the server
  known_ends ends_;                         // of the session of the last commit
  const statement* statement_ = nullptr;    // that these are of
  bool may_be_stored_ = false;              // if the connection is lost now
};

} // namespace evstore::postgres

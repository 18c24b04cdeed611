#pragma once

#include <evstore/commit_draft.hpp>
#include <evstore/convex/chain_length.hpp>
#include <evstore/convex/foreseen_log.hpp>
#include <evstore/generate_event_id.hpp>
#include <evstore/pending_append.hpp>
#include <evstore/query.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

/// Appends that one thread begins, each on the store as those before it will leave it, and that another
/// thread waits for. For every adapter: what differs is how far ahead of the store the first may be.

namespace evstore::convex {

/// What a ticket throws whose commit is not stored because another program was faster.
struct overtaken : std::exception {
  [[nodiscard]] const char* what() const noexcept override {
    return "another program has appended in between";
  }
};

/// Of an adapter that can append without waiting, or else can only append and wait: then the commit is
/// stored, or not, before `begin` returns.
template <class Set, class Adapter>
class appends_ahead {
  static auto begin_append(Adapter& log, const commit_view& commit) {
    if constexpr (async_adapter<Adapter>)
      return log.append_async(commit);
    else
      return completed_append{log.append(commit)};
  }

public:
  using ticket =
      decltype(begin_append(std::declval<Adapter&>(), std::declval<const commit_view&>()));

  struct begun {
    commit_view commit;   ///< as it will be stored; borrowed from the draft, or from the ticket
    append_result judged; ///< what becomes of it unless it, or one before it, fails to be stored
    std::optional<ticket> stored; ///< absent: there is nothing to wait for
  };

  explicit appends_ahead(Adapter log) : log_{std::move(log)} {}

  /// Begins to append a commit that was decided on the store at `ahead`, on condition that nothing else
  /// is appended between.
  begun begin(draft_lease<Set>& draft, global_position ahead) {
    draft->require(query::all(), ahead);
    const commit_view commit = draft->view();
    ticket stored = begin_append(log_, commit);
    append_result judged = stored.judged();
    return {commit, std::move(judged), std::move(stored)};
  }

  /// What is begun next is decided on what is stored. While nothing is in flight.
  void begin_anew() noexcept {}

private:
  Adapter log_;
};

/// Of an adapter that stores chains of commits. While one is on its way, the next is put together. When
/// another program was faster than one of them, all that was begun since is not stored, and throws
/// `overtaken`, until `begin_anew`.
///
/// A chain is sent by whoever waits for it, so there is no thread for that; `wait` is for one thread, as
/// `begin` is for another.
template <class Set, chain_adapter Adapter>
  requires(!async_adapter<Adapter>)
class appends_ahead<Set, Adapter> {
  class chain;

public:
  class ticket {
  public:
    /// Of a commit that is stored.
    ticket() noexcept = default;
    ticket(appends_ahead& through, std::shared_ptr<chain> mine) noexcept
        : through_{&through}, chain_{std::move(mine)} {}

    [[nodiscard]] bool is_ready() const noexcept { return !chain_ || chain_->has_ended; }
    void wait() const {
      if (!is_ready()) through_->send(chain_);
    }
    void get() const {
      wait();
      if (chain_ && chain_->failure) std::rethrow_exception(chain_->failure);
    }

  private:
    appends_ahead* through_ = nullptr;
    std::shared_ptr<chain> chain_;
  };

  struct begun {
    commit_view commit;
    append_result judged;
    std::optional<ticket> stored;
  };

  explicit appends_ahead(Adapter log) : log_{log}, foreseen_{std::move(log)} {}

  begun begin(draft_lease<Set>& draft, global_position ahead) {
    const commit_view commit = draft->view();
    require_valid(commit);
    if (is_to_be_alone(commit)) return append_alone(draft, ahead);
    foreseen_.be_at(ahead);
    append_result judged = admit(foreseen_, commit);
    if (!judged) return {commit, std::move(judged), std::nullopt};
    foreseen_.take_in(commit);
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !next_ || !next_->is_full(length_.most()); });
    if (!next_) next_ = std::make_shared<chain>(ahead);
    const commit_view kept = next_->add(std::move(draft), commit, *judged);
    return {kept, std::move(judged), ticket{*this, next_}};
  }

  void begin_anew() {
    foreseen_.forget();
    const std::lock_guard lock{mutex_};
    broken_by_ = nullptr;
  }

private:
  class chain {
  public:
    explicit chain(global_position begins_after) : after{begins_after} {}

    /// Keeps the commit, and gives it back as it is kept: whatever it expected of its streams, it now
    /// says their versions, which spares the store finding them out.
    commit_view add(draft_lease<Set> draft, const commit_view& commit,
                    const append_receipt& judged) {
      drafts_.push_back(std::move(draft));
      auto& writes = writes_.emplace_back(commit.writes.begin(), commit.writes.end());
      for (std::size_t i = 0; i < writes.size(); ++i) {
        const std::uint64_t before = judged.versions[i].value() - writes[i].events.size();
        writes[i].expected = before == 0 ? no_stream : exactly(before);
      }
      if (commits_.empty()) make_recognisable(writes);
      commits_.push_back({writes, {}});
      evstore::detail::for_each_event(commit, [this](const new_event& event, std::string_view) {
        bytes_ += event.data.text().size() + event.metadata.text().size();
      });
      return commits_.back();
    }
    [[nodiscard]] bool is_full(std::size_t most) const noexcept {
      return commits_.size() >= most || bytes_ >= most_bytes;
    }
    [[nodiscard]] std::span<const commit_view> commits() const noexcept { return commits_; }

    const global_position after;
    std::exception_ptr failure; // these two are for who waits
    bool has_ended = false;

  private:
    static constexpr std::size_t most_bytes = std::size_t{1} << 23;

    /// Gives the first event an id, by which the chain is known again if it is not known whether it was
    /// stored.
    void make_recognisable(std::span<stream_write> writes) {
      const auto first = std::find_if(writes.begin(), writes.end(),
                                      [](const auto& write) { return !write.events.empty(); });
      events_.assign(first->events.begin(), first->events.end());
      events_.front().id = generate_event_id();
      first->events = events_;
    }

    std::vector<draft_lease<Set>> drafts_; // that have all the bytes
    std::vector<std::vector<stream_write>> writes_;
    std::vector<new_event> events_; // of the first write that has some
    std::vector<commit_view> commits_;
    std::size_t bytes_ = 0;
  };

  static constexpr int most_attempts = 5;
  static constexpr std::size_t most_streams = 100'000; // to know the ends of

  /// Commits with ids may be stored already, which only the log can say.
  bool is_to_be_alone(const commit_view& commit) {
    if (!log_.can_append_chains() || commit.event_count() == 0 || !commit.conditions.empty())
      return true;
    bool has_ids = false;
    evstore::detail::for_each_event(
        commit, [&](const new_event& event, std::string_view) { has_ids = has_ids || event.id; });
    const std::lock_guard lock{mutex_};
    return has_ids || length_.is_alone() || foreseen_.size() >= most_streams;
  }

  /// When all before it are stored. Of its streams, and all others, the log is asked again.
  begun append_alone(draft_lease<Set>& draft, global_position ahead) {
    {
      std::unique_lock lock{mutex_};
      changed_.wait(lock, [this] { return !next_ && !is_at_store_; });
      if (broken_by_) throw overtaken{};
    }
    draft->require(query::all(), ahead);
    const commit_view commit = draft->view();
    append_result judged = log_.append(commit);
    foreseen_.forget();
    const std::lock_guard lock{mutex_};
    if (judged)
      length_.stored();
    else if (judged.error().reason == append_conflict::kind::condition)
      length_.overtaken();
    return {commit, std::move(judged), ticket{}};
  }

  void send(const std::shared_ptr<chain>& one) {
    {
      const std::lock_guard lock{mutex_};
      if (next_ == one) next_.reset();
      is_at_store_ = true;
      one->failure = broken_by_;
    }
    changed_.notify_all();
    if (!one->failure) one->failure = store(*one);
    {
      const std::lock_guard lock{mutex_};
      if (!broken_by_) broken_by_ = one->failure;
      is_at_store_ = false;
    }
    one->has_ended = true;
    changed_.notify_all();
  }

  /// Why it is not stored, if it is not.
  std::exception_ptr store(const chain& one) {
    try {
      const bool is_stored = append_chain(one);
      const std::lock_guard lock{mutex_};
      is_stored ? length_.stored() : length_.overtaken();
      return is_stored ? nullptr : std::make_exception_ptr(overtaken{});
    } catch (const error& why) {
      const bool is_too_long = why.code() == errc::cancelled;
      if (one.commits().size() == 1 || (why.retryable() && !is_too_long))
        return std::current_exception();
      const std::lock_guard lock{mutex_};
      is_too_long ? length_.overtaken() : length_.failed();
      return std::make_exception_ptr(overtaken{});
    } catch (...) {
      return std::current_exception();
    }
  }

  /// Asks again what became of it, as long as nobody knows.
  bool append_chain(const chain& one) {
    std::optional<error> doubt;
    for (int attempt = 1;; ++attempt) {
      try {
        return log_.append_chain(one.commits(), one.after);
      } catch (const error& why) {
        if (why.code() == errc::append_in_doubt) doubt = why;
        if (!doubt) throw;
        if (attempt == most_attempts) throw error{*doubt};
      }
    }
  }

  Adapter log_;
  foreseen_log<Adapter> foreseen_; // of the thread that begins

  std::mutex mutex_; // guards what follows
  std::condition_variable changed_;
  std::shared_ptr<chain> next_; // that is put together
  bool is_at_store_ = false;    // another one
  std::exception_ptr broken_by_;
  chain_length length_;
};

} // namespace evstore::convex

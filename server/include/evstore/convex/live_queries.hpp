#pragma once

#include <evstore/convex/answer.hpp>
#include <evstore/convex/encode.hpp>
#include <evstore/convex/functions.hpp>
#include <evstore/convex/read_set.hpp>
#include <evstore/convex/sync_message.hpp>
#include <evstore/convex/wake.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace evstore::convex {

/// The queries that clients are subscribed to. Those with the same function and arguments are one: it
/// runs once for each state in which what it read has changed, and its result is there once, however
/// many have subscribed to it.
///
/// Results are asked for by those who hold the lock of the model as readers, and changes noted by whoever
/// holds it as a writer; everything else is any thread's.
class live_queries {
public:
  class live_query {
  public:
    live_query(function_call asked, std::optional<std::string> first_journal)
        : call{std::move(asked)}, journal{std::move(first_journal)} {}

    const function_call call;

  private:
    friend live_queries;

    std::mutex running; // guards what follows, except from writers of the model
    std::optional<std::string> journal;
    shared_text newest;
    std::vector<rows_read> reads;
    bool is_stale = true;

    std::mutex listening; // guards what follows
    std::multiset<wake_call> wakes;
  };

  /// A subscription, until it is destroyed.
  class watch {
  public:
    watch(std::shared_ptr<live_query> of, wake_call wake)
        : query_{std::move(of)}, wake_{std::move(wake)} {
      const std::lock_guard lock{query_->listening};
      query_->wakes.insert(wake_);
    }
    watch(watch&&) noexcept = default;
    watch& operator=(watch&& other) noexcept {
      std::swap(query_, other.query_);
      std::swap(wake_, other.wake_);
      return *this;
    }
    ~watch() {
      if (!query_) return;
      const std::lock_guard lock{query_->listening};
      query_->wakes.erase(query_->wakes.find(wake_));
    }

    [[nodiscard]] live_query& query() const noexcept { return *query_; }

  private:
    std::shared_ptr<live_query> query_;
    wake_call wake_;
  };

  /// `journal`: what an earlier subscription to the same query left. `wake` is called after each commit
  /// that may have changed the result.
  [[nodiscard]] watch subscribe(const function_call& call, std::optional<std::string> journal,
                                wake_call wake) {
    std::string key = canonical_path(call.path);
    key.push_back(call.from_program ? '\1' : '\0'); // what a client may see is another thing
    encode(call.arguments, key);
    if (journal) key.append(1, '\0').append(*journal);
    std::shared_ptr<live_query> query;
    const std::lock_guard lock{mutex_};
    auto& known = all_[key];
    query = known.lock();
    if (!query) {
      query = {new live_query{call, std::move(journal)},
               [this, key](live_query* gone) { forget(gone, key); }};
      known = query;
    }
    return {query, std::move(wake)};
  }

  /// The result on the model as it is: what is known already, or what `run` answers, which is then run
  /// for all. `records`: whether the model tells what is read of it.
  template <class Run>
  shared_text current(live_query& query, bool records, Run&& run) {
    const std::lock_guard lock{query.running};
    if (!query.is_stale) return query.newest;
    ++runs_;
    query_run recorded{query.journal};
    const result<value, function_error> outcome = std::forward<Run>(run)(query.call);
    std::string text = write_query_result(outcome, recorded.journal);
    query.journal = std::move(recorded.journal);
    remember_reads(query,
                   records ? std::move(recorded.reads) : std::vector{rows_read{nullptr, {}}});
    if (!query.newest || *query.newest != text)
      query.newest = std::make_shared<const std::string>(std::move(text));
    query.is_stale = false;
    return query.newest;
  }

  /// Makes changes to the model, noting which results they make stale. Returns whom to wake when the
  /// model can be read again.
  template <class Change>
  [[nodiscard]] std::vector<wake_call> note_changes(bool records, Change&& change) {
    std::set<wake_call> woken;
    const std::lock_guard lock{mutex_};
    const auto stale = [&](live_query& query) {
      query.is_stale = true;
      const std::lock_guard listening{query.listening};
      woken.insert(query.wakes.begin(), query.wakes.end());
    };
    const change_run noting{[&](const void* table, const void* row) {
      const auto readers = readers_.find(table);
      if (readers == readers_.end()) return;
      for (live_query* const query : readers->second)
        if (!query->is_stale && is_read(*query, table, row)) stale(*query);
    }};
    std::forward<Change>(change)();
    if (!records) change_run::note(nullptr, nullptr);
    return {woken.begin(), woken.end()};
  }

  /// How often a query was run, and how many there are.
  [[nodiscard]] std::size_t runs() const noexcept { return runs_; }
  [[nodiscard]] std::size_t size() {
    const std::lock_guard lock{mutex_};
    return all_.size();
  }

private:
  static bool is_read(const live_query& query, const void* table, const void* row) {
    return std::any_of(query.reads.begin(), query.reads.end(), [&](const rows_read& read) {
      return read.table == table && (row == nullptr || !read.covers || read.covers(row));
    });
  }

  void remember_reads(live_query& query, std::vector<rows_read> reads) {
    const std::lock_guard lock{mutex_};
    forget_reads(query);
    for (const rows_read& read : reads) readers_[read.table].insert(&query);
    query.reads = std::move(reads);
  }
  void forget_reads(live_query& query) {
    for (const rows_read& read : query.reads) {
      const auto readers = readers_.find(read.table);
      if (readers == readers_.end()) continue;
      readers->second.erase(&query);
      if (readers->second.empty()) readers_.erase(readers);
    }
  }

  void forget(live_query* gone, const std::string& key) {
    const std::unique_ptr<live_query> owned{gone};
    const std::lock_guard lock{mutex_};
    forget_reads(*gone);
    const auto known = all_.find(key);
    if (known != all_.end() && known->second.expired()) all_.erase(known);
  }

  std::mutex mutex_; // guards what follows; behind `running`, before `listening`
  std::unordered_map<std::string, std::weak_ptr<live_query>> all_;
  std::unordered_map<const void*, std::unordered_set<live_query*>> readers_;
  std::atomic<std::size_t> runs_{0};
};

} // namespace evstore::convex

#pragma once

#include <evstore/adapter.hpp>

#include <chrono>
#include <concepts>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace evstore::cli {

/// A cursor of whichever adapter. One virtual call a batch.
class any_cursor {
public:
  template <class Cursor>
    requires(!std::same_as<Cursor, any_cursor> && event_cursor<Cursor>)
  explicit any_cursor(Cursor cursor)
      : cursor_{std::make_unique<model<Cursor>>(std::move(cursor))} {}

  [[nodiscard]] std::span<const event_view> next() { return cursor_->next(); }

private:
  struct concept_t {
    virtual ~concept_t() = default;
    virtual std::span<const event_view> next() = 0;
  };
  template <class Cursor>
  struct model final : concept_t {
    explicit model(Cursor erased) : cursor{std::move(erased)} {}
    std::span<const event_view> next() override { return cursor.next(); }
    Cursor cursor;
  };

  std::unique_ptr<concept_t> cursor_;
};

/// A store of whichever adapter, chosen when the program runs; an adapter itself, so everything in
/// the library that works on adapters works on it, and is compiled once. What is documented at the
/// `adapter` concept holds.
class any_store {
public:
  template <class Adapter>
    requires(!std::same_as<Adapter, any_store> && adapter<Adapter>)
  explicit any_store(Adapter store) : store_{std::make_shared<model<Adapter>>(std::move(store))} {}

  append_result append(const commit_view& commit) { return store_->append(commit); }
  [[nodiscard]] bool import_commits(std::span<const commit_view> commits) {
    return store_->import_commits(commits);
  }
  [[nodiscard]] any_cursor read_stream(std::string_view stream, const stream_range& range) const {
    return store_->read_stream(stream, range);
  }
  [[nodiscard]] any_cursor read_all(const query& which, const store_range& range) const {
    return store_->read_all(which, range);
  }
  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    return store_->state_of(stream);
  }
  [[nodiscard]] global_position head() const { return store_->head(); }
  [[nodiscard]] global_position wait_beyond(global_position after,
                                            std::chrono::milliseconds patience) const {
    return store_->wait_beyond(after, patience);
  }
  void save_snapshot(std::string_view key, const snapshot_view& snapshot) {
    store_->save_snapshot(key, snapshot);
  }
  [[nodiscard]] snapshot_lookup load_snapshot(std::string_view key) const {
    return store_->load_snapshot(key);
  }

private:
  struct concept_t {
    virtual ~concept_t() = default;
    virtual append_result append(const commit_view&) = 0;
    virtual bool import_commits(std::span<const commit_view>) = 0;
    virtual any_cursor read_stream(std::string_view, const stream_range&) = 0;
    virtual any_cursor read_all(const query&, const store_range&) = 0;
    virtual stream_state state_of(std::string_view) = 0;
    virtual global_position head() = 0;
    virtual global_position wait_beyond(global_position, std::chrono::milliseconds) = 0;
    virtual void save_snapshot(std::string_view, const snapshot_view&) = 0;
    virtual snapshot_lookup load_snapshot(std::string_view) = 0;
  };
  template <class Adapter>
  struct model final : concept_t {
    explicit model(Adapter erased) : store{std::move(erased)} {}
    append_result append(const commit_view& commit) override { return store.append(commit); }
    bool import_commits(std::span<const commit_view> commits) override {
      if constexpr (importer<Adapter>)
        return store.import_commits(commits);
      else
        return false;
    }
    any_cursor read_stream(std::string_view stream, const stream_range& range) override {
      return any_cursor{store.read_stream(stream, range)};
    }
    any_cursor read_all(const query& which, const store_range& range) override {
      return any_cursor{store.read_all(which, range)};
    }
    stream_state state_of(std::string_view stream) override { return store.state_of(stream); }
    global_position head() override { return store.head(); }
    global_position wait_beyond(global_position after,
                                std::chrono::milliseconds patience) override {
      return store.wait_beyond(after, patience);
    }
    void save_snapshot(std::string_view key, const snapshot_view& snapshot) override {
      store.save_snapshot(key, snapshot);
    }
    snapshot_lookup load_snapshot(std::string_view key) override {
      return store.load_snapshot(key);
    }
    Adapter store;
  };

  std::shared_ptr<concept_t> store_;
};

} // namespace evstore::cli

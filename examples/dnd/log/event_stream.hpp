#pragma once

#include "log/access.hpp"
#include "schema.hpp"

#include <evstore/envelope.hpp>
#include <evstore/event_record.hpp>
#include <evstore/json/read.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/store.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace dnd {

using stored_event = evstore::typed_event<campaign_events>;

/// A log file that has one stream. One thread at a time; what goes wrong is an `evstore::error`.
class event_stream {
public:
  /// Opens what is there. `create`: also what is not.
  event_stream(const std::filesystem::path& path, access how, bool create = false);

  /// What the log's first event says; empty if there is none.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// For a log without events.
  void set_name(std::string name) { name_ = std::move(name); }

  /// How many events there were when it was opened, and were appended since.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] const std::vector<std::string>& warnings() const {
    return store_.adapter().report().warnings;
  }

  /// Events in one commit: first copies of stored ones, which keep their times, then new ones.
  /// Durable when it returns.
  void append(std::span<const evstore::event_record> copied,
              const std::vector<evstore::envelope<event>>& made);

  /// The events from the `first` one on, which counts from 1.
  [[nodiscard]] auto read_from(std::uint64_t first) const {
    return store_.read_all({.from = evstore::global_position{first}, .limit = left_from(first)});
  }
  [[nodiscard]] std::optional<evstore::event_record> event_at(std::uint64_t which) const;
  [[nodiscard]] std::vector<evstore::event_record> all() const;

private:
  [[nodiscard]] std::uint64_t left_from(std::uint64_t first) const noexcept {
    return first > size_ ? 0 : size_ - first + 1;
  }

  std::filesystem::path path_;
  mutable evstore::store<campaign_events, evstore::jsonl::adapter> store_; // its reads are const
  std::string name_;
  std::uint64_t size_ = 0;
};

} // namespace dnd

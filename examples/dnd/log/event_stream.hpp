#pragma once

#include "log/access.hpp"
#include "log/server_log.hpp"
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
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dnd {

/// What the name of a campaign's stream begins with, before its id.
inline constexpr std::string_view campaign_stream_prefix = "campaign-";

using stored_event = evstore::typed_event<campaign_events>;

/// A log that has one stream, in a file or on a server. One thread at a time; what goes wrong is an
/// `evstore::error`.
class event_stream {
public:
  /// Opens the file that is there. `create`: also one that is not.
  event_stream(const std::filesystem::path& path, access how, bool create = false);
  /// Opens the campaign's log, wherever it is kept. On a server, any number of programs may have it
  /// open to write: who appends what another has not seen yet is told so, and nothing is stored.
  event_stream(campaign_place place, access how);

  /// What the log's first event says; empty if there is none.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  /// For a log without events.
  void set_name(std::string name) { name_ = std::move(name); }

  /// How many events there were when it was opened, and were appended since.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::vector<std::string> warnings() const;

  /// Events in one commit: first copies of stored ones, which keep their times, then new ones.
  /// Durable when it returns.
  void append(std::span<const evstore::event_record> copied,
              const std::vector<evstore::envelope<event>>& made);

  /// Calls `see(stored)` for the events from the `first` one on, which counts from 1, until it answers
  /// false. Whether it never did.
  template <class See>
  bool read_from(std::uint64_t first, See&& see) const {
    return std::visit(
        [&](auto& store) {
          for (auto&& stored :
               store.read_all({.from = evstore::global_position{first}, .limit = left_from(first)}))
            if (!see(stored)) return false;
          return true;
        },
        store_);
  }
  [[nodiscard]] std::optional<evstore::event_record> event_at(std::uint64_t which) const;
  [[nodiscard]] std::vector<evstore::event_record> all() const;

private:
  using any_log = std::variant<evstore::store<campaign_events, evstore::jsonl::adapter>
#ifdef DND_HAS_POSTGRES
                               ,
                               evstore::store<campaign_events, evstore::postgres::adapter>
#endif
                               >;

  event_stream(std::filesystem::path path, any_log store);
  [[nodiscard]] std::uint64_t left_from(std::uint64_t first) const noexcept {
    return first > size_ ? 0 : size_ - first + 1;
  }

  std::filesystem::path path_;
  mutable any_log store_; // its reads are const
  std::string name_;
  std::uint64_t size_ = 0;
};

} // namespace dnd

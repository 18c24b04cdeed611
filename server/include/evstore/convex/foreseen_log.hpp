#pragma once

#include <evstore/admission.hpp>
#include <evstore/commit.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace evstore::convex {

/// A log as it will be when the commits that are on their way to it are stored: for those without ids
/// and conditions, models `commit_index`. The log is asked once for each stream that a commit names,
/// and what it says is only right if nobody else appends: then so are the verdicts. One thread.
template <class Adapter>
class foreseen_log {
public:
  explicit foreseen_log(Adapter log) : log_{std::move(log)} {}

  [[nodiscard]] global_position head() const noexcept { return head_; }
  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    const auto known = states_.find(stream);
    if (known != states_.end()) return known->second;
    return states_.emplace(stream, log_.state_of(stream)).first->second;
  }
  [[nodiscard]] static std::optional<event_record> find_event(std::string_view, const event_id&) {
    return std::nullopt;
  }
  [[nodiscard]] static std::optional<global_position> first_match(const query&, global_position) {
    return std::nullopt;
  }

  void be_at(global_position head) noexcept { head_ = head; }
  /// A commit that was admitted.
  void take_in(const commit_view& commit) {
    for (const stream_write& write : commit.writes) {
      stream_state state = state_of(write.stream);
      for (const new_event& event : write.events)
        state = state.after(event.type, event.data.text());
      states_.insert_or_assign(std::string{write.stream}, state);
    }
    head_ = global_position{head_.value() + commit.event_count()};
  }
  /// As others may have appended, or what was taken in is not stored.
  void forget() noexcept { states_.clear(); }
  [[nodiscard]] std::size_t size() const noexcept { return states_.size(); }

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  mutable Adapter log_;
  global_position head_;
  mutable std::unordered_map<std::string, stream_state, text_hash, std::equal_to<>> states_;
};

} // namespace evstore::convex

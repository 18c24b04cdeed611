#pragma once

#include <evstore/admission.hpp>
#include <evstore/jsonl/pending_batch.hpp>
#include <evstore/jsonl/record_fetch.hpp>
#include <evstore/jsonl/shared_log.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace evstore::jsonl {

/// The log as the next commit finds it: what is stored and what is pending. Models `commit_index`.
/// Made for one commit, and asked within `shared_log::ask`, under the writer's mutex. A batch may be in
/// the index already.
template <file_calls Files>
class pending_view {
public:
  /// `end` is that of all that is pending; `syncing` may be null.
  pending_view(const shared_log<Files>& log, record_fetch<Files>& fetch, std::uint64_t end,
               const pending_batch* syncing, const pending_batch& collecting)
      : log_{log}, fetch_{fetch}, end_{end}, syncing_{syncing}, collecting_{collecting} {}

  [[nodiscard]] global_position head() const { return global_position{end_}; }

  /// Asked for the stream that was asked for last, as a commit to one is, it need not look again.
  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    if (stream.data() != last_.data() || stream.size() != last_.size()) {
      last_state_ = find_state(stream);
      last_ = stream;
    }
    return last_state_;
  }

  [[nodiscard]] std::optional<event_record> find_event(std::string_view stream,
                                                       const event_id& id) const {
    std::optional<event_record> found = collecting_.find_event(stream, id);
    if (!found && syncing_ != nullptr) found = syncing_->find_event(stream, id);
    if (found) return found;
    log_.index.find_id(stream, id, [&](std::uint32_t position) {
      const located at = log_.locate(position);
      const event_view event = fetch_.fetch({&at, 1}).front();
      if (event.id == id && event.stream == stream) found.emplace(event);
      return found.has_value();
    });
    return found;
  }

  [[nodiscard]] std::optional<global_position> first_match(const query& which,
                                                           global_position after) const {
    if (const auto found = log_.index.first_match(which, after.value()))
      return global_position{*found};
    std::optional<global_position> found;
    if (syncing_ != nullptr) found = syncing_->first_match(which, after);
    return found ? found : collecting_.first_match(which, after);
  }

private:
  [[nodiscard]] stream_state find_state(const hashed_text& stream) const {
    if (const auto found = collecting_.state_of(stream)) return *found;
    if (syncing_ != nullptr)
      if (const auto found = syncing_->state_of(stream)) return *found;
    return log_.index.state_of(stream);
  }

  const shared_log<Files>& log_;
  record_fetch<Files>& fetch_;
  std::uint64_t end_;
  const pending_batch* syncing_;
  const pending_batch& collecting_;
  mutable std::string_view last_; // of the commit that is judged, so it stays where it is
  mutable stream_state last_state_;
};

} // namespace evstore::jsonl

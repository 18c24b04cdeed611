#pragma once

#include <evstore/adapter.hpp>
#include <evstore/decode.hpp>
#include <evstore/log_digest.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore {

/// How far a transfer has come.
struct transfer_progress {
  std::uint64_t events = 0; ///< compared or copied so far
  global_position at{};     ///< of the last of them, in the source
  global_position head{};   ///< of the source when the transfer began
};

struct transfer_options {
  /// Called after the commit that completes each further `progress_every` events, and at the end.
  std::function<void(const transfer_progress&)> progress{};
  std::uint64_t progress_every = 10'000;
  /// Whether the destination is read back in full and its digest compared.
  bool verify = true;
};

/// What a transfer has done.
struct transfer_report {
  std::uint64_t found = 0;  ///< events that the destination had already
  std::uint64_t copied = 0; ///< events that were appended to it
  log_digest source{};
  std::optional<log_digest> destination{}; ///< equal to `source`; absent without `verify`
};

namespace detail {

/// Pulls a log commit by commit, as far as its events are still shown. Owns the events of the
/// commit at hand, because a commit may cross the cursor's batches.
template <event_cursor Cursor>
class commit_reader {
public:
  explicit commit_reader(Cursor cursor) : cursor_{std::move(cursor)} {}

  /// The next commit, good until the next call; empty at the end.
  std::span<const event_record> next() {
    std::size_t size = 0;
    for (const event_view* event = peek(); event; event = peek()) {
      if (size != 0 && !is_same_commit(records_[size - 1], *event)) break;
      if (size == records_.size()) records_.emplace_back();
      records_[size++] = event_record{*event};
      ++at_;
    }
    return {records_.data(), size};
  }

private:
  const event_view* peek() {
    if (at_ == batch_.size()) {
      batch_ = cursor_.next();
      at_ = 0;
    }
    return at_ < batch_.size() ? &batch_[at_] : nullptr;
  }

  /// Events of one commit stand behind each other; some of them may be hidden by now.
  static bool is_same_commit(const event_record& a, const event_view& b) noexcept {
    return b.commit.count == a.commit.count && b.commit.index > a.commit.index &&
           b.position.value() - a.position.value() == b.commit.index - a.commit.index;
  }

  Cursor cursor_;
  std::span<const event_view> batch_{};
  std::size_t at_ = 0;
  std::vector<event_record> records_;
};

template <adapter Adapter>
auto read_commits(Adapter& store) {
  return commit_reader{store.read_all(query::all(), {})};
}

inline void add_commit(log_digest& digest, std::span<const event_record> commit) {
  for (std::size_t i = 0; i < commit.size(); ++i)
    digest.add(commit[i],
               {static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(commit.size())});
}

template <adapter Adapter>
log_digest digest_of(Adapter& store) {
  log_digest digest;
  auto commits = read_commits(store);
  for (auto commit = commits.next(); !commit.empty(); commit = commits.next())
    add_commit(digest, commit);
  return digest;
}

[[noreturn]] inline void throw_diverged(const event_record& event, std::string_view how) {
  error_place place;
  place.stream = event.stream;
  place.version = event.version.value();
  place.position = event.position.value();
  place.type = event.type;
  throw error{errc::corrupt,
              "the destination is not the beginning of the source: " + std::string{how} +
                  "; copy into an empty store",
              std::move(place)};
}

/// Everything but the position, and the place in the commit, which the digest settles.
inline bool is_same_event(const event_record& a, const event_view& b) noexcept {
  return a.stream == b.stream && a.version == b.version && a.type == b.type &&
         a.schema == b.schema && a.id == b.id && a.time == b.time && a.data == b.data &&
         a.metadata == b.metadata &&
         std::equal(a.tags.begin(), a.tags.end(), b.tags.begin(), b.tags.end());
}

/// Walks along a destination that an earlier transfer has filled in part.
template <adapter Source, class Cursor>
class prefix_check {
public:
  prefix_check(Source& source, Cursor cursor) : source_{&source}, cursor_{std::move(cursor)} {
    step();
  }

  /// True if the destination has the commit; false if it ends before it. Else it has diverged.
  bool has(std::span<const event_record> commit) {
    for (std::size_t i = 0; i < commit.size(); ++i) {
      while (at_ && !is_same_event(commit[i], *at_) && is_hidden(*at_)) step();
      if (!at_ && i == 0) return false;
      if (!at_) throw_diverged(commit[i], "it has only a part of a commit");
      if (!is_same_event(commit[i], *at_)) throw_diverged(commit[i], "it has another event here");
      step();
    }
    return true;
  }

  /// To be called when the source has no more.
  void require_end() {
    while (at_ && is_hidden(*at_)) step();
    if (at_) throw_diverged(event_record{*at_}, "it has an event that the source has not");
  }

private:
  /// What the source does not show any more, and what stands in its place in the destination.
  bool is_hidden(const event_view& event) const {
    return event.version < source_->state_of(event.stream).first;
  }

  void step() {
    if (next_ == batch_.size()) {
      batch_ = cursor_.next();
      next_ = 0;
    }
    at_ = next_ < batch_.size() ? &batch_[next_++] : nullptr;
  }

  Source* source_;
  Cursor cursor_;
  std::span<const event_view> batch_{};
  std::size_t next_ = 0;
  const event_view* at_ = nullptr;
};

/// Appends commits as they were, many at once where the destination can. What the source hides leaves
/// a gap in front of a stream; facts that hide themselves fill it, so that versions stay what they were.
template <adapter Source, adapter Destination>
class commit_copier {
public:
  commit_copier(Source& source, Destination& destination)
      : source_{&source}, destination_{&destination} {}

  void copy(std::span<const event_record> commit) {
    if constexpr (importer<Destination>) {
      for (const event_record& event : commit) held_bytes_ += event.data.size();
      held_.insert(held_.end(), commit.begin(), commit.end());
      ends_.push_back(held_.size());
      if (held_.size() >= most_held || held_bytes_ >= most_held_bytes) flush();
    } else {
      append(commit);
    }
  }

  /// Nothing that was given to `copy` is only here when it returns.
  void flush() {
    if constexpr (importer<Destination>) {
      if (held_.empty()) return;
      prepare(held_, ends_);
      if (!import_held()) {
        const std::span<const event_record> held{held_};
        std::size_t begin = 0;
        for (const std::size_t end : ends_) {
          append(held.subspan(begin, end - begin));
          begin = end;
        }
      }
      held_.clear();
      ends_.clear();
      held_bytes_ = 0;
    }
  }

private:
  static constexpr std::size_t most_held = 4096;
  static constexpr std::size_t most_held_bytes = std::size_t{4} << 20;

  void append(std::span<const event_record> commit) {
    const std::size_t end = commit.size();
    prepare(commit, {&end, 1});
    append_result appended = append_first(commit);
    while (!appended && fill_gap(commit, appended.error())) appended = append_first(commit);
    if (!appended) throw_diverged(commit.front(), appended.error().to_string());
    if (appended->replayed) throw_diverged(commit.front(), "it has this commit elsewhere");
  }

  append_result append_first(std::span<const event_record> commit) try {
    return destination_->append(commits_.front());
  } catch (const error& why) {
    if (!is_invalid(why)) throw;
    error_place place;
    place.stream = why.place().stream.empty() ? commit.front().stream : why.place().stream;
    place.type = why.place().type;
    place.position = commit.front().position.value();
    throw error{why.code(), "the source has a commit here that no append takes: " + why.message(),
                std::move(place)};
  }

  /// What no append takes: another program has written it.
  static bool is_invalid(const error& why) noexcept {
    return why.code() == errc::invalid_argument || why.code() == errc::invalid_payload;
  }

  /// All that is held, at once. False, and nothing done, if some of it has to go by itself.
  bool import_held() try {
    return destination_->import_commits(commits_);
  } catch (const error& why) {
    if (!is_invalid(why)) throw;
    return false;
  }

  /// Makes commits of events; `ends` are where they end.
  void prepare(std::span<const event_record> events, std::span<const std::size_t> ends) {
    events_.clear();
    writes_.clear();
    tags_.clear();
    commits_.clear();
    std::size_t tag_count = 0;
    for (const event_record& event : events) tag_count += event.tags.size();
    tags_.reserve(tag_count); // spans into all three are taken while they grow
    events_.reserve(events.size());
    writes_.reserve(events.size());
    for (const std::size_t end : ends) {
      const std::size_t first_write = writes_.size();
      while (events_.size() < end) add(events[events_.size()], first_write);
      commits_.push_back({{writes_.data() + first_write, writes_.size() - first_write}, {}});
    }
  }

  /// An event of the commit whose writes begin there.
  void add(const event_record& event, std::size_t first_write) {
    const std::size_t first_tag = tags_.size();
    tags_.insert(tags_.end(), event.tags.begin(), event.tags.end());
    const bool goes_on = writes_.size() > first_write && writes_.back().stream == event.stream;
    const std::size_t first =
        goes_on ? events_.size() - writes_.back().events.size() : events_.size();
    events_.push_back({.type = event.type,
                       .data = json_view::trusted(event.data),
                       .schema = event.schema,
                       .id = event.id,
                       .tags = {tags_.data() + first_tag, event.tags.size()},
                       .metadata = json_view::trusted(event.metadata),
                       .time = event.time});
    if (!goes_on) writes_.push_back({event.stream, exactly(event.version.value() - 1), {}});
    writes_.back().events = {events_.data() + first, events_.size() - first};
  }

  /// True if the conflict was a gap that the source hides, and the gap is filled now.
  bool fill_gap(std::span<const event_record> commit, const append_conflict& conflict) {
    if (conflict.reason != append_conflict::kind::version) return false;
    const stream_version begin = conflict.expected.version().next();
    const bool hidden = begin <= source_->state_of(conflict.what).first;
    if (conflict.actual >= conflict.expected.version() || !hidden) return false;
    const std::string data = truncated_data(begin);
    const new_event filler{
        .type = fact::truncated, .data = json_view::trusted(data), .time = commit.front().time};
    const std::vector<new_event> facts(filler_batch, filler);
    for (std::uint64_t last = conflict.actual.value(); last + 1 < begin.value();) {
      const std::uint64_t count = std::min<std::uint64_t>(filler_batch, begin.value() - 1 - last);
      const stream_write write{conflict.what, exactly(last), {facts.data(), count}};
      if (!destination_->append({{&write, 1}, {}})) return false;
      last += count;
    }
    return true;
  }

  static constexpr std::size_t filler_batch = 1024; // events in memory, however large the gap is

  Source* source_;
  Destination* destination_;
  std::vector<new_event> events_;
  std::vector<stream_write> writes_;
  std::vector<std::string_view> tags_;
  std::vector<commit_view> commits_;
  std::vector<event_record> held_; // for an importer
  std::vector<std::size_t> ends_;
  std::size_t held_bytes_ = 0;
};

} // namespace detail

/// Copies the log of one adapter to another: every event that the source shows when the copy
/// begins, with its stream, version, type, schema, id, time, tags, data and metadata, byte for
/// byte, in the same order and the same commits, facts of the library included. Positions are the
/// destination's own. Snapshots are not copied: they are derived.
///
/// Resumable: a destination that holds the beginning of the source already is compared event by
/// event and then continued. Throws `errc::corrupt` naming the first event where it is anything
/// else, or where another writer gets in between; what was copied stays. One append per commit, or
/// thousands of commits at once where the destination is an `importer`: open the destination with a
/// weaker durability than `sync` to go fast, and sync it afterwards.
template <adapter Source, adapter Destination>
transfer_report copy(Source& source, Destination& destination,
                     const transfer_options& options = {}) {
  transfer_report report;
  transfer_progress progress{.head = source.head()};
  auto commits = detail::read_commits(source);
  detail::prefix_check present{source, destination.read_all(query::all(), {})};
  detail::commit_copier copier{source, destination};

  bool resuming = true;
  std::uint64_t told = 0;
  for (auto commit = commits.next(); !commit.empty(); commit = commits.next()) {
    resuming = resuming && present.has(commit);
    if (!resuming) copier.copy(commit);
    (resuming ? report.found : report.copied) += commit.size();
    detail::add_commit(report.source, commit);
    progress.events += commit.size();
    progress.at = commit.back().position;
    if (options.progress && progress.events - told >= options.progress_every) {
      copier.flush();
      options.progress(progress);
      told = progress.events;
    }
  }
  copier.flush();
  if (resuming) present.require_end();
  if (options.verify) {
    report.destination = detail::digest_of(destination);
    if (*report.destination != report.source)
      throw error{errc::corrupt, "the destination differs from the source after the copy: digest " +
                                     report.destination->to_string() + " instead of " +
                                     report.source.to_string()};
  }
  if (options.progress) options.progress(progress);
  return report;
}

} // namespace evstore

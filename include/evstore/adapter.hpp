#pragma once

#include <evstore/commit.hpp>
#include <evstore/event_record.hpp>
#include <evstore/query.hpp>
#include <evstore/snapshot_record.hpp>
#include <evstore/stream_facts.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace evstore {

enum class direction : std::uint8_t { forwards, backwards };

/// Which part of a stream to read. A `from` before the first or behind the last event is no error:
/// the reader begins at the nearest event that lies in its direction.
struct stream_range {
  direction order = direction::forwards;
  std::optional<stream_version> from{}; ///< inclusive; absent: the end that the order begins at
  std::optional<std::uint64_t> limit{}; ///< the most events to read
};

/// Which part of the store to read; the same rules.
struct store_range {
  direction order = direction::forwards;
  std::optional<global_position> from{}; ///< inclusive; absent: the end that the order begins at
  std::optional<std::uint64_t> limit{};  ///< the most events that match
};

/// A pull cursor: each call lends the next batch of events, whose views stay valid until the next
/// call; an empty batch is the end, for good. Shows the store as it was when the cursor was made:
/// only whole commits, nothing that was appended and everything that was deleted later. Constant
/// memory. Movable; one thread at a time; may outlive the handle that made it. Failures are thrown
/// as `evstore::error` and never look like the end.
template <class C>
concept event_cursor = std::movable<C> && requires(C cursor) {
  { cursor.next() } -> std::same_as<std::span<const event_view>>;
};

/// A time to wait that every clock can add to now: at least none, at most a year. Callers may say
/// anything, such as `milliseconds::max()` for as long as it takes.
constexpr std::chrono::milliseconds bounded_patience(std::chrono::milliseconds patience) noexcept {
  constexpr std::chrono::milliseconds longest = std::chrono::hours{24 * 365};
  return patience.count() < 0 ? std::chrono::milliseconds{0}
         : patience < longest ? patience
                              : longest;
}

/// What every backend models: a handle, whose copies are the same store; it is closed with the last
/// of its handles and cursors. The semantics are those of `evstore::testing`'s conformance suite; in
/// short:
///
/// - `append` is all or nothing, durable as the adapter was opened, and judges the commit by the
///   rules in `admission.hpp`. It throws `error` for what the caller could not know (disk full, a
///   commit in doubt) and for a commit that could never be accepted (`errc::invalid_argument`).
/// - `read_stream` shows the events from `state_of(stream).first` on; `read_all` shows every event
///   that its stream still shows and the query matches, by position. Facts (`$…`) are shown too. A
///   stream that never had an event, or cannot have one because of its name, shows nothing.
/// - `head` is the position of the last event that readers can see; the origin if there is none.
/// - `wait_beyond` returns the head as soon as it is beyond `after`, or when the time is up, which it
///   is at once if there is none to wait.
/// - `save_snapshot` replaces what was under the key (see `require_snapshot_key`), also by an older
///   snapshot; a position beyond the head is refused. `load_snapshot` finds it again in every later
///   handle, if the adapter keeps anything.
///
/// All of these may be called from any number of threads at once.
template <class A>
concept adapter = std::copyable<A> &&
                  requires(A& store, const commit_view& commit, std::string_view text,
                           const stream_range& of_stream, const store_range& of_store,
                           const query& which, global_position after,
                           std::chrono::milliseconds patience, const snapshot_view& snapshot) {
                    { store.append(commit) } -> std::same_as<append_result>;
                    { store.read_stream(text, of_stream) } -> event_cursor;
                    { store.read_all(which, of_store) } -> event_cursor;
                    { store.state_of(text) } -> std::same_as<stream_state>;
                    { store.head() } -> std::same_as<global_position>;
                    { store.wait_beyond(after, patience) } -> std::same_as<global_position>;
                    { store.save_snapshot(text, snapshot) } -> std::same_as<void>;
                    { store.load_snapshot(text) } -> std::same_as<snapshot_lookup>;
                  };

/// An adapter that has a faster way for many commits at once, which `copy` takes. `import_commits`
/// either stores all of them as that many appends would, with the versions and times that they name, or
/// stores nothing and answers false, after which they are appended one by one: whenever one of them
/// would be refused, for example, or recognised. All or none even if the program ends meanwhile.
template <class A>
concept importer = adapter<A> && requires(A& store, std::span<const commit_view> commits) {
  { store.import_commits(commits) } -> std::same_as<bool>;
};

/// An adapter that stores commits which were decided one on the other, ahead of the store, though other
/// programs append to it as well. `append_chain` stores all of them as that many appends would, in their
/// order and durable together, if `after` is the head of the store when it is their turn: so whoever
/// decided on the store as it was at `after` knows all positions and versions beforehand. It stores
/// nothing and answers false if something else was appended, or if one of them would be refused or
/// recognised.
///
/// Throws what `append` throws. After `append_in_doubt` the same chain may be sent again with the same
/// `after`: nothing is stored twice, and if the first event of the chain has an id that no other event
/// has, the answer says whether all of it is stored. It needs no other ids for that.
///
/// `can_append_chains` says whether there is any use in trying: false, always, where positions have gaps,
/// or commits can only be stored one by one for another reason.
template <class A>
concept chain_adapter =
    adapter<A> && requires(A& store, std::span<const commit_view> chain, global_position after) {
      { store.append_chain(chain, after) } -> std::same_as<bool>;
      { store.can_append_chains() } -> std::same_as<bool>;
    };

} // namespace evstore

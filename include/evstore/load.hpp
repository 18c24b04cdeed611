#pragma once

#include <evstore/adapter.hpp>
#include <evstore/describe.hpp>
#include <evstore/fold.hpp>
#include <evstore/json/write.hpp>
#include <evstore/projection.hpp>
#include <evstore/snapshot.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

/// States and read models out of a store: the newest valid snapshot and what came after.

namespace evstore {

namespace detail {

/// A tombstone takes back all that was before it, a snapshot included.
template <class State>
void take_fact(folded<State>& into, const event_view& event) {
  if (event.type != fact::tombstoned) return;
  into.state = State{};
  into.from_snapshot.reset();
  into.tombstoned = true;
}

/// Takes in the events of a stream that come after those that the state has seen.
template <class Set, adapter Adapter, class State>
void replay_stream(Adapter& adapter, std::string_view stream, folded<State>& into,
                   unknown_events policy) {
  const stream_version next = into.version.next();
  auto cursor = adapter.read_stream(stream, {.from = next});
  auto batch = cursor.next();
  if (!batch.empty() && batch.front().version != next && batch.front().type != fact::tombstoned)
    into.warnings.push_back("stream " + std::string{stream} + " is truncated: versions " +
                            std::to_string(next.value()) + " to " +
                            std::to_string(batch.front().version.value() - 1) +
                            " are not replayed");
  for (; !batch.empty(); batch = cursor.next()) {
    fold_events<Set>(into, batch, policy, [&](const event_view& fact) { take_fact(into, fact); });
    into.version = batch.back().version;
  }
}

/// Whether the stream has, or has truncated, the event that the snapshot was taken at. A snapshot
/// that is ahead of its stream, or of another log, fails here.
template <adapter Adapter>
bool stands_in(Adapter& adapter, std::string_view stream, const snapshot_record& snapshot) {
  auto cursor = adapter.read_stream(stream, {.from = snapshot.version, .limit = 1});
  const auto found = cursor.next(); // a stream shows its last event always: nothing means ahead
  if (found.empty()) return false;
  return found.front().version > snapshot.version || found.front().position == snapshot.position;
}

/// Puts the snapshot under `key` into `into`, or a warning that says why not.
template <class State, adapter Adapter, class Check>
void restore(Adapter& adapter, const std::string& key, folded<State>& into, Check&& belongs) {
  snapshot_lookup found = adapter.load_snapshot(key);
  const auto pass_over = [&](std::string_view why) {
    into.warnings.push_back("the snapshot " + key + " is not used: " + std::string{why});
  };
  if (!found.ignored.empty()) pass_over(found.ignored);
  if (!found.snapshot) return;
  const snapshot_record& snapshot = *found.snapshot;
  if (snapshot.fingerprint != snapshot_fingerprint<State>())
    return pass_over("it was taken of a state of another shape");
  if (!belongs(snapshot)) return pass_over("it is ahead of the log, or of another log");
  try {
    decode_state(snapshot.state, into.state);
  } catch (const error& failed) {
    into.state = State{};
    return pass_over(failed.what());
  }
  into.version = snapshot.version;
  into.position = snapshot.position;
  into.from_snapshot = snapshot.version;
}

} // namespace detail

/// The state of a stream. Uses the newest snapshot if the state is described and `snapshots` says
/// so. What cannot name a stream names one without events, as for the adapter.
template <class Set, class State, adapter Adapter>
folded<State> load(Adapter& adapter, std::string_view stream, unknown_events policy,
                   bool snapshots) {
  folded<State> loaded;
  if constexpr (described<State>)
    if (snapshots && name_defect(stream).empty())
      detail::restore(adapter, snapshot_key<State>(stream), loaded,
                      [&](const snapshot_record& snapshot) {
                        return detail::stands_in(adapter, stream, snapshot);
                      });
  detail::replay_stream<Set>(adapter, stream, loaded, policy);
  return loaded;
}

/// The state of the events that a query matches. `position` is the head that was seen: what
/// `require(query, position)` needs to be sure that nothing else has happened since.
template <class Set, class State, adapter Adapter>
folded<State> load(Adapter& adapter, const query& which, unknown_events policy) {
  folded<State> loaded;
  const global_position head = adapter.head();
  auto cursor = adapter.read_all(which, {});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    fold_events<Set>(loaded, batch, policy);
  loaded.position = std::max(loaded.position, head);
  return loaded;
}

/// Brings a projection up to the head. Returns the number of events that the model took in.
template <class Set, adapter Adapter, class Model>
std::uint64_t advance(Adapter& adapter, projection<Model>& moved, unknown_events policy) {
  const global_position head = adapter.head();
  if (head <= moved.checkpoint) return 0;
  folded<Model> into{.state = std::move(moved.model), .preserved = std::move(moved.preserved)};
  const auto give_back = [&] {
    moved.model = std::move(into.state);
    moved.preserved = std::move(into.preserved);
    moved.checkpoint = std::max(moved.checkpoint, into.position);
  };
  try {
    auto cursor = adapter.read_all(interests_of<Model>(), {.from = moved.checkpoint.next()});
    for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
      fold_events<Set>(into, batch, policy);
  } catch (...) {
    give_back(); // what was taken in stays, and the checkpoint says how far that is
    throw;
  }
  into.position = std::max(into.position, head); // what does not concern the model was seen, too
  give_back();
  return into.replayed;
}

/// The model that was stored with its checkpoint, if it is still good; else one that has seen
/// nothing.
template <adapter Adapter, class Model>
projection<Model> restore_projection(Adapter& adapter) {
  projection<Model> restored;
  if constexpr (described<Model>) {
    folded<Model> into;
    // That its position is one of this log is the adapter's promise.
    detail::restore(adapter, std::string{snapshot_name<Model>()}, into,
                    [](const snapshot_record&) { return true; });
    restored.model = std::move(into.state);
    restored.checkpoint = into.position;
    restored.warnings = std::move(into.warnings);
  }
  return restored;
}

/// Stores a snapshot of a loaded state. Durable as the adapter makes it; the log is not touched.
template <described State, adapter Adapter>
void save_snapshot(Adapter& adapter, const std::string& key, const State& state,
                   stream_version version, global_position position) {
  std::string text;
  json::write(state, text);
  adapter.save_snapshot(key, {.version = version,
                              .position = position,
                              .fingerprint = snapshot_fingerprint<State>(),
                              .state = text});
}

} // namespace evstore

#pragma once

#include <evstore/check.hpp>
#include <evstore/commit_builder.hpp>
#include <evstore/event_range.hpp>
#include <evstore/execute.hpp>
#include <evstore/load.hpp>
#include <evstore/pending_append.hpp>
#include <evstore/projection.hpp>
#include <evstore/snapshot.hpp>
#include <evstore/subscription.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore {

struct store_options {
  /// What becomes of stored events that the event set does not name.
  unknown_events unknown = unknown_events::error;
  /// Told when a snapshot that was due after an append could not be taken: not stored, or not even
  /// folded, as an `evolve` threw; that is told as `errc::decode_failed`, with its words. The append
  /// stands: a snapshot is derived data, and the next one that is due is taken again. Called on the
  /// appending thread; what it throws itself comes out of the append.
  std::function<void(const error&)> snapshot_failed{};
};

/// A log through the eyes of an event set: typed append, load, read, project and subscribe on any
/// adapter. `Set` names the events, `Adapter` keeps them; neither knows the other.
///
/// Holds its adapter by value: a handle, such as `memory::adapter` or what `jsonl::open` returns.
/// All members may be called from any number of threads at once, except `snapshots`, which belongs
/// to the setting up. `const` members do not append. A store that was moved from is to be assigned
/// or destroyed; the adapters of the library answer its calls with `errc::invalid_argument`.
///
/// Decoding needs <evstore/json/read.hpp>, which this header leaves to the user; the umbrella
/// <evstore/evstore.hpp> includes it.
///
/// Errors: conflicts and refusals are results. Everything else is thrown as `evstore::error`: what
/// the adapter throws, and for reading `errc::decode_failed` and `errc::unknown_event`, which name
/// stream, version, position, type and JSON path.
template <class Set, class Adapter>
class store {
  static_assert(any_event_set<Set>,
                "a store's events are a type that inherits from event_set<...>");
  static_assert(check_adapter<Adapter>());

public:
  explicit store(Adapter adapter, store_options options = {})
      : adapter_{std::move(adapter)}, options_{std::move(options)} {}

  // Append

  /// Appends events to a stream, all or none, in any form that a decision may answer with. See the
  /// append contract in <evstore/adapter.hpp>. Allocates nothing per event once warm.
  template <class... Events>
  append_result append(std::string_view stream, expected_version expected,
                       const Events&... events) {
    draft_lease<Set> draft;
    draft->add_write(stream, expected, events...);
    return adapter_.append(draft->view());
  }

  /// The same without waiting, so that one thread can keep many commits in flight: returns a ticket,
  /// whose `get()` waits and then is what `append` would have been. Commits are stored in the order
  /// of the calls, and judged against those in flight; a ticket that is dropped loses nothing but the
  /// answer. Waits itself while as many are in flight as the adapter was opened for. For adapters
  /// that can; see <evstore/pending_append.hpp> for the rules.
  template <class... Events>
    requires async_adapter<Adapter>
  auto append_async(std::string_view stream, expected_version expected, const Events&... events) {
    draft_lease<Set> draft;
    draft->add_write(stream, expected, events...);
    return adapter_.append_async(draft->view());
  }

  /// Appends, and then takes the snapshot of `State` that its policy says is due.
  template <class State, class... Events>
  append_result append(std::string_view stream, expected_version expected,
                       const Events&... events) {
    draft_lease<Set> draft;
    draft->add_write(stream, expected, events...);
    append_result appended = adapter_.append(draft->view());
    if (appended && !appended->replayed && is_due<State>(*draft, *appended))
      attempt_snapshot(stream, [&] { static_cast<void>(take_snapshot<State>(stream)); });
    return appended;
  }

  /// A commit over several streams, with guards and conditions.
  [[nodiscard]] commit_builder<Set, Adapter> commit() {
    return commit_builder<Set, Adapter>{adapter_};
  }

  /// Hides the events of a stream before a version, as a recorded fact. The stream goes on
  /// counting.
  append_result truncate(std::string_view stream, stream_version before,
                         expected_version expected) {
    return append_fact(stream, expected, fact::truncated, truncated_data(before));
  }
  /// Hides all events of a stream and closes it for ever, as a recorded fact.
  append_result tombstone(std::string_view stream, expected_version expected) {
    return append_fact(stream, expected, fact::tombstoned, "{}");
  }

  // Load, decide, append

  /// Loads `State`, calls the pure function `decide(state)` and appends what it answers, if the
  /// stream is still at the loaded version; decides again on a conflict. See <evstore/decide.hpp>
  /// for what it may answer. A snapshot that is due is taken.
  template <class State, std::invocable<const State&> Decide>
  auto execute(std::string_view stream, Decide&& decide, const execute_options& options = {}) {
    return detail::execute_on_stream<Set, State>(
        adapter_, stream, decide, options, options_.unknown, rule<State>().used,
        [&](folded<State>& loaded, const commit_draft<Set>& draft, const append_receipt& receipt) {
          if (!is_due<State>(draft, receipt)) return;
          attempt_snapshot(stream, [&] {
            detail::replay_stream<Set>(adapter_, stream, loaded, options_.unknown);
            save_snapshot(stream, loaded);
          });
        });
  }

  /// The same with a decider: `D::decide(command, state)`.
  template <class D, class Command>
    requires decider<D, Command>
  auto execute(std::string_view stream, const Command& command,
               const execute_options& options = {}) {
    using state = typename D::state;
    return execute<state>(
        stream, [&](const state& loaded) { return D::decide(command, loaded); }, options);
  }

  /// Decides on the events that a query matches, whichever streams they are in, and appends if no
  /// other event that matches has appeared meanwhile. `stream_of` is a stream's name, or a function
  /// that says for each event which stream it goes to.
  template <class State, class StreamOf, std::invocable<const State&> Decide>
  auto execute(const query& which, const StreamOf& stream_of, Decide&& decide,
               const execute_options& options = {}) {
    return detail::execute_on_query<Set, State>(adapter_, which, stream_of, decide, options,
                                                options_.unknown);
  }

  /// Not as these do: says why.
  template <class State, detail::changes_its_state<State> Decide>
  append_result execute(std::string_view, Decide&&, const execute_options& = {}) {
    return detail::refuse_decision<State>();
  }
  template <class State, class StreamOf, detail::changes_its_state<State> Decide>
  append_result execute(const query&, const StreamOf&, Decide&&, const execute_options& = {}) {
    return detail::refuse_decision<State>();
  }

  // Load

  /// The state of a stream: the newest valid snapshot and what came after.
  template <class State>
  [[nodiscard]] folded<State> fold(std::string_view stream) const {
    return load<Set, State>(adapter_, stream, options_.unknown, rule<State>().used);
  }
  /// The state of the events that a query matches; `position` is the head that was seen.
  template <class State>
  [[nodiscard]] folded<State> fold(const query& which) const {
    return load<Set, State>(adapter_, which, options_.unknown);
  }

  // Read

  /// The events of a stream, of the store, or those that a query matches: an input range of
  /// `typed_event`, one pass, in constant memory. Shows the store as it is now.
  [[nodiscard]] auto read(std::string_view stream, const stream_range& range = {}) const {
    return typed(adapter_.read_stream(stream, range));
  }
  [[nodiscard]] auto read(const query& which, const store_range& range = {}) const {
    return typed(adapter_.read_all(which, range));
  }
  [[nodiscard]] auto read_all(const store_range& range = {}) const {
    return read(query::all(), range);
  }

  /// Catches up from behind `after`, then goes on live. An `after` beyond the head is waited for: a
  /// checkpoint belongs to the log that it was taken of, and not to an older copy of it.
  [[nodiscard]] subscription<Set, Adapter> subscribe(global_position after,
                                                     query which = query::all()) const
    requires std::copyable<Adapter>
  {
    return {adapter_, after, std::move(which), options_.unknown};
  }

  [[nodiscard]] global_position head() const { return adapter_.head(); }
  [[nodiscard]] stream_state state_of(std::string_view stream) const {
    return adapter_.state_of(stream);
  }

  // Snapshots

  /// Replaces the policy that a state brings along. For setting up, before the store is shared.
  template <class State, class... Events>
  void snapshots(snapshot_policy<Events...> policy) {
    static_assert(described<State>, "only a described state can be stored as a snapshot");
    const auto known = std::find_if(rules_.begin(), rules_.end(), is_rule_of<State>);
    if (known != rules_.end())
      known->rule = rule_of<Set>(policy);
    else
      rules_.push_back({&identity_of<State>, rule_of<Set>(policy)});
  }

  /// Takes a snapshot now, whatever the policy says. Returns the state that it holds. Of a stream
  /// without events there is nothing to keep, and nothing is stored.
  template <described State>
  folded<State> take_snapshot(std::string_view stream) {
    folded<State> loaded = fold<State>(stream);
    if (loaded.version != stream_version{}) save_snapshot(stream, loaded);
    return loaded;
  }

  // Project

  /// Brings a projection up to the head; returns the number of events that it took in.
  template <class Model>
  std::uint64_t project(projection<Model>& moved) const {
    return advance<Set>(adapter_, moved, options_.unknown);
  }
  /// The model over the whole log: what was kept by `keep`, if it is still good, and what came
  /// after.
  template <class Model>
  [[nodiscard]] projection<Model> project() const {
    auto made = restore_projection<Adapter, Model>(adapter_);
    project(made);
    return made;
  }
  /// Stores a described model together with its checkpoint, in one record.
  template <described Model>
  void keep(const projection<Model>& made) {
    evstore::save_snapshot(adapter_, std::string{snapshot_name<Model>()}, made.model, {},
                           made.checkpoint);
  }

  [[nodiscard]] const store_options& options() const noexcept { return options_; }
  /// The adapter, for what only it can do.
  [[nodiscard]] Adapter& adapter() noexcept { return adapter_; }

private:
  struct kept_rule {
    const void* state; ///< the identity of its type
    snapshot_rule rule;
  };

  /// Its address is the identity of a state type.
  template <class State>
  static constexpr char identity_of = 0;

  template <class State>
  static bool is_rule_of(const kept_rule& kept) noexcept {
    return kept.state == &identity_of<State>;
  }

  template <class State>
  [[nodiscard]] snapshot_rule rule() const noexcept {
    const auto known = std::find_if(rules_.begin(), rules_.end(), is_rule_of<State>);
    return known != rules_.end() ? known->rule : rule_of_state<Set, State>();
  }

  template <class State>
  [[nodiscard]] bool is_due(const commit_draft<Set>& draft, const append_receipt& receipt) const {
    if constexpr (!described<State>) {
      return false;
    } else {
      const snapshot_rule when = rule<State>();
      const stream_version after = receipt.version();
      const stream_version before{after.value() - draft.event_count()};
      return when.due(before, after) ||
             draft.any_type([&](std::string_view type) { return when.due(type); });
    }
  }

  template <class State>
  void save_snapshot(std::string_view stream, const folded<State>& loaded) {
    if constexpr (described<State>)
      evstore::save_snapshot(adapter_, snapshot_key<State>(stream), loaded.state, loaded.version,
                             loaded.position);
  }

  /// The append stands by now: nothing that goes wrong from here on may look as if it did not.
  template <class Take>
  void attempt_snapshot(std::string_view stream, Take&& take) const try {
    take();
  } catch (const error& failed) {
    if (options_.snapshot_failed) options_.snapshot_failed(failed);
  } catch (const std::exception& failed) {
    tell_snapshot_failed(stream, failed.what());
  } catch (...) {
    tell_snapshot_failed(stream, "something that is no std::exception was thrown");
  }

  /// What is no `error` comes from the state: what its `evolve` threw, or memory ran out.
  void tell_snapshot_failed(std::string_view stream, std::string_view why) const {
    if (!options_.snapshot_failed) return;
    error_place place;
    place.stream = stream;
    options_.snapshot_failed(error{
        errc::decode_failed, "the state for a snapshot was not made: " + std::string{why}, place});
  }

  append_result append_fact(std::string_view stream, expected_version expected,
                            std::string_view type, std::string_view data) {
    draft_lease<Set> draft;
    draft->begin_write(stream, expected);
    draft->add_fact(type, data);
    return adapter_.append(draft->view());
  }

  template <class Cursor>
  [[nodiscard]] auto typed(Cursor cursor) const {
    return event_range<Set, Cursor>{std::move(cursor), options_.unknown};
  }

  mutable Adapter adapter_; // its members are not const, and may be called from any thread
  store_options options_;
  std::vector<kept_rule> rules_;
};

/// `auto store = evstore::open<bank>(evstore::jsonl::open("bank.jsonl"));`
template <class Set, class Adapter>
[[nodiscard]] store<Set, Adapter> open(Adapter adapter, store_options options = {}) {
  return store<Set, Adapter>{std::move(adapter), std::move(options)};
}

} // namespace evstore

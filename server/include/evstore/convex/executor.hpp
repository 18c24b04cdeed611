#pragma once

#include <evstore/convex/answer.hpp>
#include <evstore/convex/answered.hpp>
#include <evstore/convex/commit_watch.hpp>
#include <evstore/convex/functions.hpp>
#include <evstore/convex/guarded.hpp>
#include <evstore/convex/live_queries.hpp>
#include <evstore/convex/mutation_line.hpp>
#include <evstore/convex/past.hpp>
#include <evstore/convex/turnstile.hpp>
#include <evstore/convex/wake.hpp>
#include <evstore/store.hpp>

#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace evstore::convex {

/// Runs the functions of a program on its store: queries on the read model, mutations as one commit
/// each. Knows no network; what a call is told is what every transport passes on.
///
/// - A query sees whole, durable commits only. Queries run side by side, and wait only while a commit
///   is taken into the model.
/// - Mutations run one at a time, in the order in which they come, each on the model with everything
///   before it. Any number of them share a sync of the disk (see `mutation_line`); nothing of one is
///   seen or answered before its commit is durable. One that throws, or whose commit conflicts with
///   what its own expectations say, leaves nothing behind.
/// - A mutation with a key is carried out once, also across restarts and lost answers: the key, and
///   the result, are stored in the commit. Sent again it gets the first answer, at its first
///   timestamp. One that failed is not remembered, and runs again.
///
/// The model is there twice: as queries see it, and ahead of that as mutations see it. It is copied
/// when the executor is made; and up to twice more for who asks for the past.
///
/// Commits of other programs are taken in as they come, by queries and mutations, and a mutation that
/// one of them was faster than is decided again. Members may be called from any number of threads. What functions
/// throw is in the answer; what the store throws comes out: `errc::append_in_doubt` among it, after
/// which the same key says what happened.
template <class Set, class Adapter, class Model>
class executor {
  static_assert(contains<Set, mutation_answered>,
                "the event set names convex::named_mutation_answered");

public:
  using event_set_type = Set;
  using adapter_type = Adapter;

  /// Reads the whole log into the model.
  executor(store<Set, Adapter> kept, functions<Set, Model> served_functions,
           const limits& of_results = {})
      : store_{std::move(kept)}, functions_{std::move(served_functions)}, limits_{of_results},
        seen_{read_all()}, mutations_{store_, functions_, limits_, newest_time(store_), view()},
        others_{store_.adapter(), [this] { return mutations_.known(); },
                [this] { mutations_.catch_up(); }} {}

  [[nodiscard]] answer query(const function_call& call) {
    const std::shared_lock reading{model_lock_};
    return {run_query(seen_.state.model, call), seen_.position};
  }

  /// All of them at one timestamp.
  [[nodiscard]] std::vector<answer> query_all(std::span<const function_call> calls) {
    const std::shared_lock reading{model_lock_};
    std::vector<answer> answers;
    for (const function_call& call : calls)
      answers.push_back({run_query(seen_.state.model, call), seen_.position});
    return answers;
  }

  /// As the store was at a position. Any past one will do, as history is the log; a position inside a
  /// commit means before that commit. The present costs nothing, the two pasts that were asked for last
  /// are kept, and another is read again: linear in the events since the one before it, or since the
  /// beginning. Throws `errc::invalid_argument` for a position that is yet to come.
  [[nodiscard]] answer query_at(const function_call& call, global_position at) {
    {
      const std::shared_lock reading{model_lock_};
      if (at == seen_.position) return {run_query(seen_.state.model, call), at};
      if (at > seen_.position)
        throw error{errc::invalid_argument, "the timestamp lies in the future"};
    }
    return {run_query(past_at(end_of_commit_at(store_, at))->state.model, call), at};
  }

  /// Carries it out, and tells what became of it when it is durable, before any query sees it. Throws
  /// `errc::invalid_argument`, and tells nothing, for a key that is none.
  void mutate(function_call call, std::optional<request_key> key, told_fate told) {
    if (key && !key->valid())
      throw error{errc::invalid_argument, "the session of the request is no name"};
    const auto reachable = guarded(limits_, [&] {
      functions_.require_reachable(call);
      return value{};
    });
    if (!reachable) return told(fate{answer{reachable, head()}});
    mutations_.ask({std::move(call), std::move(key), std::move(told)});
  }
  /// The same, and waits.
  [[nodiscard]] answer mutate(const function_call& call,
                              const std::optional<request_key>& key = std::nullopt) {
    auto promised = std::make_shared<std::promise<fate>>();
    auto told = promised->get_future();
    mutate(call, key, [promised](fate became) { promised->set_value(std::move(became)); });
    return told.get().get();
  }

  /// To be told of what a query answers, for as long as what is returned is kept; see `look`. `journal`
  /// is what an earlier subscription ended with, if there was one. `wake` is called after every commit
  /// that may have changed the answer, by a thread that has others to wake.
  [[nodiscard]] live_queries::watch subscribe(const function_call& call,
                                              std::optional<std::string> journal, wake_call wake) {
    return live_.subscribe(call, std::move(journal), std::move(wake));
  }

  /// Calls `see(at, current)` once, where `current(watch)` is what the query answers at `at`, as
  /// `write_query_result` writes it. Subscribers to the same query share the run and the bytes.
  template <class See>
  void look(See&& see) {
    const std::shared_lock reading{model_lock_};
    see(seen_.position, [this](const live_queries::watch& watch) {
      return live_.current(watch.query(), records_reads, [this](const function_call& call) {
        return run_query(seen_.state.model, call);
      });
    });
  }

  /// To be told of every commit that queries see, for as long as what is returned is kept: see `head`.
  [[nodiscard]] wake_list::place watch_head(wake_call wake) {
    return {head_watch_, std::move(wake)};
  }
  /// The log itself, to read from. What stands behind `head` may not be told to anybody yet.
  [[nodiscard]] Adapter log() { return store_.adapter(); }

  /// How it is doing.
  [[nodiscard]] figures count() {
    figures now{.position = head()};
    mutations_.count(now);
    now.live_queries = live_.size();
    now.live_query_runs = live_.runs();
    return now;
  }

  /// Runs without a lock, as long as it likes; its queries and mutations are as any other.
  [[nodiscard]] answer act(const function_call& call) {
    calls_of_action calls{*this};
    auto outcome = guarded(limits_, [&] {
      return functions_.template find<typename functions<Set, Model>::action_function>(call)(
          calls, call.arguments);
    });
    return {std::move(outcome), head()};
  }

  /// Whether there is a mutation of that name.
  [[nodiscard]] bool is_mutation(std::string_view path) const {
    const auto* const found = functions_.find_any(path);
    return found != nullptr && found->index() == 1;
  }
  /// Whatever the function is.
  [[nodiscard]] answer run(const function_call& call,
                           const std::optional<request_key>& key = std::nullopt) {
    const auto* const found = functions_.find_any(call.path);
    if (found == nullptr || found->index() == 0) return query(call);
    return is_mutation(call.path) ? mutate(call, key) : act(call);
  }

  /// The newest commit that queries see.
  [[nodiscard]] global_position head() const {
    const std::shared_lock reading{model_lock_};
    return seen_.position;
  }

private:
  using outcome_type = result<value, function_error>;

  /// Whether the model tells what is read of it; see recorded_table.hpp.
  static constexpr bool records_reads = [] {
    if constexpr (requires { Model::records_reads; })
      return bool{Model::records_reads};
    else
      return false;
  }();

  class calls_of_action final : public caller {
  public:
    explicit calls_of_action(executor& through) : through_{through} {}

    value run_query(std::string_view path, const value& arguments) override {
      return of(through_.query({std::string{path}, arguments, true}));
    }
    value run_mutation(std::string_view path, const value& arguments) override {
      return of(through_.mutate({std::string{path}, arguments, true}));
    }

  private:
    static value of(const answer& given) {
      if (!given.outcome) throw given.outcome.error();
      return *given.outcome;
    }

    executor& through_;
  };

  outcome_type run_query(const Model& seen, const function_call& call) const {
    return guarded(limits_, [&] {
      return functions_.template find<typename functions<Set, Model>::query_function>(call)(
          seen, call.arguments);
    });
  }

  folded<served<Model>> read_all() {
    folded<served<Model>> whole;
    fold_up_to(store_, whole, store_.head());
    return whole;
  }

  std::shared_ptr<const folded<served<Model>>> past_at(global_position at) {
    const auto known = pasts_.newest_before(at);
    if (known && known->position == at) return known;
    auto made = known ? std::make_shared<folded<served<Model>>>(*known)
                      : std::make_shared<folded<served<Model>>>();
    fold_up_to(store_, *made, at);
    pasts_.keep(made);
    return made;
  }

  durable_view<Model> view() {
    return {[this] {
              const std::shared_lock reading{model_lock_};
              return seen_;
            },
            [this](global_position upto, const std::function<void()>& tell) {
              std::vector<wake_call> woken;
              bool has_moved = false;
              {
                const std::lock_guard changing{model_lock_};
                has_moved = upto > seen_.position;
                if (has_moved)
                  woken =
                      live_.note_changes(records_reads, [&] { fold_up_to(store_, seen_, upto); });
                tell();
              }
              for (const wake_call& wake : woken) (*wake)();
              if (has_moved) head_watch_.wake_all();
            }};
  }

  store<Set, Adapter> store_;
  functions<Set, Model> functions_;
  limits limits_;
  mutable turnstile model_lock_;
  folded<served<Model>> seen_;
  recent_pasts<served<Model>> pasts_;
  live_queries live_;
  wake_list head_watch_;
  mutation_line<Set, Adapter, Model> mutations_; // its threads use all of the above
  commit_watch<Adapter> others_;                 // and this one the line: last
};

} // namespace evstore::convex

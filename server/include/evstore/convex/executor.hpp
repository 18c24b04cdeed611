#pragma once

#include <evstore/convex/answered.hpp>
#include <evstore/convex/decode.hpp>
#include <evstore/convex/functions.hpp>
#include <evstore/store.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace evstore::convex {

/// A function and the object that it is called with.
struct function_call {
  std::string path;
  value arguments;
};

/// What became of a call. `at` is the state of the store that a query saw, and the commit that a
/// mutation made: the timestamp of the protocol.
struct answer {
  result<value, function_error> outcome;
  global_position at;
};

/// Runs the functions of a program on its store: queries on the read model, mutations as one commit
/// each. Knows no network; what a call is told is what every transport passes on.
///
/// - A query sees whole, durable commits only. Queries run side by side, and wait only while a commit
///   is taken into the model.
/// - A mutation decides on the model with everything before it, and nothing of it is seen before its
///   commit is durable. One that throws, or whose commit conflicts with what its own expectations
///   say, leaves nothing behind.
/// - A mutation with a key is carried out once, also across restarts and lost answers: the key, and
///   the result, are stored in the commit. Sent again it gets the first answer, at its first
///   timestamp. One that failed is not remembered, and runs again.
///
/// One executor writes to a store at a time; commits of other programs are taken in before the next
/// mutation, but two executors would not see each other's keys in time. Members may be called from any
/// number of threads. What functions throw is in the answer; what the store throws comes out:
/// `errc::append_in_doubt` among it, after which the same key says what happened.
template <class Set, class Adapter, class Model>
class executor {
  static_assert(contains<Set, mutation_answered>,
                "the event set names convex::named_mutation_answered");

public:
  /// Reads the whole log into the model.
  executor(store<Set, Adapter> kept, functions<Set, Model> served_functions,
           const limits& of_results = {})
      : store_{std::move(kept)}, functions_{std::move(served_functions)}, limits_{of_results},
        clock_{newest_time()} {
    catch_up();
  }

  [[nodiscard]] answer query(const function_call& call) {
    const std::shared_lock reading{model_lock_};
    return {run_query(seen_.model.model, call), seen_.checkpoint};
  }

  /// All of them at one timestamp.
  [[nodiscard]] std::vector<answer> query_all(std::span<const function_call> calls) {
    const std::shared_lock reading{model_lock_};
    std::vector<answer> answers;
    for (const function_call& call : calls)
      answers.push_back({run_query(seen_.model.model, call), seen_.checkpoint});
    return answers;
  }

  /// As the store was at a position. Any past one will do, as history is the log; a position inside a
  /// commit means before that commit. The present costs nothing, and the past is read again, linear in
  /// the events up to it. Throws `errc::invalid_argument` for a position that is yet to come.
  [[nodiscard]] answer query_at(const function_call& call, global_position at) {
    {
      const std::shared_lock reading{model_lock_};
      if (at == seen_.checkpoint) return {run_query(seen_.model.model, call), at};
      if (at > seen_.checkpoint)
        throw error{errc::invalid_argument, "the timestamp lies in the future"};
    }
    folded<served<Model>> past;
    const global_position end = end_of_commit_at(at);
    auto cursor = store_.adapter().read_all(query::all(), {});
    for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next()) {
      const auto beyond = std::find_if(batch.begin(), batch.end(), [&](const event_view& event) {
        return event.position > end;
      });
      fold_events<Set>(past, batch.first(static_cast<std::size_t>(beyond - batch.begin())),
                       unknown_events::error);
      if (beyond != batch.end()) break;
    }
    return {run_query(past.state.model, call), at};
  }

  [[nodiscard]] answer mutate(const function_call& call,
                              const std::optional<request_key>& key = std::nullopt) {
    if (key && !key->valid())
      throw error{errc::invalid_argument, "the session of the request is no name"};
    const std::lock_guard writing{writer_lock_};
    catch_up();
    if (key)
      if (const auto* const known = seen_.model.answers.find(*key))
        return {decode(known->result), known->at};
    draft_lease<Set> draft;
    auto outcome = run_mutation(*draft, call);
    if (!outcome) return {std::move(outcome), seen_.checkpoint};
    if (key) {
      draft->begin_write("convex_session-" + key->session, any);
      const event_details timed{.time = clock_.next()};
      draft->add_event(mutation_answered{key->session, key->number, to_raw_json(*outcome)}, &timed);
    }
    const append_result appended = store_.adapter().append(draft->view());
    if (!appended)
      return {failure{function_error{"Uncaught Error: " + appended.error().to_string()}},
              seen_.checkpoint};
    catch_up();
    return {std::move(outcome), appended->last};
  }

  /// Runs without a lock, as long as it likes; its queries and mutations are as any other.
  [[nodiscard]] answer act(const function_call& call) {
    calls_of_action calls{*this};
    auto outcome = guarded([&] {
      return functions_.template find<typename functions<Set, Model>::action_function>(call.path)(
          calls, call.arguments);
    });
    return {std::move(outcome), head()};
  }

  /// Whatever the function is.
  [[nodiscard]] answer run(const function_call& call,
                           const std::optional<request_key>& key = std::nullopt) {
    const auto* const found = functions_.find_any(call.path);
    if (found == nullptr || found->index() == 0) return query(call);
    return found->index() == 1 ? mutate(call, key) : act(call);
  }

  /// The newest commit that queries see.
  [[nodiscard]] global_position head() const {
    const std::shared_lock reading{model_lock_};
    return seen_.checkpoint;
  }

private:
  using outcome_type = result<value, function_error>;

  class calls_of_action final : public caller {
  public:
    explicit calls_of_action(executor& through) : through_{through} {}

    value run_query(std::string_view path, const value& arguments) override {
      return of(through_.query({std::string{path}, arguments}));
    }
    value run_mutation(std::string_view path, const value& arguments) override {
      return of(through_.mutate({std::string{path}, arguments}));
    }

  private:
    static value of(const answer& given) {
      if (!given.outcome) throw given.outcome.error();
      return *given.outcome;
    }

    executor& through_;
  };

  /// What the function answers or throws, within the limits.
  template <class Run>
  outcome_type guarded(Run&& run) const try {
    value made = run();
    if (const auto defect = made.limit_defect(limits_); !defect.empty())
      return failure{function_error{"Uncaught Error: " + std::string{defect}}};
    return made;
  } catch (const function_error& failed) {
    return failure{failed};
  } catch (const std::exception& failed) {
    return failure{function_error{std::string{"Uncaught Error: "} + failed.what()}};
  }

  outcome_type run_query(const Model& seen, const function_call& call) const {
    return guarded([&] {
      return functions_.template find<typename functions<Set, Model>::query_function>(call.path)(
          seen, call.arguments);
    });
  }

  outcome_type run_mutation(commit_draft<Set>& draft, const function_call& call) {
    return guarded([&] {
      mutation<Set, Model> context{seen_.model.model, draft, clock_, functions_.tables()};
      return functions_.template find<typename functions<Set, Model>::mutation_function>(call.path)(
          context, call.arguments);
    });
  }

  /// Takes in what was appended. By the holder of the writer's lock.
  void catch_up() {
    if (store_.head() <= seen_.checkpoint) return;
    const std::lock_guard changing{model_lock_};
    store_.project(seen_);
  }

  timestamp newest_time() {
    auto cursor = store_.adapter().read_all(
        query::all(), {.order = direction::backwards, .from = std::nullopt, .limit = 1});
    const auto newest = cursor.next();
    return newest.empty() ? timestamp{} : newest.front().time;
  }

  /// The last event of the last commit that is whole at a position.
  global_position end_of_commit_at(global_position at) {
    if (at == global_position::origin()) return at;
    std::uint64_t passed = 0;
    std::uint64_t partial = 0; // events of a commit that is not
    auto cursor = store_.adapter().read_all(
        query::all(), {.order = direction::backwards, .from = at, .limit = std::nullopt});
    for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
      for (const event_view& event : batch) {
        if (passed == 0 && event.commit.index != event.commit.count) partial = event.commit.index;
        if (passed++ == partial) return event.position;
      }
    return global_position::origin();
  }

  store<Set, Adapter> store_;
  functions<Set, Model> functions_;
  limits limits_;
  std::mutex writer_lock_; // one mutation at a time; before the model's
  rising_clock clock_;
  mutable std::shared_mutex model_lock_;
  projection<served<Model>> seen_;
};

} // namespace evstore::convex

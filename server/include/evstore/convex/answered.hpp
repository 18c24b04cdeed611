#pragma once

#include <evstore/describe.hpp>
#include <evstore/event_record.hpp>
#include <evstore/event_set.hpp>
#include <evstore/fold.hpp>
#include <evstore/raw_json.hpp>
#include <evstore/stream_name.hpp>
#include <evstore/timestamp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <utility>

namespace evstore::convex {

/// How a client calls a mutation that it may send again: its session and the number of its request
/// there. An `Idempotency-Key` is a session with one request.
struct request_key {
  std::string session;
  std::int64_t number = 0;

  friend auto operator<=>(const request_key&, const request_key&) = default;

  /// Whether it can be part of the name of a stream, as it will.
  [[nodiscard]] bool valid() const {
    return !session.empty() && session.size() <= 200 && name_defect(session).empty();
  }
};

/// A mutation was carried out, and this was its result. Stands in the same commit as the events of the
/// mutation, behind them: either all of it is there, or the mutation never happened. Its position is
/// the timestamp of the answer.
struct mutation_answered {
  std::string session;
  std::int64_t request = 0;
  raw_json result;
};
EVSTORE_DESCRIBE(mutation_answered, session, request, result)

/// Belongs into the event set of every program that serves mutations.
using named_mutation_answered = named<"convex_mutation_answered", mutation_answered>;

/// The answers of the last fourteen days, as long as Convex itself remembers them. A read model: what
/// it holds depends on the log alone, whose own times say how old an answer is. About 250 bytes for
/// each, and the result.
class answer_memory {
public:
  struct answer {
    raw_json result;
    global_position at;
  };

  static constexpr std::chrono::days kept_for{14};

  void evolve(const mutation_answered& given, const event_view& recorded) {
    request_key key{given.session, given.request};
    answers_.insert_or_assign(key, answer{given.result, recorded.position});
    ages_.emplace_back(recorded.time, std::move(key));
    for (; ages_.front().first + kept_for < recorded.time; ages_.pop_front()) {
      const auto old = answers_.find(ages_.front().second);
      if (old != answers_.end()) answers_.erase(old);
    }
  }

  /// Null if it was never carried out, or too long ago.
  [[nodiscard]] const answer* find(const request_key& key) const {
    const auto known = answers_.find(key);
    return known != answers_.end() ? &known->second : nullptr;
  }
  [[nodiscard]] std::size_t size() const noexcept { return answers_.size(); }

private:
  std::map<request_key, answer> answers_;
  std::deque<std::pair<timestamp, request_key>> ages_;
};

/// The read model of a program together with what the server has to remember.
template <class Model>
struct served {
  Model model{};
  answer_memory answers{};

  void evolve(const mutation_answered& given, const event_view& recorded) {
    answers.evolve(given, recorded);
  }
  template <class Event>
  void evolve(const Event& event, const event_view& recorded) {
    evstore::evolve(model, event, recorded);
  }
};

} // namespace evstore::convex

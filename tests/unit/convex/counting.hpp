#pragma once

// The smallest program to serve: a counter. Whether mutations were decided one after the other, each on what those before it
// have left, is told by the numbers that they return.

#include <evstore/convex/executor.hpp>
#include <evstore/evstore.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace counting {

using namespace evstore;

struct counted {
  std::int64_t to = 0;
};
EVSTORE_DESCRIBE(counted, to)

struct events : event_set<named<"counted", counted>, convex::named_mutation_answered> {};

struct model {
  std::int64_t count = 0;
  void evolve(const counted& event) { count = event.to; }
};

using mutation = convex::mutation<events, model>;

/// What a function does beside its work, if anything: a test appends from elsewhere there.
using interruption = std::function<void()>;

inline convex::functions<events, model> functions(const interruption& interrupt = [] {}) {
  convex::functions<events, model> all{{"counters"}};
  all.mutation<convex::no_arguments>("count:next", [interrupt](mutation& call, const auto&) {
    const std::int64_t next = call.model().count + 1;
    interrupt();
    call.write("count", any, counted{next});
    return next;
  });
  all.mutation<convex::no_arguments>("count:look", [interrupt](mutation& call, const auto&) {
    interrupt();
    return call.model().count;
  });
  all.mutation<convex::no_arguments>("count:start", [](mutation& call, const auto&) {
    call.write("count", no_stream, counted{1});
  });
  all.mutation<convex::no_arguments>("count:jump", [interrupt](mutation& call, const auto&) {
    interrupt();
    call.write("count", any, counted{1000});
  });
  all.query<convex::no_arguments>("count:get",
                                  [](const model& seen, const auto&) { return seen.count; });
  return all;
}

template <class Adapter>
using executor = convex::executor<events, Adapter, model>;

/// Asks for it, and does not wait.
template <class Executor>
std::future<convex::fate> begin(Executor& runs, const std::string& path,
                                std::optional<convex::request_key> key = std::nullopt) {
  auto promised = std::make_shared<std::promise<convex::fate>>();
  runs.mutate({path, convex::object{}}, std::move(key),
              [promised](convex::fate became) { promised->set_value(std::move(became)); });
  return promised->get_future();
}

inline bool is_told(const std::future<convex::fate>& told) {
  return told.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
}

inline std::int64_t number(std::future<convex::fate>& told) {
  return *told.get().get().outcome->get_if<std::int64_t>();
}

inline errc failure_of(std::future<convex::fate>& told) {
  try {
    static_cast<void>(told.get().get());
  } catch (const error& failed) {
    return failed.code();
  }
  throw std::logic_error{"there is an answer"};
}

} // namespace counting

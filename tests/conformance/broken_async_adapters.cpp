// Appends that nobody waits for must be able to fail their checks, too: an adapter with one fault at
// a time, and for each check a fault that it finds.
#include <evstore/memory/adapter.hpp>
#include <evstore/testing/conformance.hpp>
#include <evstore/transfer.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace evstore;

enum class fault {
  none,
  answers_once,
  judges_each_alone,
  loses_what_is_in_flight,
  newest_first,
  refuses_late,
  serves_one_thread,
  stores_when_asked,
};

testing::plain_commit owned(const commit_view& commit) {
  testing::plain_commit copy;
  for (const stream_write& write : commit.writes) {
    auto& own =
        copy.writes.emplace_back(testing::plain_write{std::string{write.stream}, write.expected});
    for (const new_event& event : write.events)
      own.events.push_back({.type = std::string{event.type},
                            .data = std::string{event.data.text()},
                            .schema = event.schema,
                            .id = event.id,
                            .tags = {event.tags.begin(), event.tags.end()},
                            .metadata = std::string{event.metadata.text()},
                            .time = event.time});
  }
  copy.conditions = {commit.conditions.begin(), commit.conditions.end()};
  return copy;
}

/// A commit on its way, and what became of it.
struct in_flight {
  testing::plain_commit commit;
  std::optional<append_result> answer{};
  std::optional<error> refusal{};
  bool was_asked = false;
};

/// What the handles on one store share.
struct flights {
  std::mutex mutex;
  std::deque<std::shared_ptr<in_flight>> begun;
  std::thread::id first_thread = std::this_thread::get_id();
};

class ticket {
public:
  ticket(fault what, std::shared_ptr<in_flight> mine, std::function<void()> land,
         std::function<append_result()> judge)
      : what_{what}, mine_{std::move(mine)}, land_{std::move(land)}, judge_{std::move(judge)} {}

  bool is_ready() const { return mine_->answer || mine_->refusal; }
  void wait() const {
    if (!is_ready()) land_();
  }
  append_result judged() const { return mine_->answer ? *mine_->answer : judge_(); }
  append_result get() const {
    wait();
    if (mine_->refusal) throw *mine_->refusal;
    if (what_ == fault::answers_once && std::exchange(mine_->was_asked, true))
      return append_receipt{};
    return *mine_->answer;
  }

private:
  fault what_;
  std::shared_ptr<in_flight> mine_;
  std::function<void()> land_;
  std::function<append_result()> judge_;
};

/// In memory; commits in flight are stored when somebody asks for one, or appends.
class late_adapter : public memory::adapter {
public:
  explicit late_adapter(fault what) : what_{what} {}

  append_result append(const commit_view& commit) {
    if (what_ != fault::stores_when_asked) land_all();
    return memory::adapter::append(commit);
  }

  ticket append_async(const commit_view& commit) {
    if (what_ != fault::refuses_late) require_valid(commit);
    auto mine = std::make_shared<in_flight>(in_flight{owned(commit)});
    if (what_ == fault::judges_each_alone) {
      mine->commit.conditions.clear();
      for (testing::plain_write& write : mine->commit.writes) write.expected = any;
    }
    const std::lock_guard lock{flights_->mutex};
    const bool is_lost =
        what_ == fault::serves_one_thread && flights_->first_thread != std::this_thread::get_id();
    if (is_lost)
      mine->answer = append_receipt{};
    else if (what_ != fault::stores_when_asked)
      flights_->begun.push_back(mine);
    return {what_, mine,
            [self = *this, mine]() mutable {
              if (self.what_ == fault::stores_when_asked) return self.land(*mine);
              self.land_all();
            },
            [self = *this, mine]() mutable { return self.judge(*mine); }};
  }

  /// The last handle goes.
  void close() {
    if (what_ == fault::loses_what_is_in_flight) {
      const std::lock_guard lock{flights_->mutex};
      flights_->begun.clear();
    }
    if (what_ != fault::stores_when_asked) land_all();
  }

private:
  void land(in_flight& one) {
    try {
      one.answer = testing::append<memory::adapter>(*this, one.commit);
    } catch (const error& why) {
      one.refusal = why;
    }
  }
  /// What becomes of it if those before it land in their order.
  append_result judge(const in_flight& one) {
    const std::lock_guard lock{flights_->mutex};
    memory::adapter trial;
    static_cast<void>(copy(static_cast<memory::adapter&>(*this), trial));
    for (const auto& before : flights_->begun) {
      if (before.get() == &one) break;
      static_cast<void>(testing::append(trial, before->commit));
    }
    return testing::append(trial, one.commit);
  }
  void land_all() {
    const std::lock_guard lock{flights_->mutex};
    while (!flights_->begun.empty()) {
      const bool from_behind = what_ == fault::newest_first;
      const auto next = from_behind ? flights_->begun.back() : flights_->begun.front();
      from_behind ? flights_->begun.pop_back() : flights_->begun.pop_front();
      land(*next);
    }
  }

  fault what_;
  std::shared_ptr<flights> flights_ = std::make_shared<flights>();
};
static_assert(async_adapter<late_adapter>);

testing::subject<late_adapter> subject_with(fault what) {
  return {.open_fresh = [what] { return late_adapter{what}; },
          .reopen =
              [](late_adapter handle) {
                handle.close();
                return handle;
              }};
}

testing::check_list<late_adapter> checks() {
  testing::check_list<late_adapter> all;
  testing::conformance::add_in_flight(all);
  return all;
}

const std::vector<std::pair<fault, std::vector<std::string_view>>> expectations{
    {fault::answers_once, {"commits in flight are stored in their order"}},
    {fault::judges_each_alone, {"commits in flight see each other"}},
    {fault::loses_what_is_in_flight, {"what is in flight is completed when the store is closed"}},
    {fault::newest_first, {"commits in flight are stored in their order"}},
    {fault::refuses_late, {"what could never be accepted is refused when it is begun"}},
    {fault::serves_one_thread, {"threads that wait and threads that do not share a store"}},
    {fault::stores_when_asked,
     {"a ticket may be dropped", "what is in flight is completed when the store is closed"}},
};

TEST_CASE("each fault of appends in flight is found by the checks that are there for it") {
  std::set<std::string_view> able_to_fail;
  for (const auto& [what, names] : expectations)
    for (const auto& check : checks()) {
      if (std::find(names.begin(), names.end(), check.name) == names.end()) continue;
      able_to_fail.insert(check.name);
      INFO("fault " << static_cast<int>(what) << ", check: " << check.name);
      CHECK(testing::run(check, subject_with(what)).failed());
    }
  for (const auto& check : checks()) {
    INFO("no fault for: " << check.name);
    CHECK(able_to_fail.contains(check.name));
  }
}

TEST_CASE("appends in flight without a fault pass every check") {
  for (const auto& check : checks()) {
    const auto outcome = testing::run(check, subject_with(fault::none));
    INFO(outcome.text);
    CHECK(outcome.passed());
  }
}

} // namespace

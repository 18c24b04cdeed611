// Random operations on a naive model, the memory adapter and the JSONL adapter in lockstep: whatever
// one of them answers, all answer. EVSTORE_SOAK_SECONDS makes it go on.
#include "../support/naive_store.hpp"
#include "../support/random_check.hpp"
#include "../support/scratch_folder.hpp"

#include <evstore/jsonl/adapter.hpp>
#include <evstore/memory/adapter.hpp>
#include <evstore/testing/in_words.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <ostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace evstore;
using testing::in_words;
using testing::plain_commit;
using testing::plain_event;
using testing::plain_write;

// ---------------------------------------------------------------- operations
// Versions and positions are relative to what is there when an operation runs, so that most of them
// come near a border.

struct relative_write {
  plain_write write;
  std::optional<int> from_version{}; ///< the expectation is exactly(version + this)
};
struct relative_condition {
  query matching;
  int from_head; ///< may lie one beyond
};
struct append_commit {
  std::vector<relative_write> writes;
  std::vector<relative_condition> conditions;
};
struct append_again { // an earlier commit, as it was or with another payload
  std::size_t which;
  bool changed;
};
struct read_a_stream {
  std::string stream;
  stream_range range;
  bool later; // the cursor is made now and read at the end
};
struct read_the_store {
  query which;
  store_range range;
  bool later;
};
struct save_a_snapshot {
  std::string key;
  int from_head;
};
struct load_a_snapshot {
  std::string key;
};
struct reopen_the_log {};

using operation = std::variant<append_commit, append_again, read_a_stream, read_the_store,
                               save_a_snapshot, load_a_snapshot, reopen_the_log>;

// ---------------------------------------------------------------- drawing them

const std::vector<std::string> stream_names{"s", "t", "u-1", "é"};
const std::vector<std::string> payloads{
    "{}",
    R"({"n":1})",
    R"({"n": 1})",
    R"({"a":-0.0,"b":"\u0000🐉","b":9223372036854775807})",
    R"({"position":1,"stream":"s","crc":"00000000"})",
    "{\"long\":\"" + std::string(3000, 'x') + "\"}",
};

const query& draw_query() {
  static const std::vector<query> queries{
      query::all(),
      query::types({"a"}),
      query::types({"b", "$truncated"}),
      query::tags({"x"}),
      query::tags({"y", "x"}),
      query{{query_item{{"a", "c"}, {"z"}}, query_item{{"b"}, {}}}},
      query::types({"never"}),
  };
  return queries[*rc::gen::inRange<std::size_t>(0, queries.size())];
}

plain_event draw_event(bool last, bool with_id) {
  plain_event event{
      .type = *rc::gen::weightedElement<std::string>(
          {{8, "a"}, {8, "b"}, {4, "c"}, {2, "$truncated"}, {last ? 1U : 0U, "$tombstoned"}})};
  if (event.type == "$truncated")
    event.data = "{\"before\":" + std::to_string(*rc::gen::inRange(0, 9)) + "}";
  else if (event.type != "$tombstoned")
    event.data = *rc::gen::elementOf(payloads);
  if (*rc::gen::weightedElement<bool>({{9, false}, {1, true}})) event.schema = 2;
  if (with_id) event.id = testing::id_of(*rc::gen::inRange<std::uint64_t>(0, 40));
  for (const char* tag : {"x", "y", "z"})
    if (*rc::gen::weightedElement<bool>({{2, false}, {1, true}})) event.tags.push_back(tag);
  if (*rc::gen::weightedElement<bool>({{4, false}, {1, true}}))
    event.metadata = R"({"correlation":"c"})";
  event.time = timestamp{std::chrono::hours{*rc::gen::inRange(-10, 100)}};
  return event;
}

relative_write draw_write(const std::string& stream, bool with_ids) {
  relative_write drawn{{stream, any, {}}, {}};
  switch (*rc::gen::weightedElement<int>({{4, 0}, {1, 1}, {1, 2}, {5, 3}, {1, 4}})) {
  case 1: drawn.write.expected = no_stream; break;
  case 2: drawn.write.expected = stream_exists; break;
  case 3: drawn.from_version = 0; break;
  case 4: drawn.from_version = *rc::gen::inRange(-2, 3); break;
  default: break;
  }
  const int count = *rc::gen::weightedElement<int>({{1, 0}, {6, 1}, {3, 2}, {2, 3}});
  for (int i = 0; i < count; ++i) {
    plain_event event = draw_event(i + 1 == count, with_ids);
    for (const plain_event& earlier : drawn.write.events)
      if (event.id && earlier.id == event.id) event.id.reset(); // an id is used once in a stream
    drawn.write.events.push_back(std::move(event));
  }
  return drawn;
}

append_commit draw_commit() {
  append_commit drawn;
  const bool with_ids = *rc::gen::arbitrary<bool>();
  const auto first = *rc::gen::inRange<std::size_t>(0, stream_names.size());
  const auto count = *rc::gen::weightedElement<std::size_t>({{6, 1}, {2, 2}, {1, 3}});
  for (std::size_t i = 0; i < count; ++i)
    drawn.writes.push_back(draw_write(stream_names[(first + i) % stream_names.size()], with_ids));
  const int conditions = *rc::gen::weightedElement<int>({{5, 0}, {2, 1}, {1, 2}});
  for (int i = 0; i < conditions; ++i)
    drawn.conditions.push_back({draw_query(), *rc::gen::weightedElement<int>(
                                                  {{8, 0}, {4, -1}, {4, -3}, {2, -1000}, {1, 1}})});
  return drawn;
}

template <class Range>
Range draw_range() {
  Range range;
  if (*rc::gen::arbitrary<bool>()) range.order = direction::backwards;
  using number = typename decltype(range.from)::value_type;
  if (*rc::gen::arbitrary<bool>()) range.from = number{*rc::gen::inRange<std::uint64_t>(0, 30)};
  if (*rc::gen::arbitrary<bool>()) range.limit = *rc::gen::inRange<std::uint64_t>(0, 10);
  return range;
}

operation draw_operation() {
  const bool later = *rc::gen::arbitrary<bool>();
  switch (
      *rc::gen::weightedElement<int>({{12, 0}, {4, 1}, {3, 2}, {3, 3}, {1, 4}, {1, 5}, {1, 6}})) {
  case 0: return draw_commit();
  case 1:
    return append_again{*rc::gen::inRange<std::size_t>(0, 12),
                        *rc::gen::weightedElement<bool>({{3, false}, {1, true}})};
  case 2:
    return read_a_stream{*rc::gen::elementOf(stream_names), draw_range<stream_range>(), later};
  case 3: return read_the_store{draw_query(), draw_range<store_range>(), later};
  case 4: return save_a_snapshot{*rc::gen::elementOf(stream_names), *rc::gen::inRange(-3, 2)};
  case 5: return load_a_snapshot{*rc::gen::elementOf(stream_names)};
  default: return reopen_the_log{};
  }
}

// ---------------------------------------------------------------- showing them

std::string shown(const append_commit& commit) {
  std::string text{"append"};
  for (const auto& [write, from] : commit.writes) {
    text +=
        "\n    " + write.stream + " " +
        (from ? "exactly(version + " + std::to_string(*from) + ")" : write.expected.to_string());
    for (const plain_event& event : write.events) {
      text += "\n      " + event.type + "/" + std::to_string(event.schema);
      if (event.id) text += " " + event.id->to_string();
      text += " " + in_words(event.tags) + " " + testing::shortened(event.data);
    }
  }
  for (const auto& [which, from] : commit.conditions)
    text += "\n    require none of " + which.to_string() + " after head + " + std::to_string(from);
  return text;
}
template <class Range>
std::string shown_range(const Range& range, bool later) {
  std::string text = range.order == direction::backwards ? " backwards" : " forwards";
  if (range.from) text += " from " + std::to_string(range.from->value());
  if (range.limit) text += " at most " + std::to_string(*range.limit);
  return text + (later ? ", later" : "");
}
std::string shown(const append_again& again) {
  return "append commit " + std::to_string(again.which) + " again" +
         (again.changed ? ", changed" : "");
}
std::string shown(const read_a_stream& read) {
  return "read " + read.stream + shown_range(read.range, read.later);
}
std::string shown(const read_the_store& read) {
  return "read " + read.which.to_string() + shown_range(read.range, read.later);
}
std::string shown(const save_a_snapshot& save) {
  return "save a snapshot " + save.key + " of head + " + std::to_string(save.from_head);
}
std::string shown(const load_a_snapshot& load) { return "load the snapshot " + load.key; }
std::string shown(const reopen_the_log&) { return "reopen"; }

std::string shown(const std::vector<event_record>& events) {
  std::string text;
  for (const event_record& event : events) text += "\n  " + testing::shortened(in_words(event));
  return text;
}

// ---------------------------------------------------------------- running them

/// What append came to, as text: equal outcomes are equal texts.
template <class Append>
std::string outcome_of(Append&& append) {
  try {
    const append_result outcome = append();
    if (outcome) return in_words(*outcome);
    const append_conflict& conflict = outcome.error();
    return conflict.to_string() + "; " + conflict.expected.to_string() + ", " +
           in_words(conflict.actual) + ", " + in_words(conflict.at);
  } catch (const error& thrown) {
    return std::string{to_string(thrown.code())};
  }
}

class lockstep {
public:
  explicit lockstep(jsonl::durability how)
      : how_{.durability = how}, file_{jsonl::open(path(), how_)} {}

  void run(const operation& next) {
    std::visit([this](const auto& one) { step(one); }, next);
  }

  void finish() {
    for (auto& [expected, in_memory, in_file] : later_) {
      same(testing::collect(std::move(in_memory)), expected,
           "a cursor of the memory adapter, read later");
      same(testing::collect(std::move(in_file)), expected,
           "a cursor of the JSONL adapter, read later");
    }
    step(read_the_store{query::all(), {}, false});
    step(reopen_the_log{});
    step(read_the_store{query::all(), {}, false});
    for (const std::string& stream : stream_names) step(read_a_stream{stream, {}, false});
  }

private:
  void step(const append_commit& relative) {
    plain_commit commit;
    for (const auto& [write, from] : relative.writes) {
      commit.writes.push_back(write);
      const auto version = static_cast<std::int64_t>(model_.state_of(write.stream).version.value());
      if (from)
        commit.writes.back().expected =
            exactly(static_cast<std::uint64_t>(std::max<std::int64_t>(0, version + *from)));
    }
    for (const auto& [which, from] : relative.conditions)
      commit.conditions.push_back({which, from_head(from)});
    append(commit);
    sent_.push_back(std::move(commit));
  }
  void step(const append_again& again) {
    if (sent_.empty()) return;
    plain_commit commit = sent_[sent_.size() - 1 - again.which % sent_.size()];
    if (again.changed)
      for (plain_write& write : commit.writes)
        for (plain_event& event : write.events)
          if (!is_reserved(event.type)) event.data = R"({"changed":true})";
    append(commit);
  }
  void step(const read_a_stream& read) {
    const auto expected = model_.read_stream(read.stream, read.range);
    hold_or_compare(expected, memory_.read_stream(read.stream, read.range),
                    file_.read_stream(read.stream, read.range), read.later);
    const stream_state state = model_.state_of(read.stream);
    same_text(in_words(memory_.state_of(read.stream)), in_words(state), "state, memory");
    same_text(in_words(file_.state_of(read.stream)), in_words(state), "state, JSONL");
  }
  void step(const read_the_store& read) {
    hold_or_compare(model_.read_all(read.which, read.range),
                    memory_.read_all(read.which, read.range),
                    file_.read_all(read.which, read.range), read.later);
    same_text(in_words(memory_.head()), in_words(model_.head()), "head, memory");
    same_text(in_words(file_.head()), in_words(model_.head()), "head, JSONL");
  }
  void step(const save_a_snapshot& save) {
    const std::string state = "{\"n\":" + std::to_string(++snapshots_) + "}";
    const snapshot_record record{stream_version{snapshots_}, from_head(save.from_head), snapshots_,
                                 state};
    const snapshot_view view{record.version, record.position, record.fingerprint, record.state};
    const auto save_in = [&](auto& store) {
      return outcome_of([&]() -> append_result {
        store.save_snapshot(save.key, view);
        return append_receipt{};
      });
    };
    const bool ahead = record.position > model_.head();
    if (!ahead) saved_[save.key] = record;
    const std::string expected = outcome_of([&]() -> append_result {
      if (ahead) throw error{errc::invalid_argument, "ahead"};
      return append_receipt{};
    });
    same_text(save_in(memory_), expected, "save, memory");
    same_text(save_in(file_), expected, "save, JSONL");
  }
  void step(const load_a_snapshot& load) {
    const auto expected =
        saved_.contains(load.key) ? std::optional{saved_[load.key]} : std::nullopt;
    RC_ASSERT(memory_.load_snapshot(load.key).snapshot == expected);
    RC_ASSERT(file_.load_snapshot(load.key).snapshot == expected);
  }
  void step(const reopen_the_log&) {
    { const jsonl::adapter closed = std::move(file_); }
    file_ = jsonl::open(path(), how_);
    RC_ASSERT(file_.report().warnings.empty());
  }

  void append(const plain_commit& commit) {
    const std::string expected = outcome_of([&] { return model_.append(commit); });
    same_text(outcome_of([&] { return testing::append(memory_, commit); }), expected,
              "append, memory");
    same_text(outcome_of([&] { return testing::append(file_, commit); }), expected,
              "append, JSONL");
  }

  template <class InMemory, class InFile>
  void hold_or_compare(std::vector<event_record> expected, InMemory in_memory, InFile in_file,
                       bool later) {
    if (later) {
      later_.push_back({std::move(expected), std::move(in_memory), std::move(in_file)});
      return;
    }
    same(testing::collect(std::move(in_memory)), expected, "read, memory");
    same(testing::collect(std::move(in_file)), expected, "read, JSONL");
  }

  static void same(const std::vector<event_record>& got, const std::vector<event_record>& expected,
                   const std::string& what) {
    if (got != expected) RC_FAIL(what + "\nexpected:" + shown(expected) + "\ngot:" + shown(got));
  }
  static void same_text(const std::string& got, const std::string& expected,
                        const std::string& what) {
    if (got != expected) RC_FAIL(what + "\nexpected: " + expected + "\ngot:      " + got);
  }

  [[nodiscard]] global_position from_head(int distance) const {
    const auto head = static_cast<std::int64_t>(model_.head().value());
    return global_position{static_cast<std::uint64_t>(std::max<std::int64_t>(0, head + distance))};
  }
  [[nodiscard]] std::string path() const { return (folder_ / "log.jsonl").string(); }

  struct held {
    std::vector<event_record> expected;
    memory::cursor in_memory;
    jsonl::cursor in_file;
  };

  tests::scratch_folder folder_;
  jsonl::options how_;
  tests::naive_store model_;
  memory::adapter memory_;
  jsonl::adapter file_;
  std::vector<plain_commit> sent_;
  std::vector<held> later_;
  std::map<std::string, snapshot_record> saved_;
  std::uint64_t snapshots_ = 0;
};

} // namespace

namespace rc {
template <>
struct Arbitrary<operation> {
  static Gen<operation> arbitrary() { return gen::exec(draw_operation); }
};
} // namespace rc

namespace std {
// Where rapidcheck looks for a way to show a std::variant.
ostream& operator<<(ostream& out, const operation& one) {
  return out << "\n  " << visit([](const auto& what) { return shown(what); }, one);
}
} // namespace std

TEST_CASE("memory and JSONL answer every sequence of operations as the naive model does") {
  CHECK(evstore::tests::holds_for_random_cases(
      std::chrono::milliseconds{0}, [](const std::vector<operation>& operations) {
        using jsonl::durability;
        const durability kinds[]{durability::sync(), durability::none(),
                                 durability::buffered(std::chrono::milliseconds::max())};
        lockstep stores{kinds[*rc::gen::weightedElement<std::size_t>({{1, 0}, {4, 1}, {4, 2}})]};
        for (const operation& next : operations) stores.run(next);
        stores.finish();
      }));
}

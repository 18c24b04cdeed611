// The JSONL adapter by itself: payloads encoded by hand, batches of stored events decoded by hand. What
// the typed interface costs beyond this is the price of the abstraction.

#include "contestant.hpp"
#include "stored_record.hpp"

#include <evstore/decode.hpp>
#include <evstore/json/read.hpp>
#include <evstore/jsonl/adapter.hpp>

#include <utility>

namespace bench {

namespace {

namespace jsonl = evstore::jsonl;

class bare_adapter final : public contestant {
public:
  explicit bare_adapter(jsonl::adapter log) : log_{std::move(log)} {}

  /// One thread at a time.
  void commit(std::span<const write> writes) override {
    bytes_.clear();
    ends_.clear();
    for (const write& one : writes)
      for (const event& what : one.events) {
        write_payload(what, bytes_);
        ends_.push_back(bytes_.size());
      }
    events_.resize(ends_.size());
    writes_.clear();
    std::size_t count = 0;
    for (const write& one : writes) {
      const std::size_t first = count;
      for (const event& what : one.events) {
        const std::size_t begin = count == 0 ? 0 : ends_[count - 1];
        const std::string_view data{bytes_.data() + begin, ends_[count] - begin};
        events_[count].type = type_name(what);
        events_[count].data = evstore::json_view::trusted(data);
        ++count;
      }
      writes_.push_back({stream_name(one.stream), evstore::exactly(one.before),
                         std::span{events_}.subspan(first, count - first)});
    }
    const auto done = log_.append({writes_, {}});
    if (!done) refuse("evstore", done.error().to_string());
  }

  tally replay() override { return fold(log_.read_all(evstore::query::all(), {})); }
  tally read(std::uint32_t stream) override {
    return fold(log_.read_stream(stream_name(stream), {}));
  }
  void snapshot(std::uint32_t) override {}
  tally load(std::uint32_t) override { refuse("bare adapter", "keeps no snapshots"); }

private:
  template <class Cursor>
  static tally fold(Cursor cursor) {
    tally out;
    const auto take = [&](const evstore::event_view&, const auto& held) { out.evolve(held); };
    const auto stop = [](const evstore::event_view&) { refuse("evstore", "an unknown type"); };
    for (auto events = cursor.next(); !events.empty(); events = cursor.next())
      evstore::decode_events<fight>(events, take, stop);
    return out;
  }

  jsonl::adapter log_;
  std::string bytes_;
  std::vector<std::size_t> ends_;
  std::vector<evstore::new_event> events_;
  std::vector<evstore::stream_write> writes_;
};

} // namespace

std::vector<entry> bare_adapter_entries() {
  const auto open = [](const std::string& folder) {
    return std::make_unique<bare_adapter>(
        jsonl::open(folder + "/log.jsonl", {.durability = jsonl::durability::none()}));
  };
  return {
      {"jsonl, adapter alone", "without the typed interface", "jsonl_bare", {role::unsynced}, open},
      {"jsonl, adapter alone",
       "without the typed interface; checksums verified",
       "jsonl",
       {role::reading},
       open,
       [](const std::string& folder) {
         return std::make_unique<bare_adapter>(jsonl::open_read_only(folder + "/log.jsonl"));
       }}};
}

} // namespace bench

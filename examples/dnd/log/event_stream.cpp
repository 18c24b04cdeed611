#include "log/event_stream.hpp"

#include <evstore/commit_draft.hpp>

namespace dnd {

namespace {

evstore::jsonl::adapter open_log(const std::filesystem::path& path, access how, bool create) {
  return how == access::write ? evstore::jsonl::open(path.string(), {.create = create})
                              : evstore::jsonl::open_read_only(path.string());
}

/// As it is stored, borrowed from the record and from `tags`, which is overwritten.
evstore::new_event copy_of(const evstore::event_record& stored,
                           std::vector<std::string_view>& tags) {
  tags.assign(stored.tags.begin(), stored.tags.end());
  return {.type = stored.type,
          .data = evstore::json_view::trusted(stored.data),
          .schema = stored.schema,
          .id = stored.id,
          .tags = {tags.data(), tags.size()},
          .metadata = evstore::json_view::trusted(stored.metadata),
          .time = stored.time};
}

std::vector<std::string> warnings_of(const evstore::jsonl::adapter& log) {
  return log.report().warnings;
}
#ifdef DND_HAS_POSTGRES
std::vector<std::string> warnings_of(const evstore::postgres::adapter& log) {
  return log.warnings();
}
#endif

} // namespace

event_stream::event_stream(std::filesystem::path path, any_log store)
    : path_{std::move(path)}, store_{std::move(store)} {
  size_ = std::visit([](const auto& log) { return log.head().value(); }, store_);
  if (const auto first = event_at(1)) name_ = first->stream;
}

event_stream::event_stream(const std::filesystem::path& path, access how, bool create)
    : event_stream{path, evstore::store<campaign_events, evstore::jsonl::adapter>{
                             open_log(path, how, create)}} {}

#ifdef DND_HAS_POSTGRES
event_stream::event_stream(campaign_place place, access how)
    : event_stream{[&]() -> event_stream {
        if (!place.server) return {place.log(), how};
        evstore::store<campaign_events, evstore::postgres::adapter> log{
            open_server_log(place, how)};
        return {server_log_address(place), std::move(log)};
      }()} {}
#else
event_stream::event_stream(campaign_place place, access how) : event_stream{place.log(), how} {}
#endif

std::vector<std::string> event_stream::warnings() const {
  return std::visit([](auto& store) { return warnings_of(store.adapter()); }, store_);
}

void event_stream::append(std::span<const evstore::event_record> copied,
                          const std::vector<evstore::envelope<event>>& made) {
  evstore::draft_lease<campaign_events> draft;
  const evstore::expected_version expected{evstore::exactly(evstore::stream_version{size_})};
  draft->begin_write(name_, expected);
  draft->add(made);
  const std::span<const evstore::new_event> drafted = draft->view().writes.front().events;

  std::vector<std::vector<std::string_view>> tags(copied.size());
  std::vector<evstore::new_event> events;
  events.reserve(copied.size() + drafted.size());
  for (std::size_t i = 0; i < copied.size(); ++i) events.push_back(copy_of(copied[i], tags[i]));
  events.insert(events.end(), drafted.begin(), drafted.end());

  const evstore::stream_write write{name_, expected, events};
  const evstore::append_result written = std::visit(
      [&](auto& store) {
        return store.adapter().append({.writes = {&write, 1}});
      },
      store_);
  if (!written)
    throw evstore::error{evstore::errc::conflict,
                         "somebody else has played on meanwhile; nothing was changed, begin again "
                         "to see what happened"};
  size_ = written->version().value();
}

std::optional<evstore::event_record> event_stream::event_at(std::uint64_t which) const {
  if (which == 0) return std::nullopt;
  return std::visit(
      [&](auto& store) -> std::optional<evstore::event_record> {
        auto cursor = store.adapter().read_all(
            evstore::query::all(), {.from = evstore::global_position{which}, .limit = 1});
        const auto found = cursor.next();
        if (found.empty()) return std::nullopt;
        return evstore::event_record{found.front()};
      },
      store_);
}

std::vector<evstore::event_record> event_stream::all() const {
  std::vector<evstore::event_record> found;
  std::visit(
      [&](auto& store) {
        auto cursor = store.adapter().read_all(evstore::query::all(), {.limit = size_});
        for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
          for (const evstore::event_view& stored : batch) found.emplace_back(stored);
      },
      store_);
  return found;
}

} // namespace dnd

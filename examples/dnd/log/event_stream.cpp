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

} // namespace

event_stream::event_stream(const std::filesystem::path& path, access how, bool create)
    : path_{path}, store_{open_log(path, how, create)} {
  size_ = store_.head().value();
  if (const auto first = event_at(1)) name_ = first->stream;
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
  size_ = store_.adapter().append({.writes = {&write, 1}}).value().version().value();
}

std::optional<evstore::event_record> event_stream::event_at(std::uint64_t which) const {
  auto cursor = store_.adapter().read_all(evstore::query::all(),
                                          {.from = evstore::global_position{which}, .limit = 1});
  const auto found = cursor.next();
  if (which == 0 || found.empty()) return std::nullopt;
  return evstore::event_record{found.front()};
}

std::vector<evstore::event_record> event_stream::all() const {
  std::vector<evstore::event_record> found;
  auto cursor = store_.adapter().read_all(evstore::query::all(), {.limit = size_});
  for (auto batch = cursor.next(); !batch.empty(); batch = cursor.next())
    for (const evstore::event_view& stored : batch) found.emplace_back(stored);
  return found;
}

} // namespace dnd

#include "log/campaign_log.hpp"

#include "log/digest.hpp"
#include "log/snapshot_file.hpp"
#include "schema.hpp"

#include <evstore/generate_event_id.hpp>
#include <evstore/json/read.hpp>
#include <evstore/jsonl/adapter.hpp>
#include <evstore/store.hpp>

#include <string_view>
#include <utility>

namespace dnd {

namespace {

constexpr std::string_view stream_prefix = "campaign-";

std::string digest_of_event(const evstore::event_view& event) {
  std::string text{event.type};
  text.append(" ").append(evstore::to_string(event.time)).append(" ").append(event.data);
  return digest_of(text);
}

evstore::jsonl::adapter open_log(const std::filesystem::path& path, access how) {
  return how == access::write ? evstore::jsonl::open(path.string(), {.create = false})
                              : evstore::jsonl::open_read_only(path.string());
}

} // namespace

class campaign_log::journal {
public:
  journal(campaign_place where, access how, const snapshot_rhythm& rhythm)
      : place{std::move(where)}, rhythm_{rhythm}, store_{open_log(place.log(), how)} {
    report.warnings = store_.adapter().report().warnings;
    learn_id(how);
    load();
    if (!state.name.empty()) place.name = state.name;
  }

  recorded append(std::vector<event> events) {
    if (position == 0) events.insert(events.begin(), campaign_started{place.name, place.id});
    const std::uint64_t before = position;
    write(events);
    recorded written{std::move(events), {}};
    if (const auto reason = due(before, written.events)) {
      try {
        written.events.push_back(take_snapshot(*reason));
      } catch (const evstore::error& failed) {
        written.warnings.push_back("no snapshot was taken: " + std::string{failed.what()});
      }
    }
    return written;
  }

  recorded save() {
    recorded written;
    if (position == 0) {
      written.events.emplace_back(campaign_started{place.name, place.id});
      write(written.events);
    }
    written.events.push_back(take_snapshot("saved"));
    return written;
  }

  void replay(std::optional<std::uint64_t> last,
              const std::function<bool(const log_entry&)>& see) const {
    campaign_state after;
    event happened;
    for (auto&& stored : store_.read_all()) {
      const std::uint64_t at = stored.position().value();
      if (last && at > *last) return;
      evolve(after, stored, &happened);
      if (!see({at, evstore::to_string(stored.time()), happened, after})) return;
    }
  }

  [[nodiscard]] bool takes_snapshots() const noexcept { return rhythm_.rule.used; }

  campaign_place place;
  campaign_state state;
  std::uint64_t position = 0;
  load_report report;

private:
  using log_store = evstore::store<campaign_events, evstore::jsonl::adapter>;

  std::string stream() const { return std::string{stream_prefix} + place.id; }

  /// The log is right about whose it is; `campaign.yaml` helps until there is a first event.
  void learn_id(access how) {
    auto first = store_.adapter().read_all(evstore::query::all(), {.limit = 1});
    if (const auto found = first.next(); !found.empty()) {
      const std::string_view name = found.front().stream;
      if (!name.starts_with(stream_prefix)) {
        evstore::error_place at;
        at.file = place.log().string();
        at.line = 1;
        at.stream = name;
        throw evstore::error{evstore::errc::corrupt, "this is not the log of a campaign", at};
      }
      place.id = name.substr(stream_prefix.size());
    } else if (place.id.empty() && how == access::write) {
      const std::string uuid = evstore::generate_event_id().to_string();
      place.id = place.slug + "-" + uuid.substr(uuid.size() - 8);
      write_campaign_page(place);
    }
  }

  void load() {
    const std::uint64_t head = store_.head().value();
    auto snapshot = rhythm_.rule.used ? usable_snapshot(head) : std::nullopt;
    if (snapshot && !fold_after(*snapshot)) {
      pass_over("the log remembers another one of that position");
      snapshot.reset();
    }
    if (snapshot) {
      report.from_snapshot = snapshot->position;
    } else {
      state = {};
      position = 0;
      report.replayed = 0;
      for (auto&& stored : store_.read_all()) evolve(stored);
    }
    report.position = position;
    version_ = store_.state_of(stream()).version;
  }

  void pass_over(std::string_view why) {
    report.warnings.push_back("snapshot.yaml is not used, the log is replayed instead: " +
                              std::string{why});
  }

  std::optional<snapshot_file> usable_snapshot(std::uint64_t head) {
    try {
      snapshot_file snapshot = read_snapshot(place.snapshot());
      if (snapshot.campaign != place.id) {
        pass_over("it is of the campaign " + snapshot.campaign);
      } else if (snapshot.position == 0 || snapshot.position > head) {
        pass_over("it is of event " + std::to_string(snapshot.position) + ", and the log has " +
                  std::to_string(head));
      } else if (snapshot.event != digest_of_event_at(snapshot.position)) {
        pass_over("the log has another event " + std::to_string(snapshot.position));
      } else {
        return snapshot;
      }
    } catch (const evstore::error& failed) {
      if (failed.code() != evstore::errc::not_found) pass_over(failed.what());
    }
    return std::nullopt;
  }

  /// False if an event after the snapshot shows that it is not the one that was taken.
  bool fold_after(const snapshot_file& snapshot) {
    state = snapshot.state;
    position = snapshot.position;
    const evstore::global_position next{snapshot.position + 1};
    for (auto&& stored : store_.read_all({.from = next})) {
      if (const auto taken = stored.template as<snapshot_taken>())
        if (taken->position == snapshot.position && taken->digest != snapshot.digest) return false;
      evolve(stored);
    }
    return true;
  }

  void evolve(const evstore::typed_event<campaign_events>& stored) {
    evolve(state, stored);
    position = stored.position().value();
    ++report.replayed;
  }

  /// Lets the state take in a stored event, which is copied to `seen` if anybody wants to see it. One
  /// that makes no sense is an error that says where.
  void evolve(campaign_state& into, const evstore::typed_event<campaign_events>& stored,
              event* seen = nullptr) const try {
    stored.visit([&](const auto& payload) {
      into.evolve(payload);
      if (seen != nullptr) *seen = payload;
    });
  } catch (const evstore::error& failed) {
    if (failed.place().position) throw;
    evstore::error_place at;
    at.file = place.log().string();
    at.line = at.position = stored.position().value();
    at.type = stored.type();
    throw evstore::error{failed.code(), failed.message(), std::move(at)};
  }

  std::string digest_of_event_at(std::uint64_t at) {
    auto cursor = store_.adapter().read_all(evstore::query::all(),
                                            {.from = evstore::global_position{at}, .limit = 1});
    const auto found = cursor.next();
    return found.empty() ? std::string{} : digest_of_event(found.front());
  }

  void write(const std::vector<event>& events) {
    const auto receipt = store_.append(stream(), evstore::exactly(version_), events).value();
    version_ = receipt.version();
    for (const event& happened : events)
      std::visit([this](const auto& payload) { state.evolve(payload); }, happened);
    position = receipt.last.value();
  }

  /// Why a snapshot is due now, if one is.
  std::optional<std::string> due(std::uint64_t before, const std::vector<event>& events) const {
    const auto& rule = rhythm_.rule;
    for (const event& happened : events)
      if (std::holds_alternative<session_ended>(happened) &&
          rule.due(evstore::event_name<campaign_events, session_ended>))
        return "by-session";
    if (rule.due(evstore::stream_version{before}, evstore::stream_version{position}))
      return "every-" + std::to_string(rule.count);
    return std::nullopt;
  }

  /// First the file, then the event that speaks of it: whoever crashes in between leaves a snapshot
  /// that is as good as any.
  event take_snapshot(std::string reason) {
    const snapshot_file taken = seal_snapshot(state, position, digest_of_event_at(position));
    write_snapshot(place.snapshot(), taken);
    event spoken{snapshot_taken{position, place.snapshot().filename().string(), taken.digest,
                                std::move(reason)}};
    write({spoken});
    return spoken;
  }

  snapshot_rhythm rhythm_;
  log_store store_;
  evstore::stream_version version_; ///< what the next append expects
};

campaign_log::campaign_log(campaign_place place, access how, const snapshot_rhythm& rhythm)
    : journal_{std::make_unique<journal>(std::move(place), how, rhythm)} {}
campaign_log::~campaign_log() = default;
campaign_log::campaign_log(campaign_log&&) noexcept = default;
campaign_log& campaign_log::operator=(campaign_log&&) noexcept = default;

const campaign_place& campaign_log::place() const noexcept { return journal_->place; }
const campaign_state& campaign_log::state() const noexcept { return journal_->state; }
std::uint64_t campaign_log::position() const noexcept { return journal_->position; }
const load_report& campaign_log::report() const noexcept { return journal_->report; }

recorded campaign_log::append(std::vector<event> events) {
  return journal_->append(std::move(events));
}
bool campaign_log::takes_snapshots() const noexcept { return journal_->takes_snapshots(); }
recorded campaign_log::save() { return journal_->save(); }

void campaign_log::replay(std::optional<std::uint64_t> last,
                          const std::function<bool(const log_entry&)>& see) const {
  journal_->replay(last, see);
}

} // namespace dnd

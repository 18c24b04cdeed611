#include "log/campaign_log.hpp"

#include "log/digest.hpp"
#include "log/event_sequence.hpp"
#include "log/snapshot_file.hpp"

#include <evstore/generate_event_id.hpp>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace dnd {

namespace {

std::string digest_of_event(const evstore::event_record& event) {
  std::string text{event.type};
  text.append(" ").append(evstore::to_string(event.time)).append(" ").append(event.data);
  return digest_of(text);
}

/// Where an event comes from, as its metadata has it.
struct origin {
  std::optional<std::string> correlation; ///< the position of the first event of its command
  std::optional<std::string> causation;   ///< the command as it was typed
};
EVSTORE_DESCRIBE(origin, correlation, causation)

origin origin_of(const stored_event& stored) {
  return stored.metadata().empty() ? origin{} : evstore::json::read<origin>(stored.metadata());
}

std::uint64_t number_in(std::string_view text, std::uint64_t otherwise) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc{} && end == text.data() + text.size() ? number : otherwise;
}

} // namespace

class campaign_log::journal {
public:
  journal(campaign_place where, access how, const snapshot_rhythm& rhythm)
      : place{std::move(where)}, rhythm_{rhythm}, events_{place, how} {
    report.warnings = events_.warnings();
    const bool has_page = !place.id.empty();
    learn_id(how);
    load();
    // A copy may have another name than the one under which the campaign began.
    if (!has_page && !state.name.empty()) place.name = state.name;
  }

  recorded append(std::vector<event> events, std::string_view said) {
    if (position == 0) events.insert(events.begin(), campaign_started{place.name, place.id});
    const std::uint64_t before = position;
    write(events, said);
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
      write(written.events, {});
    }
    written.events.push_back(take_snapshot("saved"));
    return written;
  }

  void replay(std::optional<std::uint64_t> last,
              const std::function<bool(const log_entry&)>& see) const {
    campaign_state after;
    event happened;
    events_.read_from(1, [&](std::uint64_t at, const stored_event& stored) {
      if (last && at > *last) return false;
      evolve(after, at, stored, &happened);
      const origin from = origin_of(stored);
      return see({at, evstore::to_string(stored.time()), from.causation.value_or(""),
                  number_in(from.correlation.value_or(""), at), happened, after});
    });
  }

  [[nodiscard]] bool takes_snapshots() const noexcept { return rhythm_.rule.used; }

  campaign_place place;
  campaign_state state;
  std::uint64_t position = 0;
  load_report report;

private:
  /// The log is right about whose it is; `campaign.yaml` helps until there is a first event.
  void learn_id(access how) {
    const std::string_view name = events_.name();
    if (name.empty()) {
      if (place.id.empty() && how == access::write) {
        const std::string uuid = evstore::generate_event_id().to_string();
        place.id = place.slug + "-" + uuid.substr(uuid.size() - 8);
        write_campaign_page(place);
      }
      events_.set_name(std::string{campaign_stream_prefix} + place.id);
    } else if (name.starts_with(campaign_stream_prefix)) {
      place.id = name.substr(campaign_stream_prefix.size());
    } else {
      evstore::error_place at;
      at.file = place.log().string();
      at.line = 1;
      at.stream = name;
      throw evstore::error{evstore::errc::corrupt, "this is not the log of a campaign", at};
    }
  }

  void load() {
    auto snapshot = rhythm_.rule.used ? usable_snapshot() : std::nullopt;
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
      events_.read_from(1, [&](std::uint64_t at, const stored_event& stored) {
        evolve(at, stored);
        return true;
      });
    }
    report.position = position;
  }

  void pass_over(std::string_view why) {
    report.warnings.push_back("snapshot.yaml is not used, the log is replayed instead: " +
                              std::string{why});
  }

  std::optional<snapshot_file> usable_snapshot() {
    try {
      snapshot_file snapshot = read_snapshot(place.snapshot());
      if (snapshot.campaign != place.id) {
        pass_over("it is of the campaign " + snapshot.campaign);
      } else if (snapshot.position == 0 || snapshot.position > events_.size()) {
        pass_over("it is of event " + std::to_string(snapshot.position) + ", and the log has " +
                  std::to_string(events_.size()));
      } else if (snapshot.event != digest_of_event_at(snapshot.position)) {
        pass_over("the log has another event " + std::to_string(snapshot.position));
      } else {
        return snapshot;
      }
    } catch (const evstore::error& failed) {
      if (failed.code() != evstore::errc::not_found) pass_over(failed.message());
    }
    return std::nullopt;
  }

  /// False if an event after the snapshot shows that it is not the one that was taken.
  bool fold_after(const snapshot_file& snapshot) {
    state = snapshot.state;
    position = snapshot.position;
    bool good = true;
    events_.read_from(snapshot.position + 1, [&](std::uint64_t at, const stored_event& stored) {
      if (const auto taken = stored.as<snapshot_taken>())
        good = taken->position != snapshot.position || taken->digest == snapshot.digest;
      if (good) evolve(at, stored);
      return good;
    });
    return good;
  }

  void evolve(std::uint64_t at, const stored_event& stored) {
    evolve(state, at, stored);
    position = at;
    ++report.replayed;
  }

  /// Lets the state take in a stored event, which is copied to `seen` if anybody wants to see it. One
  /// that makes no sense is an error that says where.
  void evolve(campaign_state& into, std::uint64_t number, const stored_event& stored,
              event* seen = nullptr) const try {
    stored.visit([&](const auto& payload) {
      into.evolve(payload);
      if (seen != nullptr) *seen = payload;
    });
  } catch (const evstore::error& failed) {
    if (failed.place().position) throw;
    evstore::error_place at;
    at.stream = stored.stream();
    at.file = events_.file_of(number).string();
    at.line = at.position = stored.position().value();
    at.type = stored.type();
    throw evstore::error{failed.code(), failed.message(), std::move(at)};
  }

  std::string digest_of_event_at(std::uint64_t at) const {
    const auto found = events_.event_at(at);
    return found ? digest_of_event(*found) : std::string{};
  }

  void write(const std::vector<event>& events, std::string_view said) {
    evstore::metadata about{.correlation = std::to_string(position + 1)};
    if (!said.empty()) about.causation = std::string{said};
    std::vector<evstore::envelope<event>> made;
    made.reserve(events.size());
    for (const event& happened : events) made.push_back({happened, {.metadata = about}});
    events_.append(made);
    for (const event& happened : events)
      std::visit([this](const auto& payload) { state.evolve(payload); }, happened);
    position = events_.size();
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
    write({spoken}, {});
    return spoken;
  }

  snapshot_rhythm rhythm_;
  event_sequence events_;
};

/// What changes when events move from the log of a fight to that of the campaign. Not the size
/// alone: who comes after a crash finds the end of a fight written, and only makes it known.
struct whereabouts {
  std::uintmax_t size = 0;
  std::vector<std::filesystem::path> fights;

  explicit whereabouts(const campaign_place& place) {
    std::error_code ignored;
    size = std::filesystem::file_size(place.log(), ignored);
    if (std::filesystem::is_directory(place.directory, ignored))
      fights = event_sequence::fight_logs(place);
    std::sort(fights.begin(), fights.end());
  }
  friend bool operator==(const whereabouts&, const whereabouts&) = default;
};

/// A fight that ends while somebody reads moves its events to another file, after which looking again
/// finds them.
template <class Open>
auto open_patiently(const campaign_place& place, access how, Open open) {
  constexpr int most_moves = 5;
  for (int moves = 0;; ++moves) {
    const whereabouts before{place};
    try {
      return open();
    } catch (const evstore::error& failed) {
      // The log on a server may have given way to another one (`succession.hpp`) after it was opened.
      const bool led_away =
          place.server && moves == 0 && failed.code() == evstore::errc::unknown_event;
      if (led_away) continue;
      if (how == access::write || moves == most_moves || whereabouts{place} == before) throw;
    }
  }
}

campaign_log::campaign_log(campaign_place place, access how, const snapshot_rhythm& rhythm)
    : journal_{open_patiently(place, how,
                              [&] { return std::make_unique<journal>(place, how, rhythm); })} {}
campaign_log::~campaign_log() = default;
campaign_log::campaign_log(campaign_log&&) noexcept = default;
campaign_log& campaign_log::operator=(campaign_log&&) noexcept = default;

const campaign_place& campaign_log::place() const noexcept { return journal_->place; }
const campaign_state& campaign_log::state() const noexcept { return journal_->state; }
std::uint64_t campaign_log::position() const noexcept { return journal_->position; }
const load_report& campaign_log::report() const noexcept { return journal_->report; }

recorded campaign_log::append(std::vector<event> events, std::string_view said) {
  return journal_->append(std::move(events), said);
}
bool campaign_log::takes_snapshots() const noexcept { return journal_->takes_snapshots(); }
recorded campaign_log::save() { return journal_->save(); }

void campaign_log::replay(std::optional<std::uint64_t> last,
                          const std::function<bool(const log_entry&)>& see) const {
  journal_->replay(last, see);
}

} // namespace dnd

#include "log/event_sequence.hpp"

#include <evstore/error.hpp>
#include <evstore/generate_event_id.hpp>

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

namespace dnd {

namespace {

constexpr std::string_view fight_prefix = "encounter-";
constexpr std::string_view log_suffix = ".jsonl";

std::string fight_file(int number) {
  return std::string{fight_prefix} + std::to_string(number) + std::string{log_suffix};
}

/// Whether the name is of the log of a fight, or of something that a log brings along. What was cut
/// off a log is kept for people to look at.
bool belongs_to_a_fight(std::string_view name) {
  if (!name.starts_with(fight_prefix)) return false;
  name.remove_prefix(fight_prefix.size());
  const std::size_t digits = std::min(name.find_first_not_of("0123456789"), name.size());
  if (digits == 0 || !name.substr(digits).starts_with(log_suffix)) return false;
  return name.find(".torn-") == std::string_view::npos;
}

/// Which fight goes on after an event, if any; and whether the event has a say in it.
struct turning_point {
  bool turns = false;
  std::optional<int> fight{};
};

struct fight_after {
  turning_point operator()(const encounter_started& e) const { return {true, e.encounter}; }
  turning_point operator()(const encounter_ended&) const { return {true}; }
  turning_point operator()(const undone& e) const {
    return {true, e.encounter.active ? std::optional{e.encounter.number} : std::nullopt};
  }
  turning_point operator()(const auto&) const { return {}; }
};

[[noreturn]] void throw_corrupt(const std::filesystem::path& file, const std::string& what) {
  evstore::error_place at;
  at.file = file.string();
  throw evstore::error{evstore::errc::corrupt, what, std::move(at)};
}

} // namespace

event_sequence::event_sequence(const campaign_place& place, access how)
    : directory_{place.directory}, parts_fights_{!place.server}, campaign_{place, how} {
  if (!parts_fights_) return;
  if (const auto begun = fight_begun_last()) join_fight(*begun, how);
  if (how == access::write) remove_other_fights();
}

std::uint64_t event_sequence::size() const noexcept {
  return campaign_.size() + (fight_ ? fight_->size() : 0);
}

std::vector<std::filesystem::path> event_sequence::fight_logs(const campaign_place& place) {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator{place.directory})
    if (const auto& path = entry.path();
        path.extension() == log_suffix && belongs_to_a_fight(path.filename().string()))
      found.push_back(path);
  return found;
}

std::vector<std::string> event_sequence::warnings() const {
  std::vector<std::string> all = campaign_.warnings();
  if (fight_)
    for (std::string& warning : fight_->warnings()) all.push_back(std::move(warning));
  return all;
}

void event_sequence::append(const std::vector<evstore::envelope<event>>& made) {
  const auto turn = std::find_if(made.begin(), made.end(), [&](const auto& envelope) {
    const turning_point after = std::visit(fight_after{}, envelope.event);
    return after.turns && after.fight != fight_number_;
  });
  if (turn == made.end() || !parts_fights_) return (fight_ ? *fight_ : campaign_).append({}, made);

  const std::optional<int> next = std::visit(fight_after{}, turn->event).fight;
  std::vector<evstore::envelope<event>> until{made.begin(), next ? turn + 1 : made.end()};
  const std::vector<evstore::envelope<event>> behind{made.begin() + std::ssize(until), made.end()};

  // What follows the beginning of a fight comes first: nobody believes it before the campaign's log
  // says that there is a fight.
  std::optional<event_stream> begun;
  if (next) {
    until.back().details.id = evstore::generate_event_id();
    begun.emplace(new_fight({*next, *until.back().details.id}));
  }
  if (!behind.empty()) begun->append({}, behind);
  campaign_.append(fight_ ? fight_->all() : std::vector<evstore::event_record>{}, until);
  fight_ = std::move(begun);
  fight_number_ = next;
  remove_other_fights();
}

std::optional<evstore::event_record> event_sequence::event_at(std::uint64_t number) const {
  const std::uint64_t before = campaign_.size();
  if (number <= before) return campaign_.event_at(number);
  return fight_ ? fight_->event_at(number - before) : std::nullopt;
}

std::string event_sequence::fight_name(const beginning& begun) const {
  return name() + "-encounter-" + std::to_string(begun.number) + "-" + begun.id.to_string();
}

event_stream event_sequence::new_fight(const beginning& begun) const {
  remove_other_fights();
  event_stream made{directory_ / fight_file(begun.number), access::write, true};
  if (made.size() != 0)
    throw_corrupt(made.path(), "a left-over log is in the way of a new fight's");
  made.set_name(fight_name(begun));
  return made;
}

/// The fight that the last event of the campaign's log began, if it did.
std::optional<event_sequence::beginning> event_sequence::fight_begun_last() const {
  const auto last = campaign_.event_at(campaign_.size());
  if (!last || !last->id) return std::nullopt;
  std::vector<std::string_view> tags;
  const evstore::event_view raw = view_of(*last, tags);
  const stored_event stored{raw};
  turning_point turn;
  if (const auto begun = stored.as<encounter_started>()) turn = fight_after{}(*begun);
  if (const auto back = stored.as<undone>()) turn = fight_after{}(*back);
  return turn.fight ? std::optional{beginning{*turn.fight, *last->id}} : std::nullopt;
}

void event_sequence::join_fight(const beginning& begun, access how) {
  const std::filesystem::path file = directory_ / fight_file(begun.number);
  const std::string which = "encounter " + std::to_string(begun.number);
  try {
    fight_.emplace(file, how);
  } catch (const evstore::error& failed) {
    if (failed.code() != evstore::errc::not_found) throw;
    throw_corrupt(file, which +
                            " goes on, but its log is not there; put it back from a backup, or "
                            "create an empty file of that name to go on without it");
  }
  fight_number_ = begun.number;
  const std::string expected = fight_name(begun);
  if (fight_->size() == 0)
    fight_->set_name(expected);
  else if (fight_->name() != expected)
    throw_corrupt(file, "this is the log " + fight_->name() + ", and " + which +
                            " goes on in the log " + expected);
}

void event_sequence::remove_other_fights() const noexcept {
  const std::string kept = fight_ ? fight_->path().filename().string() : std::string{};
  std::error_code ignored; // what is left over is removed some other time
  for (std::filesystem::directory_iterator entry{directory_, ignored}, end; entry != end;
       entry.increment(ignored)) {
    const std::string name = entry->path().filename().string();
    if (belongs_to_a_fight(name) && (kept.empty() || !name.starts_with(kept)))
      std::filesystem::remove(entry->path(), ignored);
  }
}

} // namespace dnd

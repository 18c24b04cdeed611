#include "history/log_filter.hpp"

#include "files/problem.hpp"
#include "history/involved.hpp"
#include "history/points.hpp"
#include "language/text.hpp"
#include "log/event_json.hpp"
#include "schema.hpp"

#include <evstore/timestamp.hpp>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

namespace dnd {

namespace {

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto close = nearest(word, known);
  return close ? "; did you mean " + *close + "?" : "";
}

template <std::size_t... Index>
std::vector<std::string> names_of_types(std::index_sequence<Index...>) {
  return {std::string{stored_name(event{std::in_place_index<Index>})}...};
}

void require_types(const std::vector<std::string>& types) {
  const std::vector<std::string> known =
      names_of_types(std::make_index_sequence<std::variant_size_v<event>>{});
  for (const std::string& type : types)
    if (std::find(known.begin(), known.end(), type) == known.end())
      throw bad_usage("there are no events of type \"" + type + "\"" + did_you_mean(type, known));
}

/// The beginning of a time as the log writes it, `2026-11-20T21:20:00.123456Z`, cut where the user
/// stopped: times that begin with it are the same to that precision.
std::string require_time(std::string text) {
  constexpr std::string_view form = "0000-00-00T00:00:00.000000";
  const std::string said = text;
  if (text.ends_with('Z')) text.pop_back();
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  const bool whole = text.size() == 10 || text.size() == 16 || text.size() >= 19;
  const bool fits = whole && text.size() <= form.size() && text.size() != 20;
  if (!fits || !evstore::parse_timestamp(text + std::string{form.substr(text.size())} + 'Z'))
    throw bad_usage("\"" + said +
                    "\" is no time; say one in UTC like 2026-11-20, 2026-11-20T21:20 or "
                    "2026-11-20T21:20:05");
  return text;
}

void require_scenes(const campaign_log& log, const log_filter& wanted) {
  if (!wanted.session && !wanted.encounter) return;
  const landmarks known = find_landmarks(log);
  if (wanted.session) static_cast<void>(find_session(known, *wanted.session));
  if (wanted.encounter) static_cast<void>(find_encounter(known, *wanted.encounter));
}

bool is_in_encounter(const log_entry& entry, int number) {
  if (const auto* ended = std::get_if<encounter_ended>(&entry.happened))
    return ended->encounter == number;
  return entry.after.encounter.active && entry.after.encounter.number == number;
}

/// The filter, made ready, and what it has learnt on its way through the log.
class sieve {
public:
  explicit sieve(const log_filter& wanted) : wanted_{wanted} {
    require_types(wanted.types);
    if (wanted.since) wanted_.since = require_time(*wanted.since);
    if (wanted.until) wanted_.until = require_time(*wanted.until);
    if (wanted.from && wanted.to && *wanted.from > *wanted.to)
      throw bad_usage("no event is both from position " + std::to_string(*wanted.from) +
                      " on and up to " + std::to_string(*wanted.to));
  }

  bool lets_through(const log_entry& entry) {
    const bool about = wanted_.creatures.empty() || is_about_a_wanted_creature(entry);
    return about && is_in_range(entry) && is_of_type(entry) && is_of_scene(entry);
  }

  /// The creatures of the filter that no event was about are slips of the fingers.
  void require_creatures_met(const campaign_state& now) const {
    for (const std::string& name : wanted_.creatures) {
      if (met_.contains(folded(name))) continue;
      std::vector<std::string> known;
      for (const auto& [id, who] : now.creatures) {
        known.push_back(id);
        known.push_back(who.name);
      }
      throw not_possible("no event is about \"" + name + "\"" + did_you_mean(name, known));
    }
  }

private:
  bool is_about_a_wanted_creature(const log_entry& entry) {
    bool found = false;
    for (const std::string_view id : involved_in(entry.happened)) {
      const auto known = entry.after.creatures.find(std::string{id});
      for (const std::string& name : wanted_.creatures) {
        if (!same_word(id, name) &&
            (known == entry.after.creatures.end() || !same_word(known->second.name, name)))
          continue;
        found = true;
        met_.insert(folded(name));
      }
    }
    return found;
  }

  [[nodiscard]] bool is_in_range(const log_entry& entry) const {
    const std::string_view time = entry.time;
    return (!wanted_.from || entry.position >= *wanted_.from) &&
           (!wanted_.to || entry.position <= *wanted_.to) &&
           (!wanted_.since || time.substr(0, wanted_.since->size()) >= *wanted_.since) &&
           (!wanted_.until || time.substr(0, wanted_.until->size()) <= *wanted_.until);
  }

  [[nodiscard]] bool is_of_type(const log_entry& entry) const {
    const auto& types = wanted_.types;
    return types.empty() ||
           std::find(types.begin(), types.end(), stored_name(entry.happened)) != types.end();
  }

  [[nodiscard]] bool is_of_scene(const log_entry& entry) const {
    const encounter& fight = entry.after.encounter;
    return (!wanted_.session || entry.after.session == *wanted_.session) &&
           (!wanted_.encounter || is_in_encounter(entry, *wanted_.encounter)) &&
           (!wanted_.round || (fight.active && fight.round == *wanted_.round));
  }

  log_filter wanted_;
  std::set<std::string> met_;
};

} // namespace

void select(const campaign_log& log, const log_filter& wanted,
            const std::function<void(const log_entry&)>& show) {
  std::uint64_t passed_over = 0; // of those that get through
  std::optional<std::uint64_t> end = wanted.to;
  if (wanted.last) {
    sieve counting{wanted};
    std::uint64_t count = 0;
    // Others may write meanwhile: both passes must see the same events.
    end = std::min(end.value_or(log.position()), log.position());
    log.replay(end, [&](const log_entry& entry) {
      count += counting.lets_through(entry) ? 1 : 0;
      return true;
    });
    passed_over = count - std::min(count, *wanted.last);
  }
  sieve chosen{wanted};
  bool nothing = true;
  log.replay(end, [&](const log_entry& entry) {
    if (!chosen.lets_through(entry)) return true;
    nothing = false;
    if (passed_over > 0)
      --passed_over;
    else
      show(entry);
    return true;
  });
  if (nothing) require_scenes(log, wanted);
  chosen.require_creatures_met(log.state());
}

} // namespace dnd

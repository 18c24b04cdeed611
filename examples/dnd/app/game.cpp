#include "app/game.hpp"

#include "campaign/decide.hpp"
#include "campaign/narrate.hpp"
#include "campaign/past.hpp"
#include "campaign/portray.hpp"
#include "campaign/sayable.hpp"
#include "language/parse.hpp"
#include "language/syntax.hpp"
#include "language/text.hpp"
#include "language/words.hpp"

#include <evstore/error.hpp>
#include <evstore/result.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace dnd {

namespace {

outcome refused(complaint why) {
  outcome result;
  result.why_not = std::move(why);
  return result;
}

outcome answered(std::string sentence) {
  outcome result;
  result.sentences.push_back({std::move(sentence)});
  return result;
}

complaint no_such_command(const mention& topic) {
  std::vector<std::string_view> known;
  for (const syntax& each : all_syntax()) {
    known.push_back(first_word(each.keyword));
    known.push_back(each.keyword);
  }
  const auto suggestion = nearest(topic.text, known);
  return {"there is no command \"" + topic.text + "\"; " +
              (suggestion ? "did you mean " + std::string{*suggestion} + "?"
                          : std::string{"help lists them all"}),
          topic.at, topic.length};
}

/// `characters/tom.yaml, line 6, damage_resistances[0]: the books know no ...`
std::string in_plain_words(const evstore::error& unreadable) {
  const evstore::error_place& place = unreadable.place();
  const std::filesystem::path file = place.file;
  std::string text = (file.parent_path().filename() / file.filename()).string();
  if (place.line) text += ", line " + std::to_string(*place.line);
  constexpr std::string_view root = "$.";
  if (place.path.starts_with(root)) text += ", " + place.path.substr(root.size());
  return (text.empty() ? "" : text + ": ") + unreadable.message();
}

/// The past as the log tells it.
class recorded_past final : public past {
public:
  explicit recorded_past(const campaign_log& log) : log_{log} {}

  [[nodiscard]] std::vector<step> steps() const override {
    std::vector<step> found;
    int round = 0;
    std::uint64_t command = 0;
    log_.replay(std::nullopt, [&](const log_entry& entry) {
      if (const auto* back = std::get_if<undone>(&entry.happened)) {
        std::erase_if(found, [&](const step& taken) { return taken.first >= back->first; });
      } else if (!std::holds_alternative<snapshot_taken>(entry.happened)) {
        if (entry.command != command) found.push_back({.first = entry.command, .said = entry.said});
        step& now = found.back();
        now.last = entry.position;
        if (const auto* turn = std::get_if<turn_started>(&entry.happened)) {
          now.begins_turn = true;
          now.begins_round = turn->round != round;
        }
      }
      command = entry.command;
      round = entry.after.encounter.round;
      return true;
    });
    return found;
  }

  [[nodiscard]] campaign_state state_before(std::uint64_t position) const override {
    campaign_state then;
    log_.replay(position - 1, [&](const log_entry& entry) {
      if (entry.position + 1 == position) then = entry.after;
      return true;
    });
    return then;
  }

private:
  const campaign_log& log_;
};

/// Carries out each kind of command.
struct performance {
  campaign_log& log;
  const books& library;
  dice_source& dice;
  std::string_view line;

  outcome operator()(const command::deed& wanted) const {
    campaign_state after = log.state();
    const auto decided = consider(after, wanted);
    if (!decided) return refused(blaming_a_word(decided.error()));
    outcome result;
    if (!decided->events.empty())
      result = tell(std::move(after), log.append(decided->events, line));
    for (const std::string& remark : decided->remarks)
      result.sentences.push_back({remark, tone::quiet});
    return result;
  }
  outcome operator()(const command::save_session&) const {
    if (!log.takes_snapshots()) return refused({"snapshots are off; say --snapshots manual"});
    campaign_state after = log.state();
    return tell(std::move(after), log.save());
  }
  outcome operator()(const command::status& wanted) const {
    outcome result;
    if (!wanted.of) {
      result.sentences = portray(log.state());
    } else {
      const auto id = find_creature(log.state(), *wanted.of);
      if (!id) return refused(id.error());
      result.sentences = portray(*id, log.state().creatures.at(*id));
    }
    return result;
  }
  outcome operator()(const command::hint&) const { return answered(hint(log.state())); }
  outcome operator()(const command::help& wanted) const {
    if (auto text = help_text(wanted.topic ? wanted.topic->text : "")) return answered(*text);
    return refused(no_such_command(*wanted.topic));
  }
  outcome operator()(const command::quit&) const {
    outcome result;
    result.quit = true;
    return result;
  }

private:
  /// What no name is to blame for, the command is: it cannot be carried out now.
  complaint blaming_a_word(complaint why) const {
    if (why.length != 0) return why;
    const auto keyword = find_keyword(line);
    if (keyword) why = {std::move(why.message), keyword->at, keyword->length};
    return why;
  }

  /// A page of the books that cannot be read is no reason to end the game.
  evstore::result<decision, complaint> consider(const campaign_state& state,
                                                const command::deed& wanted) const {
    try {
      return decide(state, wanted, dice, library, recorded_past{log});
    } catch (const evstore::error& unreadable) {
      return evstore::failure{complaint{in_plain_words(unreadable)}};
    }
  }

  /// Each sentence sees the state right after its event.
  static outcome tell(campaign_state after, recorded written) {
    outcome result;
    for (const event& happened : written.events) {
      std::visit([&](const auto& payload) { after.evolve(payload); }, happened);
      result.sentences.push_back({narrate(happened, after), tone_of(happened)});
    }
    result.events = std::move(written.events);
    result.warnings = std::move(written.warnings);
    return result;
  }
};

} // namespace

outcome game::perform(std::string_view line) {
  if (is_silent(line)) return {};
  const auto wanted = parse_command(line);
  if (!wanted) return refused(wanted.error());
  return std::visit(performance{log_, library_, dice_, line}, *wanted);
}

completion game::complete(std::string_view before_cursor) const {
  return dnd::complete(before_cursor, sayable_names{log_.state(), library_});
}

std::optional<std::string> help_text(std::string_view topic) {
  std::string text;
  std::size_t width = 0;
  for (const syntax& known : all_syntax()) width = std::max(width, known.keyword.size());
  for (const syntax& known : all_syntax()) {
    if (topic.empty()) {
      text.append(text.empty() ? "" : "\n").append(known.keyword);
      text.append(width + 2 - known.keyword.size(), ' ').append(known.summary);
    } else if (same_word(known.keyword, topic) || same_word(first_word(known.keyword), topic)) {
      text.append(text.empty() ? "" : "\n").append(known.usage);
      text.append("\n    ").append(known.summary);
    }
  }
  if (text.empty()) return std::nullopt;
  return text;
}

} // namespace dnd

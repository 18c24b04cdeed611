#pragma once

#include "app/colours.hpp"
#include "app/game.hpp"
#include "backup/backup.hpp"
#include "backup/restore.hpp"
#include "campaign/tone.hpp"
#include "history/diff.hpp"
#include "history/recap.hpp"
#include "log/campaign_log.hpp"
#include "report/report_file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dnd {

enum class form : std::uint8_t { text, json };

/// Writes answers for people, or one JSON object a line for programs; warnings, and complaints in
/// text form, go to stderr. What is written is flushed at once: who reads it may act on it.
class output {
public:
  /// Colours where they are seen, see `shows_colours`; never in JSON.
  explicit output(form how);

  [[nodiscard]] bool is_json() const noexcept { return form_ == form::json; }

  /// A line to stdout.
  void say(std::string_view text) const;
  void say(const told& sentence) const;
  /// A line to stderr; in JSON form, too.
  void warn(std::string_view text) const;

  /// Why nothing came of what the program was asked for; several lines for people are several
  /// complaints.
  void complain(std::string_view why) const;

  /// What a check found, a sentence each.
  void say_findings(bool sound, const std::vector<std::string>& findings) const;

  /// What a command line came to. `where` names the line in a script; empty in a conversation.
  void tell(std::string_view line, const outcome& came_of_it, std::string_view where) const;

  /// Who is there and how they are.
  void tell(const campaign_log& log) const;
  void tell(const campaign_state& state) const;
  void tell(const log_entry& entry) const;
  void tell(const difference& found) const;
  void tell(const recap& told) const;
  void tell(const written_report& written) const;
  void tell(const backup_report& saved) const;
  void tell(const restore_report& restored) const;

private:
  form form_;
  palette answers_;
  palette errors_;
};

} // namespace dnd

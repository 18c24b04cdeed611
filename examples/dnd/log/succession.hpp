#pragma once

#include "files/worlds.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// How the log of a campaign on a server gives way to another one. What was appended is never changed
/// and never taken away there, so the new log is filled under a name of its own, and then the old one
/// gets a last entry that says where the campaign goes on (`signpost.hpp`). That entry is one commit,
/// and the moment of the change for everybody: who opens the old log is led on, and who has it open
/// finds at the next append that somebody else was faster.

namespace dnd {

/// A new log on the server, in the schema `dnd_<id of the campaign>_<eight hexadecimal digits>`. Removed
/// again when it is destroyed, unless it is to be kept. Failures are thrown as `evstore::error`.
class new_server_log {
public:
  /// Chooses the name; nothing is on the server yet.
  explicit new_server_log(campaign_place place);
  ~new_server_log();
  new_server_log(const new_server_log&) = delete;
  new_server_log& operator=(const new_server_log&) = delete;

  [[nodiscard]] const std::string& schema() const noexcept { return *place_.schema; }

  /// Everything of a campaign that is in files, also the fight that goes on, which is fought in the one
  /// log from then on. Read back and compared.
  void fill(const campaign_place& files);

  void keep(bool whether) noexcept { kept_ = whether; }

private:
  void remove() const;

  campaign_place place_;
  bool kept_ = false;
};

/// How many events the campaign's log on the server has; nothing if there is none.
[[nodiscard]] std::optional<std::uint64_t> size_of_server_log(const campaign_place& place);

/// Ends the log of the campaign, if it has `size` events and no more: it goes on in `schema`. False if
/// somebody has played on. Throws `errc::append_in_doubt` if the server was lost in that moment, twice.
bool lead_on(const campaign_place& from, std::uint64_t size, const std::string& schema);

} // namespace dnd

#pragma once

#include <evstore/raw_json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What happens to games, and is stored for ever. Values that may be anything, and numbers that may be
/// no JSON (a client may send NaN), are in the encoding of Convex.

namespace convex_game {

using evstore::raw_json;

enum class game_status : std::uint8_t { idle, generating, playing, failed };
enum class message_role : std::uint8_t { user, agent, system };

struct game_created {
  std::string game;
  raw_json state;
  std::string rules;
  bool is_active = false;
  std::optional<std::string> run;
  std::optional<raw_json> engine_tools;
  std::optional<std::string> engine_logic;
  game_status status = game_status::idle;
  std::optional<std::string> progress;
};

struct game_state_replaced {
  std::string game;
  raw_json state;
};

/// Progress that is absent is none: it does not stay from before.
struct game_status_changed {
  std::string game;
  game_status status = game_status::idle;
  std::optional<std::string> progress;
};

/// Only what is there has changed.
struct game_setup_changed {
  std::string game;
  std::optional<std::string> rules;
  std::optional<std::string> run;
  std::optional<raw_json> engine_tools;
  std::optional<std::string> engine_logic;
};

struct game_activated {
  std::string game;
};
struct game_deactivated {
  std::string game;
};

/// The game, and what was said in it, are no more. The files of its run stay until they are collected.
struct game_removed {
  std::string game;
};

/// The corners of its picture in the scene: top, left, bottom, right.
struct entity_moved {
  std::string game;
  std::string entity;
  std::vector<double> pixel_box;
};

struct message_sent {
  std::string message;
  std::string game;
  message_role role = message_role::user;
  std::string content;
  std::optional<raw_json> timestamp; ///< absent: when it was sent
  std::optional<raw_json> data;
};

/// A file was written below the folder of a run, which the stream is named after. The log has no more
/// of it than this.
struct artifact_stored {
  std::string name;
  std::int64_t size = 0;
  std::string sha256;
  std::string mime;
};

/// A file of a run that no game names any more is about to be deleted.
struct artifact_removed {
  std::string name;
};

} // namespace convex_game

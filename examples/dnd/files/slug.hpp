#pragma once

#include <evstore/result.hpp>

#include <string>
#include <string_view>

namespace dnd {

/// The directory name of a world or a campaign: "The Lost Mine" -> `The-Lost-Mine`. Latin letters
/// lose their accents, everything else that is not a letter or a digit becomes a hyphen or, beyond
/// Latin, its code point (`u1f409`). So a slug is 1–100 bytes of `[A-Za-z0-9-]`, begins and ends
/// with none of the hyphens, and names one entry of its directory on every file system.
///
/// Refuses, in words: empty and blank names, more than 200 bytes, `/`, `\`, control characters,
/// invisible characters and those that turn the direction of text, invalid UTF-8, blanks at the
/// ends, and the device names that some systems see everywhere (`CON`, `NUL`, `COM1`, ...).
evstore::result<std::string, std::string> slug_of(std::string_view name);

} // namespace dnd

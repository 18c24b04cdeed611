#pragma once

#include <cstdint>

namespace dnd {

enum class access : std::uint8_t {
  read, ///< writes nothing at all; other processes may write meanwhile
  write ///< for one process at a time: the log is locked
};

} // namespace dnd

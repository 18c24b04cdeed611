#pragma once

#include "stores.hpp"

#include <cstdint>
#include <optional>
#include <string>

/// postgres:WORDS and postgresql://... as entries of the table of stores.

namespace evstore::cli {

opened_store open_postgres(const std::string& where, access how);
verdict verify_postgres(const std::string& where);
std::optional<std::uint64_t> size_of_postgres(const std::string& where);

} // namespace evstore::cli

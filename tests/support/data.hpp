#pragma once

#include <string>
#include <string_view>

namespace evstore::tests {

/// The path of a file of the tests, which is named from the folder tests/. Only one unit knows where
/// that folder is, so that a compiler cache serves every checkout.
std::string data(std::string_view name);

} // namespace evstore::tests

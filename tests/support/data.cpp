#include <support/data.hpp>

namespace evstore::tests {

std::string data(std::string_view name) { return std::string{EVSTORE_TEST_DATA "/"}.append(name); }

} // namespace evstore::tests

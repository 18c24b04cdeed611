// Any document at all for the YAML reader: refused with a code, or a value that is read back the
// same from what is written of it.
#include <evstore/json/write.hpp>
#include <evstore/yaml.hpp>

#include <support/samples.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  try {
    const auto value = evstore::yaml::read<samples::everything>(text);
    const auto again = evstore::yaml::read<samples::everything>(evstore::yaml::write(value));
    if (evstore::json::to_string(value) != evstore::json::to_string(again)) std::abort();
  } catch (const evstore::error& refused) {
    if (refused.code() != evstore::errc::decode_failed) std::abort();
  }
  return 0;
}

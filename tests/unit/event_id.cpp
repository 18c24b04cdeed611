#include <evstore/event_id.hpp>

#include <catch2/catch.hpp>

#include <string>

namespace {

using evstore::event_id;

TEST_CASE("an id is written in lower case and read back") {
  event_id::bytes_type bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 17);
  const event_id id{bytes};
  CHECK(id.to_string() == "00112233-4455-6677-8899-aabbccddeeff");
  CHECK(event_id::parse(id.to_string()) == id);
}

TEST_CASE("no single exchanged character is passed over") {
  const std::string text = "00112233-4455-6677-8899-aabbccddeeff";
  const auto id = event_id::parse(text);
  for (std::size_t i = 0; i < text.size(); ++i)
    for (int c = 0; c < 256; ++c) {
      std::string other = text;
      other[i] = static_cast<char>(c);
      const auto parsed = event_id::parse(other);
      const bool upper = c >= 'A' && c <= 'F' && text[i] == static_cast<char>(c + 32);
      if (parsed == id && other != text && !upper) FAIL_CHECK("taken for another: " << other);
    }
}

} // namespace

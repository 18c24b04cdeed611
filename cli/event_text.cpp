#include "event_text.hpp"

#include "output.hpp"

namespace evstore::cli {

void append_json(std::string& out, const event_view& event) {
  out.append("{\"position\":").append(std::to_string(event.position.value()));
  out.append(",\"stream\":").append(quoted_json(event.stream));
  out.append(",\"version\":").append(std::to_string(event.version.value()));
  out.append(",\"type\":").append(quoted_json(event.type));
  if (event.schema != 1) out.append(",\"schema\":").append(std::to_string(event.schema));
  if (event.id) out.append(",\"id\":\"").append(event.id->to_string()).append("\"");
  out.append(",\"time\":\"").append(to_string(event.time)).append("\"");
  if (event.commit.count > 1)
    out.append(",\"commit\":[")
        .append(std::to_string(event.commit.index))
        .append(",")
        .append(std::to_string(event.commit.count))
        .append("]");
  for (std::size_t i = 0; i < event.tags.size(); ++i)
    out.append(i == 0 ? ",\"tags\":[" : ",").append(quoted_json(event.tags[i]));
  if (!event.tags.empty()) out.append("]");
  out.append(",\"data\":").append(event.data);
  if (!event.metadata.empty()) out.append(",\"metadata\":").append(event.metadata);
  out.append("}\n");
}

namespace {

/// Data for a terminal, which may obey U+007F–U+009F: as JSON they stand in strings only, and can be
/// escaped there.
void append_harmless(std::string& out, std::string_view data) {
  constexpr char digits[] = "0123456789abcdef";
  for (std::size_t i = 0; i < data.size(); ++i) {
    const auto byte = static_cast<unsigned char>(data[i]);
    const auto next = static_cast<unsigned char>(i + 1 < data.size() ? data[i + 1] : '\0');
    const bool is_c1 = byte == 0xC2 && next < 0xA0; // in two bytes
    if (byte != 0x7F && !is_c1) {
      out.push_back(data[i]);
      continue;
    }
    const unsigned char code = is_c1 ? next : byte;
    out.append("\\u00").append({digits[code >> 4], digits[code & 15]});
    i += is_c1 ? 1 : 0;
  }
}

} // namespace

void append_words(std::string& out, const event_view& event) {
  const std::string position = std::to_string(event.position.value());
  constexpr std::size_t width = 8;
  out.append(position.size() < width ? width - position.size() : 0, ' ').append(position);
  out.append("  ").append(to_string(event.time)).append("  ").append(shown(event.stream));
  out.append("@").append(std::to_string(event.version.value()));
  out.append("  ").append(shown(event.type));
  for (const std::string_view tag : event.tags) out.append(" #").append(shown(tag));
  append_harmless(out.append("  "), event.data);
  out.append("\n");
}

} // namespace evstore::cli

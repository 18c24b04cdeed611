// A parser that is used again, around the members' readers.

#include "payloads.hpp"

#include <on_demand.hpp>

namespace bench {

struct on_demand_reader::parser {
  simdjson::ondemand::parser of;
};

using namespace on_demand;

on_demand_reader::on_demand_reader() : parser_{new parser} {}
on_demand_reader::~on_demand_reader() { delete parser_; }

void on_demand_reader::read(const payload& from, shapes& into) {
  ondemand::document document;
  const simdjson::padded_string_view text{from.text.data(), from.text.size(), from.room};
  check(parser_->of.iterate(text).get(document));
  ondemand::object object;
  check(document.get_object().get(object));
  into.with(from.type, [&](auto& held) { fill(object, held); });
}

std::size_t on_demand_reader::read_envelope(std::string_view line, std::size_t room) {
  ondemand::document document;
  const simdjson::padded_string_view text{line.data(), line.size(), room};
  check(parser_->of.iterate(text).get(document));
  ondemand::object record;
  check(document.get_object().get(record));
  const std::size_t sum = std::size_t{std::uint64_t{record.find_field("position")}} +
                          std::string_view{record.find_field("stream")}.size() +
                          std::size_t{std::uint64_t{record.find_field("version")}} +
                          std::string_view{record.find_field("type")}.size();
  ondemand::value data;
  check(record.find_field("data").get(data));
  return sum;
}

} // namespace bench

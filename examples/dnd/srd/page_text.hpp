#pragma once

#include "srd/data_set.hpp"

#include <evstore/describe.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace dnd::srd {

/// Where an address leads that leads to no page.
enum class elsewhere : std::uint8_t {
  image,        ///< a picture
  list,         ///< several things at once: the levels of a class, all languages
  missing_page, ///< one thing that the data set does not have
};
EVSTORE_DESCRIBE_ENUM(elsewhere, image, list, missing_page)

/// An address that stays as it is.
struct dead_link {
  std::string page; ///< `classes/bard.yaml`
  std::string at;   ///< `$.class_levels`
  std::string url;
  elsewhere leads_to = elsewhere::missing_page;
};
EVSTORE_DESCRIBE(dead_link, page, at, url, leads_to)

/// `monsters/zombie.yaml`
std::string page_name(std::string_view kind, std::string_view index);

/// The item as a YAML page: the same tree, members in the same order, numbers with the same value,
/// texts of several lines as blocks. An address of an item of the data set, such as
/// `/api/2014/damage-types/fire` or `/api/damage-types/fire`, becomes `damage-types/fire.yaml`, and
/// a member `url` that holds one is called `ref` (`..._url`: `..._ref`). The others are added to
/// `dead`.
std::string page_text(const item& from, const data_set& all, std::vector<dead_link>& dead);

} // namespace dnd::srd

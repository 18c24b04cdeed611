#include "history/prose.hpp"

#include "history/english.hpp"

#include <string_view>
#include <utility>

namespace dnd {

std::string as_sentence(std::string clause) {
  std::string text = english::capitalised(std::move(clause));
  const auto ends = [&](std::string_view end) { return text.ends_with(end); };
  if (!ends(".") && !ends(".”") && !ends("!”") && !ends("?”")) text += '.';
  return text;
}

void paragraph::say(std::string clause) {
  if (clause.empty()) return;
  text_ += (text_.empty() ? "" : " ") + as_sentence(std::move(clause));
}

void paragraph::append_to(std::vector<std::string>& paragraphs) && {
  if (!text_.empty()) paragraphs.push_back(std::move(text_));
}

bool is_down(const roster& all, const std::string& id) {
  const auto found = all.find(id);
  return found == all.end() || found->second.hp == 0;
}

} // namespace dnd

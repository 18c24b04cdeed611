#pragma once

#include <evstore/json/write.hpp>
#include <evstore/yaml/detail/scalar.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace evstore::yaml::detail {

/// Where in a value reader and writer stand, in the form of the JSON codec's paths:
/// `$.items[3].cents`, `$.tags["a b"]`.
class path {
public:
  /// Back where it was at the end of the scope.
  class step {
  public:
    step(path& of, std::string_view key) : of_{of}, size_{of.text_.size()} { of.append(key); }
    step(path& of, std::size_t index) : of_{of}, size_{of.text_.size()} {
      of.text_.append("[").append(std::to_string(index)).append("]");
    }
    ~step() { of_.text_.resize(size_); }
    step(const step&) = delete;
    step& operator=(const step&) = delete;

  private:
    path& of_;
    std::size_t size_;
  };

  [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
  void append(std::string_view key) {
    const bool is_word = !key.empty() && all_of(key, [](std::uint32_t c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-' || c >= 0x80;
    });
    if (is_word)
      text_.append(".").append(key);
    else
      text_.append("[").append(json::to_string(std::string{key})).append("]");
  }

  std::string text_{"$"};
};

} // namespace evstore::yaml::detail

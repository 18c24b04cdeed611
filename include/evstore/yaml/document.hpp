#pragma once

#include <evstore/detail/utf8.hpp>
#include <evstore/error.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace evstore::yaml {

/// What a document may ask of the program that reads it. An alias counts as what it stands for, so
/// that a few lines of aliases of aliases cannot become millions of nodes.
struct limits {
  std::size_t bytes = std::size_t{64} << 20;
  std::size_t nodes = 1'000'000;
  std::size_t depth = 100; ///< yaml-cpp itself stops at 500
};

/// A value of a document. Aliases are the very node that they name.
struct node {
  enum class kind : std::uint8_t { null, scalar, list, map };

  kind is = kind::null;
  bool quoted = false;                 ///< a scalar that is a text whatever it looks like
  std::uint64_t line = 0;              ///< from 1
  std::string text{};                  ///< of a scalar
  std::vector<const node*> children{}; ///< of a list; of a map keys and values in turn
  std::size_t weight = 0; ///< nodes below and including this one; 0 while it is being read
  std::size_t height = 1; ///< levels
};

/// One YAML document as a tree, within limits. The only place that knows yaml-cpp. Immutable once
/// parsed, so any number of threads may read it.
class document {
public:
  /// Throws `errc::decode_failed` with file and line for what is not one well-formed document.
  static document parse(std::string_view text, std::string_view file, const limits& bounds) {
    if (text.size() > bounds.bytes)
      fail(file, {}, "the document is larger than " + std::to_string(bounds.bytes) + " bytes");
    const std::size_t valid = std::min(evstore::detail::utf8_valid_prefix(text), text.find('\0'));
    if (valid < text.size()) {
      const auto lines =
          std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(valid), '\n');
      fail(file, static_cast<std::uint64_t>(lines) + 1, "not YAML: invalid UTF-8");
    }
    document parsed;
    builder events{parsed, file, bounds};
    try {
      std::istringstream stream{with_end(text)};
      YAML::Parser parser{stream};
      while (parser.HandleNextDocument(events)) {
      }
    } catch (const YAML::Exception& refused) {
      fail(file, line_of(refused.mark), "not YAML: " + refused.msg);
    }
    if (parsed.nodes_.empty()) parsed.nodes_.emplace_back().line = 1;
    return parsed;
  }

  [[nodiscard]] const node& root() const noexcept { return nodes_.front(); }

private:
  /// yaml-cpp takes a quoted text that was cut off behind its first quote or behind a line break
  /// for a whole one, unless a document end follows.
  static std::string with_end(std::string_view text) {
    std::string whole{text};
    if (text.ends_with('\n'))
      whole.append("...\n");
    else if (!text.empty() && std::string_view{"\"' \t\r"}.find(text.back()) != text.npos)
      whole.append("\n...\n");
    return whole;
  }

  static std::optional<std::uint64_t> line_of(const YAML::Mark& mark) {
    if (mark.is_null()) return std::nullopt;
    return static_cast<std::uint64_t>(mark.line) + 1;
  }

  [[noreturn]] static void fail(std::string_view file, std::optional<std::uint64_t> line,
                                std::string_view why) {
    error_place place;
    place.file = file;
    place.line = line;
    throw error{errc::decode_failed, why, std::move(place)};
  }

  class builder final : public YAML::EventHandler {
  public:
    builder(document& to, std::string_view file, const limits& bounds)
        : to_{to}, file_{file}, bounds_{bounds} {}

    void OnDocumentStart(const YAML::Mark& mark) override {
      if (!to_.nodes_.empty()) refuse(mark, "there is more than one document in the text");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
      add(mark, anchor, node::kind::null);
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
      node& scalar = add(mark, anchor, node::kind::scalar);
      scalar.text = value;
      scalar.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
      if (!scalar.quoted) require_known(mark, tag);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
      const node* named = anchors_.at(anchor);
      if (named->weight == 0) refuse(mark, "an alias stands inside of what it names");
      attach(mark, *named);
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value) override {
      open(mark, tag, anchor, node::kind::list);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value) override {
      open(mark, tag, anchor, node::kind::map);
    }
    void OnMapEnd() override { close(); }

  private:
    [[noreturn]] void refuse(const YAML::Mark& mark, std::string_view why) const {
      fail(file_, line_of(mark), why);
    }

    /// The core schema's own tags say nothing new; any other would change what a value means.
    void require_known(const YAML::Mark& mark, std::string_view tag) const {
      if (!tag.empty() && tag != "?" && !tag.starts_with("tag:yaml.org,2002:"))
        refuse(mark, "the tag " + std::string{tag} + " means nothing here");
    }

    node& add(const YAML::Mark& mark, YAML::anchor_t anchor, node::kind is) {
      node& added = to_.nodes_.emplace_back();
      added.is = is;
      added.line = line_of(mark).value_or(1);
      added.weight = is == node::kind::null || is == node::kind::scalar ? 1 : 0;
      if (anchor != 0) {
        anchors_.resize(std::max(anchors_.size(), anchor + 1));
        anchors_[anchor] = &added;
      }
      attach(mark, added);
      return added;
    }

    /// Makes a node the next child of the innermost open one.
    void attach(const YAML::Mark& mark, const node& child) {
      nodes_ += std::max<std::size_t>(child.weight, 1);
      if (nodes_ > bounds_.nodes)
        refuse(mark, "the document has more than " + std::to_string(bounds_.nodes) + " nodes");
      if (open_.size() + child.height > bounds_.depth)
        refuse(mark, "nested deeper than " + std::to_string(bounds_.depth) + " levels");
      if (!open_.empty()) open_.back()->children.push_back(&child);
    }

    void open(const YAML::Mark& mark, std::string_view tag, YAML::anchor_t anchor, node::kind is) {
      require_known(mark, tag);
      open_.push_back(&add(mark, anchor, is));
    }

    void close() {
      node& closed = *open_.back();
      open_.pop_back();
      closed.weight = 1;
      for (const node* child : closed.children) {
        closed.weight += child->weight;
        closed.height = std::max(closed.height, child->height + 1);
      }
    }

    document& to_;
    std::string_view file_;
    const limits& bounds_;
    std::vector<node*> open_;
    std::vector<const node*> anchors_;
    std::size_t nodes_ = 0;
  };

  std::deque<node> nodes_; // stays in place, so that nodes can point to each other
};

} // namespace evstore::yaml

#include "commands.hpp"
#include "foreign.hpp"
#include "output.hpp"
#include "stores.hpp"

#include <cerrno>
#include <cstdio>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace evstore::cli {

namespace {

/// A file that is there when it is whole, and not before.
class new_file {
public:
  explicit new_file(const std::string& path) : path_{path}, draft_{path + ".exporting"} {
    if (::access(path_.c_str(), F_OK) == 0) {
      errno = EEXIST;
      fail("cannot make the file");
    }
    descriptor_ = ::open(draft_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor_ < 0) fail("cannot make the file");
  }
  ~new_file() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(draft_.c_str());
  }
  new_file(const new_file&) = delete;
  new_file& operator=(const new_file&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  void keep() {
    // A link, unlike a rename, takes nobody's place.
    if (::fsync(descriptor_) != 0 || ::link(draft_.c_str(), path_.c_str()) != 0)
      fail("cannot keep the file");
  }

private:
  [[noreturn]] void fail(const char* what) const {
    const int code = errno;
    error_place place;
    place.file =
        code == EEXIST && descriptor_ < 0 && ::access(path_.c_str(), F_OK) != 0 ? draft_ : path_;
    throw error{errc::io_failed, std::string{what} + ": " + std::generic_category().message(code),
                std::move(place)};
  }

  std::string path_;
  std::string draft_;
  int descriptor_ = -1;
};

class exporter {
public:
  exporter(const export_request& asked, output& out) : asked_{&asked}, out_{&out} {}

  void write(const event_view& event) {
    if (is_reserved(event.type)) {
      ++facts_;
      return;
    }
    if (const auto around = framing_of(event.metadata)) return write(event.data, *around);
    ++others_;
    write(with_members(event), {});
  }

  /// What the file does not say.
  void tell_losses() const {
    if (others_ != 0 && (asked_->type_to.empty() || asked_->stream_to.empty()))
      tell("note: " + counted(others_, "event") +
           " were not imported; without --type-to, --stream-to and --time-to only their data is "
           "written, and `evstore copy` keeps everything");
    if (facts_ != 0)
      tell("note: " + counted(facts_, "fact") + " about streams (truncated, tombstoned) left out");
  }

private:
  void write(std::string_view data, const framing& around) {
    // The end of one imported file, and the beginning of the next.
    if (in_line_ && around.before.find('\n') == std::string::npos) out_->write("\n");
    out_->write(around.before);
    out_->write(data);
    out_->write(around.after);
    in_line_ = around.after.find('\n') == std::string::npos;
  }

  std::string with_members(const event_view& event) const {
    std::string members;
    const auto add = [&](const std::string& name, std::string_view value) {
      if (name.empty()) return;
      if (has_member(event.data, name)) {
        error_place place;
        place.stream = event.stream;
        place.position = event.position.value();
        throw error{errc::invalid_argument,
                    "the event has a member \"" + name + "\" already; name another", place};
      }
      members.append(members.empty() ? "" : ",").append(quoted_json(name));
      members.append(":").append(quoted_json(value));
    };
    add(asked_->type_to, event.type);
    add(asked_->stream_to, event.stream);
    add(asked_->time_to, to_string(event.time));
    if (members.empty()) return std::string{event.data};
    const std::string_view rest = event.data.substr(1);
    const bool is_empty = rest.substr(rest.find_first_not_of(' ')) == "}";
    return "{" + members + (is_empty ? "" : ",") + std::string{rest};
  }

  const export_request* asked_;
  output* out_;
  bool in_line_ = false;
  std::uint64_t others_ = 0;
  std::uint64_t facts_ = 0;
};

} // namespace

int carry_out(const export_request& asked) {
  const address where{asked.log};
  const opened_store log = open(where, access::reading);
  std::optional<new_file> file;
  if (!asked.file.empty() && asked.file != "-") file.emplace(asked.file);
  output out{file ? file->descriptor() : 1};
  exporter to{asked, out};
  {
    progress_bar bar{"exporting"};
    const std::uint64_t head = log.events.head().value();
    std::uint64_t count = 0;
    auto cursor = log.events.read_all(query::all(), {});
    for (auto batch = cursor.next(); !batch.empty() && out.wanted(); batch = cursor.next())
      for (const event_view& event : batch) {
        to.write(event);
        if (++count % 256 == 0) bar.show(event.position.value(), head, count);
      }
    out.flush();
  }
  if (file) file->keep();
  to.tell_losses();
  return exit_status::done;
}

} // namespace evstore::cli

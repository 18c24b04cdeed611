// The limits: the bytes that a JSONL log takes, written and synced and nothing else, and such a log read
// and nothing else. Payloads are made beforehand; nothing is encoded, indexed or checked.

#include "contestant.hpp"
#include "stored_record.hpp"

#include <cstring>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace bench {

namespace {

std::size_t digits(std::uint64_t number) {
  std::size_t count = 1;
  for (; number >= 10; number /= 10) ++count;
  return count;
}

/// How long each line of a commit is, without knowing what stands in it.
class line_sizes {
public:
  line_sizes() {
    constexpr std::string_view envelope =
        R"({"position":,"stream":"","version":,"type":"","time":"2026-11-21T00:47:29.898696Z",)"
        R"("data":,"crc":"00f5f215"})"
        "\n";
    for (const event& what : event_pool()) {
      std::string payload;
      write_payload(what, payload);
      fixed_.push_back(envelope.size() + type_name(what).size() + payload.size());
    }
  }

  /// The bytes of a commit, which begins a batch and so says what is durable.
  std::size_t of(std::span<const write> writes) {
    std::size_t events = 0;
    for (const write& one : writes) events += one.events.size();
    std::size_t sum = std::string_view{R"(,"durable":)"}.size() + digits(position_);
    std::size_t index = 0;
    for (const write& one : writes)
      for (std::size_t i = 0; i < one.events.size(); ++i) {
        const auto at = static_cast<std::size_t>(&one.events[i] - event_pool().data());
        sum += fixed_[at] + digits(++position_) + stream_name(one.stream).size() +
               digits(one.before + i + 1);
        if (events > 1)
          sum += std::string_view{R"(,"commit":[,])"}.size() + digits(++index) + digits(events);
      }
    return sum;
  }

private:
  std::vector<std::size_t> fixed_;
  std::uint64_t position_ = 0;
};

class raw_file : public contestant {
public:
  raw_file(const std::string& path, int how) : fd_{::open(path.c_str(), how | O_CLOEXEC, 0600)} {
    if (fd_ < 0) refuse("raw", "cannot open " + path);
  }
  ~raw_file() override { ::close(fd_); }

  void commit(std::span<const write>) override { refuse("raw", "is not written to"); }
  tally replay() override { refuse("raw", "cannot be replayed"); }
  tally read(std::uint32_t) override { refuse("raw", "has no streams"); }
  void snapshot(std::uint32_t) override { refuse("raw", "has no streams"); }
  tally load(std::uint32_t) override { refuse("raw", "has no streams"); }

protected:
  void put(const char* bytes, std::size_t size, std::uint64_t at) const {
    if (::pwrite(fd_, bytes, size, static_cast<off_t>(at)) != static_cast<ssize_t>(size))
      refuse("raw", "cannot write");
  }
  void sync() const {
    if (::fdatasync(fd_) != 0) refuse("raw", "cannot sync");
  }

  int fd_;
};

constexpr int anew = O_RDWR | O_CREAT | O_TRUNC;

/// `pwrite` and `fdatasync`.
class synced_file final : public raw_file {
public:
  /// One with a size is filled with zeros first, and begun again when it is full.
  synced_file(const std::string& path, std::uint64_t size) : raw_file{path, anew}, size_{size} {
    const std::string zeros(std::size_t{1} << 14, '\0');
    for (std::uint64_t at = 0; at < size_; at += zeros.size()) put(zeros.data(), zeros.size(), at);
    sync();
  }

  void commit(std::span<const write> writes) override {
    const std::size_t size = sizes_.of(writes);
    if (bytes_.size() < size) bytes_.assign(size, 'x');
    if (size_ != 0 && at_ + size > size_) at_ = 0;
    put(bytes_.data(), size, at_);
    at_ += size;
    sync();
  }

private:
  line_sizes sizes_;
  std::string bytes_;
  std::uint64_t size_;
  std::uint64_t at_ = 0;
};

/// A buffer of 64 KiB in front of `pwrite`.
class buffered_file final : public raw_file {
public:
  explicit buffered_file(const std::string& path) : raw_file{path, anew} {}
  ~buffered_file() override { settle(); }

  void commit(std::span<const write> writes) override {
    const std::size_t size = sizes_.of(writes);
    if (lines_.size() < size) lines_.assign(size, 'x');
    if (used_ + size > buffer_.size()) settle();
    std::memcpy(buffer_.data() + used_, lines_.data(), size);
    used_ += size;
  }
  void settle() override {
    put(buffer_.data(), used_, at_);
    at_ += used_;
    used_ = 0;
  }

private:
  line_sizes sizes_;
  std::string lines_;
  std::vector<char> buffer_ = std::vector<char>(std::size_t{1} << 16);
  std::size_t used_ = 0;
  std::uint64_t at_ = 0;
};

/// A log's bytes, read one chunk after the other; with line ends looked for, or not even that.
class read_file final : public raw_file {
public:
  read_file(const std::string& path, bool lines) : raw_file{path, O_RDONLY}, lines_{lines} {}

  tally replay() override {
    tally out;
    std::uint64_t at = 0;
    while (true) {
      const ssize_t got = ::pread(fd_, chunk_.data(), chunk_.size(), static_cast<off_t>(at));
      if (got < 0) refuse("raw", "cannot read");
      if (got == 0) return out;
      at += static_cast<std::uint64_t>(got);
      if (lines_) out.events += count_lines(static_cast<std::size_t>(got));
    }
  }

private:
  [[nodiscard]] std::uint64_t count_lines(std::size_t size) const {
    std::uint64_t count = 0;
    const char* at = chunk_.data();
    const char* const end = at + size;
    while (const void* const found = std::memchr(at, '\n', static_cast<std::size_t>(end - at))) {
      at = static_cast<const char*>(found) + 1;
      ++count;
    }
    return count;
  }

  std::vector<char> chunk_ = std::vector<char>(std::size_t{1} << 17);
  bool lines_;
};

/// As many payloads as the log has, decoded out of memory and folded: what is left of a replay for a
/// store that costs nothing. Every contestant pays it, with the same decoder.
class decoded_payloads final : public contestant {
public:
  explicit decoded_payloads(const std::string& log) : count_{read_file{log, true}.replay().events} {
    for (const event& what : event_pool()) {
      const std::size_t begin = text_.size();
      write_payload(what, text_);
      payloads_.push_back({type_name(what), begin, text_.size() - begin});
    }
  }

  void commit(std::span<const write>) override { refuse("limit", "is not written to"); }
  tally replay() override {
    tally out;
    for (std::uint64_t i = 0; i < count_; ++i) {
      const payload& one = payloads_[i * 2654435761U % payloads_.size()];
      fold_payload(one.type, {text_.data() + one.at, one.size}, out);
    }
    return out;
  }
  tally read(std::uint32_t) override { refuse("limit", "has no streams"); }
  void snapshot(std::uint32_t) override { refuse("limit", "has no streams"); }
  tally load(std::uint32_t) override { refuse("limit", "has no streams"); }

private:
  struct payload {
    std::string_view type;
    std::size_t at;
    std::size_t size;
  };
  std::uint64_t count_;
  std::string text_;
  std::vector<payload> payloads_;
};

entry writes(const char* name, const char* described, const char* files, role what,
             std::function<std::unique_ptr<contestant>(const std::string&)> open) {
  return {name, described, files, {what}, std::move(open), {}, false, true};
}

} // namespace

std::vector<entry> raw_limits() {
  return {
      writes("limit, written before", "pwrite + fdatasync into 64 MiB of zeros", "raw_zeros",
             role::durable,
             [](const std::string& folder) {
               return std::make_unique<synced_file>(folder + "/file", std::uint64_t{1} << 26);
             }),
      writes("limit, growing", "pwrite + fdatasync to a file that grows", "raw_growing",
             role::durable,
             [](const std::string& folder) {
               return std::make_unique<synced_file>(folder + "/file", 0);
             }),
      writes("limit, buffered", "64 KiB at a time, no sync", "raw_buffered", role::unsynced,
             [](const std::string& folder) {
               return std::make_unique<buffered_file>(folder + "/file");
             }),
      writes("limit, read", "the log by pread, 128 KiB at a time", "jsonl", role::reading,
             [](const std::string& folder) {
               return std::make_unique<read_file>(folder + "/log.jsonl", false);
             }),
      writes("limit, lines", "the same, and memchr for line ends", "jsonl", role::reading,
             [](const std::string& folder) {
               return std::make_unique<read_file>(folder + "/log.jsonl", true);
             }),
      writes("limit, decoded", "payloads of 800 KB in memory, decoded and folded", "jsonl",
             role::reading,
             [](const std::string& folder) {
               return std::make_unique<decoded_payloads>(folder + "/log.jsonl");
             }),
  };
}

} // namespace bench

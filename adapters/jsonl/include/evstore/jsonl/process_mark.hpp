#pragma once

#include <evstore/config.hpp>

#include <cstddef>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace evstore::jsonl {

/// Tells the process that made it from its forked children, for the price of a load: a page that the
/// kernel empties in a child, however it was forked. (`getpid` is a system call, a fifth of the cost
/// of an append that nobody waits for.) Where there is no such page, `getpid` it is.
class process_mark {
public:
  process_mark() noexcept : maker_{::getpid()} {
    void* page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return;
    if (::madvise(page, size, MADV_WIPEONFORK) != 0) {
      ::munmap(page, size);
      return;
    }
    mark_ = static_cast<volatile char*>(page);
    *mark_ = 1;
  }
  process_mark(process_mark&& other) noexcept
      : maker_{other.maker_}, mark_{std::exchange(other.mark_, nullptr)} {}
  process_mark& operator=(process_mark&&) = delete;
  ~process_mark() {
    if (mark_ != nullptr) ::munmap(const_cast<char*>(mark_), size);
  }

  [[nodiscard]] pid_t maker() const noexcept { return maker_; }
  [[nodiscard]] bool is_ours() const noexcept {
    return mark_ != nullptr ? *mark_ == 1 : ::getpid() == maker_;
  }

private:
  static constexpr std::size_t size = 1; // the kernel rounds it up to a page

  pid_t maker_;
  volatile char* mark_ = nullptr;
};

} // namespace evstore::jsonl

#pragma once
// Group commit around nothing: the log's own handshake between threads, for a file of ready-made
// lines that are judged by nobody, encoded by nobody and found by nobody. What the log does for the
// same threads cannot be more, whatever the disk and the scheduler are worth at the moment.
#include <evstore/jsonl/brief_lock.hpp>
#include <evstore/jsonl/linger.hpp>
#include <evstore/jsonl/wait_word.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace bench {

class bare_group_commit {
public:
  bare_group_commit(const std::string& path, std::size_t line)
      : fd_{::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)}, line_(line, 'x') {
    if (fd_ < 0) throw std::runtime_error{"cannot create " + path};
  }
  bare_group_commit(const bare_group_commit&) = delete;
  ~bare_group_commit() { ::close(fd_); }

  /// Returns when a line more is synced.
  void append() {
    std::unique_lock lock = evstore::jsonl::lock_soon(mutex_);
    const std::shared_ptr<group> mine = collecting_;
    mine->text += line_;
    linger_.note(++mine->lines);
    while (mine->stage.load() != done) {
      if (!is_led_) {
        lead(lock);
        continue;
      }
      lock.unlock();
      while (mine->stage.load() == pending) mine->stage.wait_while(pending);
      if (mine->stage.load() == done) return;
      lock = evstore::jsonl::lock_soon(mutex_);
    }
  }

private:
  static constexpr std::uint32_t pending = 0;
  static constexpr std::uint32_t leaderless = 1;
  static constexpr std::uint32_t done = 2;

  struct group {
    std::string text;
    std::size_t lines = 0;
    evstore::jsonl::wait_word stage{pending};
  };

  void lead(std::unique_lock<std::mutex>& lock) {
    auto next = std::make_shared<group>();
    next->text = std::exchange(spare_, {});
    is_led_ = true;
    collecting_->stage.store(pending);
    linger_.wait(lock, [this] { return collecting_->lines; });
    const std::shared_ptr<group> mine = std::exchange(collecting_, std::move(next));
    lock.unlock();
    const auto begin = evstore::jsonl::linger::clock::now();
    write(mine->text);
    lock.lock();
    spare_ = std::move(mine->text);
    spare_.clear();
    is_led_ = false;
    linger_.expect(mine->lines + collecting_->lines, evstore::jsonl::linger::clock::now() - begin);
    const std::shared_ptr<group> waiting = collecting_->lines == 0 ? nullptr : collecting_;
    if (waiting) waiting->stage.store(leaderless);
    lock.unlock();
    mine->stage.store(done);
    mine->stage.wake_all();
    if (waiting) waiting->stage.wake_one();
  }

  void write(const std::string& text) {
    if (::pwrite(fd_, text.data(), text.size(), end_) != static_cast<::ssize_t>(text.size()) ||
        ::fdatasync(fd_) != 0)
      throw std::runtime_error{"cannot write"};
    end_ += static_cast<::off_t>(text.size());
  }

  int fd_;
  ::off_t end_ = 0; // of the thread that leads
  const std::string line_;
  std::mutex mutex_; // guards what follows
  std::shared_ptr<group> collecting_ = std::make_shared<group>();
  std::string spare_;
  evstore::jsonl::linger linger_;
  bool is_led_ = false;
};

} // namespace bench

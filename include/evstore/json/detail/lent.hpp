#pragma once

namespace evstore::json::detail {

/// An object to read into that each thread keeps between its uses, so that strings and vectors keep
/// their memory: in a replay, allocating them anew for each event costs as much as reading it.
///
/// Who borrows it finds in it what was last read, and must overwrite all of it, as `read_into` does.
/// A borrower inside of another one's use gets an object of its own, and so does whoever comes after
/// the thread's kept objects are gone, or says that it is for something large.
template <class T>
class lent {
public:
  explicit lent(bool is_large) : kept_{is_large ? new T{} : borrow()} {}
  lent(const lent&) = delete;
  lent& operator=(const lent&) = delete;
  ~lent() {
    if (kept_ == slot.kept)
      slot.is_lent = false;
    else
      delete kept_;
  }

  T& operator*() noexcept { return *kept_; }

private:
  /// Trivial, so that it is there as long as the thread; `owner` is what ends earlier.
  struct place {
    T* kept = nullptr;
    bool is_lent = false;
    bool is_gone = false;
  };
  struct owner {
    ~owner() {
      delete slot.kept;
      slot = {nullptr, false, true};
    }
  };

  static T* borrow() {
    if (slot.is_lent || slot.is_gone) return new T{};
    if (slot.kept == nullptr) {
      thread_local owner frees_it_at_the_end;
      static_cast<void>(frees_it_at_the_end);
      slot.kept = new T{};
    }
    slot.is_lent = true;
    return slot.kept;
  }

  static inline thread_local constinit place slot{};

  T* kept_;
};

} // namespace evstore::json::detail

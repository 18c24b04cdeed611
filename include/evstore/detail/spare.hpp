#pragma once

#include <memory>
#include <utility>

namespace evstore::detail {

/// An object that each thread keeps between its uses, so that what it allocates is allocated once.
/// Whoever takes it has it alone: a use inside of another one's gets none, and neither does one after
/// the thread's objects are gone, as in the destructor of a static object.
template <class T>
class spare {
public:
  /// The thread's, as it was given back; null if there is none.
  static std::unique_ptr<T> take() noexcept {
    return std::unique_ptr<T>{std::exchange(slot.kept, nullptr)};
  }

  static void give_back(std::unique_ptr<T> used) noexcept {
    if (slot.is_gone || slot.kept != nullptr) return;
    thread_local owner frees_it_at_the_end;
    static_cast<void>(frees_it_at_the_end);
    slot.kept = used.release();
  }

private:
  /// Trivial, so that it is there as long as the thread; `owner` is what ends earlier.
  struct place {
    T* kept = nullptr;
    bool is_gone = false;
  };
  struct owner {
    ~owner() {
      delete slot.kept;
      slot = {nullptr, true};
    }
  };

  static inline thread_local constinit place slot{};
};

} // namespace evstore::detail

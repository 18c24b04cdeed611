#pragma once

namespace evstore::detail {

/// An object that each thread keeps between its uses, so that what it allocates is allocated once.
/// Whoever takes it has it alone: a use inside of another one's gets none, and neither does one after
/// the thread's objects are gone, as in the destructor of a static object.
///
/// Made for every type of event, so without `std::unique_ptr`, which costs the compiler as much as all
/// the rest of reading one: whoever takes it owns it, and gives it back.
template <class T>
class spare {
public:
  /// The thread's, as it was given back; null if there is none.
  [[nodiscard]] static T* take() noexcept {
    T* const kept = slot.kept;
    slot.kept = nullptr;
    return kept;
  }

  static void give_back(T* used) noexcept {
    if (slot.is_gone || slot.kept != nullptr) {
      delete used;
      return;
    }
    thread_local owner frees_it_at_the_end;
    static_cast<void>(frees_it_at_the_end);
    slot.kept = used;
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

#pragma once

#include <evstore/detail/spare.hpp>

namespace evstore::json::detail {

/// An object to read into that each thread keeps between its uses, so that strings and vectors keep
/// their memory: in a replay, allocating them anew for each event costs as much as reading it.
///
/// Who borrows it finds in it what was last read, and must overwrite all of it, as `read_into` does.
template <class T>
class lent {
public:
  /// Something large is not kept.
  explicit lent(bool is_large) : is_large_{is_large}, value_{is_large ? nullptr : spare::take()} {
    if (value_ == nullptr) value_ = new T();
  }
  lent(const lent&) = delete;
  lent& operator=(const lent&) = delete;
  ~lent() {
    if (is_large_)
      delete value_;
    else
      spare::give_back(value_);
  }

  T& operator*() noexcept { return *value_; }

private:
  using spare = evstore::detail::spare<T>;

  bool is_large_;
  T* value_;
};

} // namespace evstore::json::detail

#pragma once

#include <evstore/convex/wake.hpp>

#include <string>

namespace evstore::convex {

/// The body of a response that goes on for as long as somebody reads it. Pulled, piece by piece, when
/// the piece before was sent: who reads slowly has one piece in memory, and keeps no thread.
///
/// One thing at a time is asked of it, `listen` first. What `next` throws ends the connection in the
/// middle of the body, which is how a reader tells it from an end.
class endless_body {
public:
  struct piece {
    std::string text;
    bool is_all = false; ///< there is nothing more before the next wake
  };

  endless_body() = default;
  endless_body(const endless_body&) = delete;
  endless_body& operator=(const endless_body&) = delete;
  virtual ~endless_body() = default;

  /// `wake` is called, from now on, when there may be more.
  virtual void listen(wake_call wake) = 0;
  /// What comes now, in pieces of moderate size; may take as long as a read of the store.
  virtual piece next() = 0;
  /// What is sent when there was nothing for a while, so that both sides see that the other is there.
  [[nodiscard]] virtual std::string pulse() const = 0;
};

} // namespace evstore::convex

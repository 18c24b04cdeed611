// expect: EVENT_IS_NOT_IN_THE_SET<goal_scored, chess>
#include <evstore/json/read.hpp>
#include <evstore/views.hpp>

struct piece_moved {
  int square = 0;
};
struct goal_scored {
  int minute = 0;
};
EVSTORE_DESCRIBE(piece_moved, square)
EVSTORE_DESCRIBE(goal_scored, minute)

struct chess : evstore::event_set<evstore::named<"piece_moved", piece_moved>> {};

struct no_events {
  std::span<const evstore::event_view> next() { return {}; }
};

#ifdef MISUSE
using event = goal_scored;
#else
using event = piece_moved;
#endif

int main() {
  evstore::event_range<chess, no_events> range{no_events{}, evstore::unknown_events::error};
  for (const event& seen : range | evstore::views::of_type<event>()) static_cast<void>(seen);
}

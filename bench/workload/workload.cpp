#include <workload.hpp>

#include <cstdio>

namespace bench {

namespace {

/// A multiplier that all numbers of streams used here have no divisor in common with.
constexpr std::uint64_t scatter = 7919;

class draw {
public:
  std::int64_t below(std::uint64_t limit) noexcept {
    random_ = random_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::int64_t>((random_ >> 33) % limit);
  }
  template <std::size_t N>
  std::string one_of(const std::array<const char*, N>& texts) {
    return texts[static_cast<std::size_t>(below(N))];
  }
  std::vector<std::int32_t> numbers(std::uint64_t count, std::uint64_t limit) {
    std::vector<std::int32_t> out;
    for (std::uint64_t i = 0; i < count; ++i)
      out.push_back(static_cast<std::int32_t>(1 + below(limit)));
    return out;
  }

private:
  std::uint64_t random_ = 20261121;
};

constexpr std::array<const char*, 8> names{
    "zombie-1", "goblin-archer-7",    "aria-of-the-vale", "ogre_zombie-2",
    "wolf-3",   "thorin-oakenshield", "skeleton-captain", "mira"};
constexpr std::array<const char*, 4> weapons{"longsword +1", "scimitar", "greataxe of the north",
                                             "light crossbow"};
constexpr std::array<const char*, 4> spells{"fireball", "cure wounds", "shield of faith",
                                            "melf's acid arrow"};
constexpr std::array<const char*, 4> remarks{
    "from behind a pillar, with advantage, which the torch in the doorway gives away",
    "the shield arm hangs, and the next blow will be the last one, unless Mira is quicker",
    "failed the saving throw by one and stands in the doorway, where everybody can see",
    "half cover, and the torch is out: disadvantage until the end of the next turn"};
constexpr std::array<const char*, 4> grounds{
    "rubble and shallow water, difficult until the bridge, and then slippery",
    "dry stone, lit by two torches, with a draught from the north",
    "dense undergrowth along the old road to Phandalin",
    "a rope bridge that sways with every step"};
constexpr std::array<const char*, 4> notes{
    "The door is \"locked\" from the other side, and something heavy has been pushed against it "
    "since "
    "the last time that anybody was here",
    "Mira saw two lanterns on the far shore; they went out, one after the other, as soon as the "
    "wolf "
    "began to howl",
    "Gundren's map shows a second entrance to the cave, behind the waterfall, which nobody has "
    "told the "
    "goblins about",
    "Everybody rests for an hour: two hit dice for Thorin, one for Aria, none for the zombie that "
    "follows them about"};

event make(draw& from) {
  const auto kind = [&] { return static_cast<damage_kind>(from.below(4)); };
  switch (from.below(8)) {
  case 0:
  case 1:
  case 2: {
    attack_resolved e{.attacker = from.one_of(names),
                      .target = from.one_of(names),
                      .weapon = from.one_of(weapons),
                      .attack_total = from.below(30),
                      .hit = from.below(2) == 0,
                      .rolls = from.numbers(2, 20),
                      .kind = kind(),
                      .distance = static_cast<double>(from.below(120)) / 2,
                      .note = {}};
    if (from.below(4) != 0) e.note = from.one_of(remarks);
    return e;
  }
  case 3:
  case 4:
    return damage_taken{.target = from.one_of(names),
                        .source = from.one_of(weapons),
                        .amount = from.below(40),
                        .kind = kind(),
                        .hit_points_left = from.below(90),
                        .critical = from.below(20) == 0,
                        .reason = from.one_of(remarks)};
  case 5:
    return moved{.who = from.one_of(names),
                 .from_x = from.below(400),
                 .from_y = from.below(400),
                 .to_x = from.below(400),
                 .to_y = from.below(400),
                 .costs = from.numbers(6, 15),
                 .dashes = from.below(2) == 0,
                 .terrain = from.one_of(grounds)};
  case 6:
    return spell_cast{.caster = from.one_of(names),
                      .spell = from.one_of(spells),
                      .slot = static_cast<std::int32_t>(from.below(9)),
                      .targets = {from.one_of(names), from.one_of(names), from.one_of(names),
                                  from.one_of(names), from.one_of(names)},
                      .range = static_cast<double>(from.below(240)) / 2,
                      .concentration = from.below(2) == 0};
  default: return note_taken{.by = from.one_of(names), .text = from.one_of(notes)};
  }
}

} // namespace

std::string_view stream_name(std::uint32_t stream) {
  constexpr std::size_t length = 19;
  static const std::vector<char> all = [] {
    std::vector<char> made(most_streams * length + 1);
    for (std::size_t i = 0; i < most_streams; ++i)
      std::snprintf(made.data() + i * length, length + 1, "encounter-%09zu", i);
    return made;
  }();
  return {all.data() + std::size_t{stream} * length, length};
}

std::span<const event> event_pool() {
  static const std::vector<event> all = [] {
    std::vector<event> made;
    draw from;
    for (int i = 0; i < 4096; ++i) made.push_back(make(from));
    return made;
  }();
  return all;
}

commit_source::commit_source(std::uint32_t streams) : commit_source{streams, 0, 1} {}

commit_source::commit_source(std::uint32_t streams, std::uint32_t first, std::uint32_t step)
    : counts_(streams / step), first_{first}, step_{step} {}

std::uint32_t commit_source::next_stream() noexcept {
  return static_cast<std::uint32_t>(turn_++ * scatter % counts_.size());
}

std::span<const event> commit_source::next_events(std::size_t count) noexcept {
  random_ = random_ * 6364136223846793005U + 1442695040888963407U;
  return event_pool().subspan((random_ >> 33) % (event_pool().size() - count), count);
}

std::span<const write> commit_source::to_one_stream(std::size_t events) {
  const std::uint32_t stream = next_stream();
  writes_.assign(1, {first_ + stream * step_, counts_[stream], next_events(events)});
  counts_[stream] += static_cast<std::uint32_t>(events);
  return writes_;
}

std::span<const write> commit_source::to_many_streams(std::size_t events) {
  writes_.clear();
  const std::span<const event> cut = next_events(events);
  for (std::size_t i = 0; i < events; ++i) {
    const std::uint32_t stream = next_stream();
    writes_.push_back({first_ + stream * step_, counts_[stream]++, cut.subspan(i, 1)});
  }
  return writes_;
}

} // namespace bench

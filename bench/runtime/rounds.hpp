#pragma once
// Contestants that take turns, round after round, because a disk and a machine that others use
// change from second to second: what is compared is the ratios within rounds, not rates.
#include <algorithm>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace bench {

struct contestant {
  std::string name;
  std::function<double()> run; ///< returns a rate
  std::vector<double> rates{};
};

inline void take_turns(std::vector<contestant>& all, int rounds) {
  for (int round = 0; round < rounds; ++round)
    for (contestant& one : all) one.rates.push_back(one.run());
}

inline double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// The median of the rounds' ratios.
inline double ratio(const contestant& one, const contestant& to) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < one.rates.size(); ++i) ratios.push_back(one.rates[i] / to.rates[i]);
  return median(std::move(ratios));
}

} // namespace bench

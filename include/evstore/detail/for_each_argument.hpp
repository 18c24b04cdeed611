#pragma once

/// `EVSTORE_DETAIL_FOR_EACH(macro, data, a, b, c)` is `macro(data, a) macro(data, b) macro(data,
/// c)`, for up to 340 arguments and also for none.
///
/// A macro cannot call itself, but a deferred call is expanded by the next scan over the text; the
/// nested EXPAND macros are those scans (C++20 `__VA_OPT__` ends the chain).

#define EVSTORE_DETAIL_PARENTHESES ()
#define EVSTORE_DETAIL_EXPAND(...)                                                                 \
  EVSTORE_DETAIL_EXPAND_64(                                                                        \
      EVSTORE_DETAIL_EXPAND_64(EVSTORE_DETAIL_EXPAND_64(EVSTORE_DETAIL_EXPAND_64(__VA_ARGS__))))
#define EVSTORE_DETAIL_EXPAND_64(...)                                                              \
  EVSTORE_DETAIL_EXPAND_16(                                                                        \
      EVSTORE_DETAIL_EXPAND_16(EVSTORE_DETAIL_EXPAND_16(EVSTORE_DETAIL_EXPAND_16(__VA_ARGS__))))
#define EVSTORE_DETAIL_EXPAND_16(...)                                                              \
  EVSTORE_DETAIL_EXPAND_4(                                                                         \
      EVSTORE_DETAIL_EXPAND_4(EVSTORE_DETAIL_EXPAND_4(EVSTORE_DETAIL_EXPAND_4(__VA_ARGS__))))
#define EVSTORE_DETAIL_EXPAND_4(...)                                                               \
  EVSTORE_DETAIL_EXPAND_1(                                                                         \
      EVSTORE_DETAIL_EXPAND_1(EVSTORE_DETAIL_EXPAND_1(EVSTORE_DETAIL_EXPAND_1(__VA_ARGS__))))
#define EVSTORE_DETAIL_EXPAND_1(...) __VA_ARGS__

#define EVSTORE_DETAIL_FOR_EACH(macro, data, ...)                                                  \
  __VA_OPT__(EVSTORE_DETAIL_EXPAND(EVSTORE_DETAIL_STEP(macro, data, __VA_ARGS__)))
#define EVSTORE_DETAIL_STEP(macro, data, first, ...)                                               \
  macro(data, first)                                                                               \
      __VA_OPT__(EVSTORE_DETAIL_STEP_AGAIN EVSTORE_DETAIL_PARENTHESES(macro, data, __VA_ARGS__))
#define EVSTORE_DETAIL_STEP_AGAIN() EVSTORE_DETAIL_STEP

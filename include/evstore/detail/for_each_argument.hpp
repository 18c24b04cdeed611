#pragma once

/// `EVSTORE_DETAIL_FOR_EACH(macro, data, a, b, c)` is `macro(data, a) macro(data, b) macro(data,
/// c)`, for up to 160 arguments and also for none.
///
/// A macro cannot call itself, so eight steps are written out. More than eight arguments begin
/// again with a deferred call, which is expanded by the next scan over the text; the nested EXPAND
/// macros are those scans. Few scans and many steps, because every scan reads the whole text again.

#define EVSTORE_DETAIL_FOR_EACH(macro, data, ...)                                                  \
  __VA_OPT__(EVSTORE_DETAIL_EXPAND(EVSTORE_DETAIL_STEP_1(macro, data, __VA_ARGS__)))

#define EVSTORE_DETAIL_STEP_1(macro, data, first, ...)                                             \
  macro(data, first) __VA_OPT__(EVSTORE_DETAIL_STEP_2(macro, data, __VA_ARGS__))
#define EVSTORE_DETAIL_STEP_2(macro, data, first, ...)                                             \
  macro(data, first) __VA_OPT__(EVSTORE_DETAIL_STEP_3(macro, data, __VA_ARGS__))
#define EVSTORE_DETAIL_STEP_3(macro, data, first, ...)                                             \
  macro(data, first) __VA_OPT__(EVSTORE_DETAIL_STEP_4(macro, data, __VA_ARGS__))
#define EVSTORE_DETAIL_STEP_4(macro, data, first, ...)                                             \
  macro(data, first) __VA_OPT__(EVSTORE_DETAIL_STEP_5(macro, data, __VA_ARGS__))
#define EVSTORE_DETAIL_STEP_5(macro, data, first, ...)                                             \
  macro(data, first) __VA_OPT__(EVSTORE_DETAIL_STEP_6(macro, data, __VA_ARGS__))
#define EVSTORE_DETAIL_STEP_6(macro, data, first, ...)                                             \
  macro(data, first) __VA_OPT__(EVSTORE_DETAIL_STEP_7(macro, data, __VA_ARGS__))
#define EVSTORE_DETAIL_STEP_7(macro, data, first, ...)                                             \
  macro(data, first) __VA_OPT__(EVSTORE_DETAIL_STEP_8(macro, data, __VA_ARGS__))
#define EVSTORE_DETAIL_STEP_8(macro, data, first, ...)                                             \
  macro(data, first)                                                                               \
      __VA_OPT__(EVSTORE_DETAIL_BEGIN_AGAIN EVSTORE_DETAIL_PARENTHESES(macro, data, __VA_ARGS__))
#define EVSTORE_DETAIL_BEGIN_AGAIN() EVSTORE_DETAIL_STEP_1
#define EVSTORE_DETAIL_PARENTHESES ()

#define EVSTORE_DETAIL_EXPAND(...)                                                                 \
  EVSTORE_DETAIL_EXPAND_4(                                                                         \
      EVSTORE_DETAIL_EXPAND_4(EVSTORE_DETAIL_EXPAND_4(EVSTORE_DETAIL_EXPAND_4(__VA_ARGS__))))
#define EVSTORE_DETAIL_EXPAND_4(...)                                                               \
  EVSTORE_DETAIL_EXPAND_1(                                                                         \
      EVSTORE_DETAIL_EXPAND_1(EVSTORE_DETAIL_EXPAND_1(EVSTORE_DETAIL_EXPAND_1(__VA_ARGS__))))
#define EVSTORE_DETAIL_EXPAND_1(...) __VA_ARGS__

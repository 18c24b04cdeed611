#pragma once

/// What evstore needs of the compiler, said once and early.

#if defined(_MSVC_LANG)
#define EVSTORE_LANGUAGE _MSVC_LANG
#else
#define EVSTORE_LANGUAGE __cplusplus
#endif

#if EVSTORE_LANGUAGE < 202002L
#error "evstore needs C++20: compile with -std=c++20 or newer"
#endif

#undef EVSTORE_LANGUAGE

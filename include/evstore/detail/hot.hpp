#pragma once

/// Marks the few functions of a line or two whose cost is that of the call: what they are given is a
/// constant of the code once they are inlined. Not forced without optimisation, where it would only
/// cost compile time, nor under a sanitizer, where it costs minutes of it.
#if defined(__OPTIMIZE__) && defined(__GNUC__) && !defined(__SANITIZE_ADDRESS__) &&                \
    !defined(__SANITIZE_THREAD__)
#define EVSTORE_DETAIL_HOT [[gnu::always_inline]]
#else
#define EVSTORE_DETAIL_HOT
#endif

// SPDX-License-Identifier: Apache-2.0
/// One loop, compiled for several instruction sets of x86-64 and chosen when the program starts;
/// one plain version elsewhere. Inside of simulator/golden only.
///
/// A kernel is a function body in a header-like namespace; SPIKELOOM_KERNEL(name, result,
/// parameters, arguments) makes name() from name_body(): it calls the widest copy that the
/// processor runs. Everything that the body calls is inlined into each copy, so that no code of one
/// instruction set ends up in a function that others share.
#pragma once

#include <cstdint>

// Sanitised and unoptimised builds have one version: they do not inline.
#if defined(__x86_64__) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__) && !defined(SPIKELOOM_ONE_INSTRUCTION_SET)
#define SPIKELOOM_HAS_KERNELS 1
#else
#define SPIKELOOM_HAS_KERNELS 0
#endif

// No store of a loop reaches a later iteration's load.
#if defined(__clang__)
#define SPIKELOOM_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define SPIKELOOM_INDEPENDENT _Pragma("GCC ivdep")
#endif

namespace spikeloom::golden {

enum class InstructionSet : std::uint8_t { baseline, avx2, avx512 };

/// The widest that this processor has and this build offers.
InstructionSet instruction_set_here();

}  // namespace spikeloom::golden

#if SPIKELOOM_HAS_KERNELS
#define SPIKELOOM_KERNEL(name, result, parameters, arguments)                                \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512cd,bmi,bmi2"),           \
                   flatten)) static result name##_avx512 parameters {                        \
        return name##_body arguments;                                                        \
    }                                                                                        \
    __attribute__((target("avx2,bmi,bmi2"), flatten)) static result name##_avx2 parameters { \
        return name##_body arguments;                                                        \
    }                                                                                        \
    __attribute__((flatten)) static result name##_baseline parameters {                      \
        return name##_body arguments;                                                        \
    }                                                                                        \
    result name parameters {                                                                 \
        static const InstructionSet here = instruction_set_here();                           \
        if (here == InstructionSet::avx512) return name##_avx512 arguments;                  \
        if (here == InstructionSet::avx2) return name##_avx2 arguments;                      \
        return name##_baseline arguments;                                                    \
    }
#else
#define SPIKELOOM_KERNEL(name, result, parameters, arguments) \
    result name parameters {                                  \
        return name##_body arguments;                         \
    }
#endif

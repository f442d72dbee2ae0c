// Random numbers in bulk: normal noise that is a function of its place alone.
#pragma once

#include <cstdint>

namespace fa {

// target[i] = value first + i of the stream `key`, standard normal. Every value is a function of
// the key and its own number, so that a stream cut anywhere gives the same bits, on every machine.
// By Box and Muller's method from 63 random bits for two values; |value| stays below 6.7. first >=
// 0.
void normal_values(std::uint64_t key, std::int64_t first, std::int64_t count, float* target);

}  // namespace fa

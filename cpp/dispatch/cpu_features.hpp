// What the processor and the operating system allow.
#pragma once

namespace fa {

bool cpu_runs_baseline();
bool cpu_runs_avx2();    // AVX2, FMA, F16C, BMI2
bool cpu_runs_avx512();  // the above and AVX-512 F, BW, DQ, VL

}  // namespace fa

// The warp kernels of one instruction set.
#include "kernels/warp_kernels.hpp"

#include "kernels/warp_bilinear.isa.hpp"
#include "kernels/warp_nearest.isa.hpp"

namespace fa::FA_ISA {

const WarpKernels warp_kernels{&warp_bilinear<std::uint8_t>, &warp_bilinear<std::uint16_t>,
                               &warp_bilinear<float>, &warp_nearest};

}  // namespace fa::FA_ISA

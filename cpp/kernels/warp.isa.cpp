// The warp kernels of one instruction set.
#include "kernels/warp_kernels.hpp"

#include "kernels/warp_bilinear.isa.hpp"
#include "kernels/warp_nearest.isa.hpp"

namespace fa::FA_ISA {

const WarpKernels warp_kernels{
    &warp_all_rows<NearestPixels>,
    {&warp_all_rows<Bilinear<std::uint8_t, PixelRow<std::uint8_t>>>,
     &warp_all_rows<Bilinear<std::uint16_t, PixelRow<std::uint16_t>>>,
     &warp_all_rows<Bilinear<float, PixelRow<float>>>},
    {&warp_all_rows<NearestValues<std::uint8_t>>, &warp_all_rows<NearestValues<std::uint16_t>>,
     &warp_all_rows<NearestValues<float>>},
    {&warp_all_rows<Bilinear<std::uint8_t, ValueRow>>,
     &warp_all_rows<Bilinear<std::uint16_t, ValueRow>>, &warp_all_rows<Bilinear<float, ValueRow>>},
};

}  // namespace fa::FA_ISA

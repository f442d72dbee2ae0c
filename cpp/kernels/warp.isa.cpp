// The warp kernels of one instruction set.
#include "kernels/warp_kernels.hpp"

#include "kernels/warp_bicubic.isa.hpp"
#include "kernels/warp_bilinear.isa.hpp"
#include "kernels/warp_nearest.isa.hpp"

namespace fa::FA_ISA {
namespace {

using Level8 = std::uint8_t;
using Level16 = std::uint16_t;

}  // namespace

const WarpKernels warp_kernels{
    &warp_all_rows<NearestPixels>,
    {&warp_all_rows<Bilinear<Level8, PixelRow<Level8>>>,
     &warp_all_rows<Bilinear<Level16, PixelRow<Level16>>>,
     &warp_all_rows<Bilinear<float, PixelRow<float>>>},
    {&warp_all_rows<Bicubic<Level8, PixelRow<Level8>>>,
     &warp_all_rows<Bicubic<Level16, PixelRow<Level16>>>,
     &warp_all_rows<Bicubic<float, PixelRow<float>>>},
    {&warp_all_rows<NearestValues<Level8>>, &warp_all_rows<NearestValues<Level16>>,
     &warp_all_rows<NearestValues<float>>},
    {&warp_all_rows<Bilinear<Level8, ValueRow>>, &warp_all_rows<Bilinear<Level16, ValueRow>>,
     &warp_all_rows<Bilinear<float, ValueRow>>},
    {&warp_all_rows<Bicubic<Level8, ValueRow>>, &warp_all_rows<Bicubic<Level16, ValueRow>>,
     &warp_all_rows<Bicubic<float, ValueRow>>},
};

}  // namespace fa::FA_ISA

#include "pipeline/chains.hpp"

#include <algorithm>
#include <span>
#include <variant>
#include <vector>

#include "core/buffer.hpp"
#include "kernels/mix.hpp"
#include "pipeline/lower.hpp"
#include "pipeline/run.hpp"

namespace fa {
namespace {

// What a thread keeps between calls: the image before and after a mix, a chain's, their sum.
struct ChainScratch {
  Buffer images[2], chain, sum;
  std::vector<int> order, steps;
  Plan plan;
};

ChainScratch& scratch() {
  thread_local ChainScratch kept;
  return kept;
}

constexpr std::int64_t kSpareBytes = 64;  // vector loads may read past the last pixel

Target packed_image(Buffer& buffer, const PixelFormat& format, CanvasSize size) {
  const std::int64_t stride = size.width * pixel_bytes(format);
  const std::int64_t bytes = stride * size.height * format.planes + kSpareBytes;
  return {buffer.take(static_cast<std::size_t>(bytes)), size.height, size.width, stride,
          stride * size.height};
}

class SampleRun {
 public:
  SampleRun(const Pipeline& pipeline, const DrawRecord* records, const Source& source,
            const PixelFormat& format, Threads threads)
      : pipeline_(pipeline),
        records_(records),
        current_(source),
        format_(format),
        threads_(threads),
        kept_(scratch()) {}

  void run(const Target& target, const PixelFormat& target_format) {
    sort_by_order(pipeline_, records_, kept_.order);
    const std::span<const int> order = kept_.order;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      const auto* mix = std::get_if<ChainMix>(&transform(order[i]).what);
      if (mix == nullptr) continue;
      if (i > begin) run_before(order.subspan(begin, i - begin));
      const std::int64_t end = order[i] + entries_of(transform(order[i]));
      begin = i + 1;
      while (begin < order.size() && order[begin] > order[i] && order[begin] < end) ++begin;
      mix_chains(*mix, order[i], order.subspan(i + 1, begin - i - 1));
      i = begin - 1;
    }
    run_part(order.subspan(begin), target, target_format);
  }

 private:
  const Transform& transform(int index) const {
    return pipeline_.transforms[static_cast<std::size_t>(index)];
  }

  void run_part(std::span<const int> order, const Target& target, const PixelFormat& format) {
    const CanvasSize size{current_.height, current_.width};
    lower_part(pipeline_, records_, order, {format_, format, size}, kept_.plan);
    run_plan(kept_.plan, current_, format_, target, format, threads_);
  }

  // The other of the two images than the one that is read now.
  Target next_image(CanvasSize size) {
    is_second_ = !is_second_;
    return packed_image(kept_.images[is_second_ ? 1 : 0], format_, size);
  }

  void run_before(std::span<const int> order) {
    CanvasSize size{current_.height, current_.width};
    for (const int index : order) size = canvas_after(transform(index), records_[index], size);
    const Target to = next_image(size);
    run_part(order, to, format_);
    current_ = as_source(to);
  }

  void mix_chains(const ChainMix& mix, int place, std::span<const int> steps) {
    const CanvasSize size{current_.height, current_.width};
    const std::int64_t values = size.height * size.width * channels_of(format_);
    const double* shares = records_[place].values;
    const auto bytes = static_cast<std::size_t>(values) * sizeof(float);
    auto* sum = reinterpret_cast<float*>(kept_.sum.take(bytes));
    const Target chain = packed_image(kept_.chain, format_, size);
    run_part({}, chain, format_);
    add_scaled(chain.data, values, format_.dtype, shares[0], true, sum);
    for (std::int64_t i = 0; i < mix.width; ++i) {
      const std::int64_t first = place + 1 + i * mix.most_depth;
      kept_.steps.clear();
      std::copy_if(steps.begin(), steps.end(), std::back_inserter(kept_.steps),
                   [&](int index) { return index >= first && index < first + mix.most_depth; });
      run_part(kept_.steps, chain, format_);
      add_scaled(chain.data, values, format_.dtype, shares[1 + i], false, sum);
    }
    const Target to = next_image(size);
    round_sum(sum, values, format_.dtype, to.data);
    current_ = as_source(to);
  }

  const Pipeline& pipeline_;
  const DrawRecord* records_;
  Source current_;
  PixelFormat format_;
  Threads threads_;
  ChainScratch& kept_;
  bool is_second_ = false;
};

}  // namespace

bool has_chains(const Pipeline& pipeline) {
  return std::any_of(
      pipeline.transforms.begin(), pipeline.transforms.end(),
      [](const Transform& transform) { return std::holds_alternative<ChainMix>(transform.what); });
}

void run_with_chains(const Pipeline& pipeline, const DrawRecord* records, const Source& source,
                     const PixelFormat& source_format, const Target& target,
                     const PixelFormat& target_format, Threads threads) {
  SampleRun(pipeline, records, source, source_format, threads).run(target, target_format);
}

}  // namespace fa

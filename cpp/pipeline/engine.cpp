#include "pipeline/engine.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>

#include "core/prefetch.hpp"
#include "pipeline/chains.hpp"
#include "pipeline/check.hpp"
#include "pipeline/lower.hpp"
#include "pipeline/run.hpp"
#include "threads/thread_count.hpp"

namespace fa {
namespace {

// Samples whose parameters one thread draws at a time.
constexpr std::int64_t kDrawGrain = 64;
// Work on samples below this many bytes is done before another thread would have woken up.
constexpr std::int64_t kSampleGrainBytes = 16 * 1024;
// With so many samples for each thread, none waits long for the last.
constexpr std::int64_t kSamplesPerThread = 4;

Plan& kept_plan() {
  thread_local Plan plan;
  return plan;
}

// The failure of the lowest sample, whichever thread finds one first.
class FirstFailure {
 public:
  bool is_before(std::int64_t sample) const { return sample_.load() < sample; }

  void add(std::int64_t sample, const char* message) {
    const std::lock_guard lock(mutex_);
    if (sample >= sample_.load()) return;
    sample_.store(sample);
    message_ = message;
  }

  void rethrow(std::int64_t& failed) const {
    if (message_.empty()) return;
    failed = sample_.load();
    throw std::invalid_argument(message_);
  }

 private:
  std::mutex mutex_;
  std::atomic<std::int64_t> sample_{INT64_MAX};
  std::string message_;
};

// Whether a map may turn out to have no inverse, so that plans must be made before anything is
// written. Policies draw none such, but a replay may hold other numbers.
bool may_degenerate(const Pipeline& pipeline, bool is_replay) {
  return std::any_of(pipeline.transforms.begin(), pipeline.transforms.end(),
                     [&](const Transform& transform) {
                       return std::holds_alternative<RandomAffine>(transform.what) ||
                              std::holds_alternative<RandomPerspective>(transform.what) ||
                              (is_replay && std::holds_alternative<PolicyStep>(transform.what));
                     });
}

template <class Draw>
void prepare(const Pipeline& pipeline, const SourceBatch& source, Threads threads,
             CanvasSize* sizes, std::int64_t& failed, const DrawRecord* records, bool is_replay,
             Draw draw_one) {
  const auto count = pipeline.transforms.size();
  const bool must_lower = may_degenerate(pipeline, is_replay);
  FirstFailure failure;
  parallel_for(source.count, kDrawGrain, threads, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t sample = begin; sample < end && !failure.is_before(sample); ++sample) {
      const Source from = image(source, sample);
      const CanvasSize size{from.height, from.width};
      const DrawRecord* drawn = records + static_cast<std::size_t>(sample) * count;
      try {
        sizes[sample] = draw_one(sample, size);
        if (must_lower) lower(pipeline, drawn, {source.format, source.format, size}, kept_plan());
      } catch (const std::invalid_argument& error) {
        failure.add(sample, error.what());
      }
    }
  });
  failure.rethrow(failed);
}

void run_sample(const Pipeline& pipeline, const SourceBatch& source, const TargetBatch& target,
                const DrawRecord* records, std::int64_t sample, Threads threads) {
  const Source from = image(source, sample);
  const Target to = image(target, sample);
  const DrawRecord* drawn = records + static_cast<std::size_t>(sample) * pipeline.transforms.size();
  if (has_chains(pipeline)) {
    return run_with_chains(pipeline, drawn, from, source.format, to, target.format, threads);
  }
  Plan& plan = kept_plan();
  lower(pipeline, drawn, {source.format, target.format, {from.height, from.width}}, plan);
  run_plan(plan, from, source.format, to, target.format, threads);
}

template <class Byte, class Ask>
void ask_for(const ImageView<Byte>& image, const PixelFormat& format, Ask ask) {
  const std::int64_t row_bytes = image.width * pixel_bytes(format);
  if (image.height * row_bytes * format.planes > kAskedWhole) return;
  for (std::int64_t plane = 0; plane < format.planes; ++plane) {
    for (std::int64_t y = 0; y < image.height; ++y) ask(row(image, plane, y), row_bytes);
  }
}

// Small images are over before the processor has seen where they are going.
void ask_for_sample(const SourceBatch& source, const TargetBatch& target, std::int64_t sample) {
  ask_for(image(source, sample), source.format, prefetch_row);
  ask_for(image(target, sample), target.format, prefetch_row_for_write);
}

std::int64_t bytes_of(const TargetBatch& target, std::int64_t sample) {
  const Target to = image(target, sample);
  return to.height * to.width * pixel_bytes(target.format) * target.format.planes;
}

}  // namespace

void draw_batch(const Pipeline& pipeline, const SourceBatch& source, const BatchKeys& keys,
                Threads threads, DrawRecord* records, CanvasSize* sizes, std::int64_t& failed) {
  const auto count = pipeline.transforms.size();
  prepare(pipeline, source, threads, sizes, failed, records, false,
          [&](std::int64_t sample, CanvasSize size) {
            const auto place = static_cast<std::size_t>(sample);
            const std::uint64_t index =
                keys.indices != nullptr ? keys.indices[place] : keys.first_index + place;
            SampleBoxes boxes;
            if (keys.boxes != nullptr) {
              const std::int64_t* offsets = keys.box_offsets + sample;
              boxes = {keys.boxes + 4 * offsets[0], offsets[1] - offsets[0]};
            }
            return draw(pipeline, {keys.seed, keys.epoch, index}, size, false,
                        records + place * count, boxes);
          });
}

void check_batch(const Pipeline& pipeline, const SourceBatch& source, const DrawRecord* records,
                 Threads threads, CanvasSize* sizes, std::int64_t& failed) {
  prepare(pipeline, source, threads, sizes, failed, records, true,
          [&](std::int64_t sample, CanvasSize size) {
            return check_records(
                pipeline, records + static_cast<std::size_t>(sample) * pipeline.transforms.size(),
                size);
          });
}

void run_batch(const Pipeline& pipeline, const SourceBatch& source, const TargetBatch& target,
               const DrawRecord* records, Threads threads) {
  const std::int64_t wanted = threads.count > 0 ? threads.count : num_threads();
  const bool by_rows = wanted > 1 && source.count < wanted * kSamplesPerThread &&
                       source.count > 0 && bytes_of(target, 0) > 2 * kSampleGrainBytes;
  if (by_rows) {
    for (std::int64_t sample = 0; sample < source.count; ++sample) {
      run_sample(pipeline, source, target, records, sample, threads);
    }
    return;
  }
  const std::int64_t bytes = source.count > 0 ? bytes_of(target, 0) : 0;
  const std::int64_t grain = kSampleGrainBytes / std::max<std::int64_t>(bytes, 1) + 1;
  parallel_for(source.count, grain, threads, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t sample = begin; sample < end; ++sample) {
      if (sample + 1 < end) ask_for_sample(source, target, sample + 1);
      run_sample(pipeline, source, target, records, sample, Threads{1});
    }
  });
}

}  // namespace fa

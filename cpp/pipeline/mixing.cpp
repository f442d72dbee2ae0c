#include "pipeline/mixing.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "kernels/paste.hpp"
#include "random/variates.hpp"

namespace fa {
namespace {

// The last position: no transform of a pipeline with the same seed draws there.
constexpr std::uint32_t kMixingPosition = 65535;

std::uint64_t index_of(const BatchKeys& keys, std::int64_t sample) {
  const auto place = static_cast<std::size_t>(sample);
  return keys.indices != nullptr ? keys.indices[place] : keys.first_index + place;
}

// What a sample draws for mixing, in this order: its number in the ring, whether it is mixed, where
// its box or its tiles lie, how much of it stays.
struct MixingDraw {
  std::uint64_t number;
  double coin, x, y;
  RandomStream stream;
};

MixingDraw draw_of(const BatchKeys& keys, std::int64_t sample) {
  RandomStream stream({keys.seed, keys.epoch, index_of(keys, sample), kMixingPosition});
  // Braces fix the order.
  return MixingDraw{stream.bits53(), stream.uniform(), stream.uniform(), stream.uniform(), stream};
}

// What decides for a sample: its own draw or that of the first in the ring.
std::int64_t decider(const MixRing& ring, const MixShare& share, std::int64_t sample) {
  return share.per_sample ? sample : ring.order[0];
}

double share_of(const BatchKeys& keys, const MixShare& share, std::int64_t sample) {
  MixingDraw draw = draw_of(keys, sample);
  return draw.coin < share.p ? draw_beta(share.alpha, draw.stream) : 1.0;
}

// Half of the box's side, cut to whole pixels.
std::int64_t half_side(double ratio, std::int64_t side) {
  return static_cast<std::int64_t>(0.5 * ratio * static_cast<double>(side));
}

std::int64_t place_at(double fraction, std::int64_t side) {
  return static_cast<std::int64_t>(fraction * static_cast<double>(side));
}

Box box_about(const MixingDraw& draw, double share, CanvasSize size) {
  const double ratio = std::sqrt(1.0 - share);
  const std::int64_t x = place_at(draw.x, size.width), y = place_at(draw.y, size.height);
  const std::int64_t reach_x = half_side(ratio, size.width);
  const std::int64_t reach_y = half_side(ratio, size.height);
  return {std::max<std::int64_t>(x - reach_x, 0), std::max<std::int64_t>(y - reach_y, 0),
          std::min(x + reach_x, size.width), std::min(y + reach_y, size.height)};
}

// A source with its corner at (x, y), as far as it lies in the canvas.
MosaicTile tile_at(std::int64_t sample, std::int64_t shift_x, std::int64_t shift_y,
                   CanvasSize source, const Box& quarter) {
  const Box box{std::max(shift_x, quarter.x0), std::max(shift_y, quarter.y0),
                std::min(shift_x + source.width, quarter.x1),
                std::min(shift_y + source.height, quarter.y1)};
  return {sample, box, shift_x, shift_y};
}

}  // namespace

void draw_ring(const BatchKeys& keys, std::int64_t count, std::int64_t* order) {
  std::vector<std::uint64_t> numbers(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    numbers[static_cast<std::size_t>(i)] = draw_of(keys, i).number;
  }
  std::iota(order, order + count, 0);
  std::sort(order, order + count, [&](std::int64_t a, std::int64_t b) {
    const std::uint64_t of_a = numbers[static_cast<std::size_t>(a)];
    const std::uint64_t of_b = numbers[static_cast<std::size_t>(b)];
    if (of_a != of_b) return of_a < of_b;
    const std::uint64_t index_a = index_of(keys, a), index_b = index_of(keys, b);
    return index_a != index_b ? index_a < index_b : a < b;
  });
}

void draw_shares(const BatchKeys& keys, const MixRing& ring, const MixShare& share,
                 double* shares) {
  const double of_batch =
      share.per_sample || ring.count == 0 ? 1.0 : share_of(keys, share, ring.order[0]);
  for (std::int64_t i = 0; i < ring.count; ++i) {
    shares[i] = share.per_sample ? share_of(keys, share, i) : of_batch;
  }
}

void draw_boxes(const BatchKeys& keys, const MixRing& ring, const MixShare& share, CanvasSize size,
                double* shares, Box* boxes) {
  draw_shares(keys, ring, share, shares);
  const double area = static_cast<double>(size.height * size.width);
  for (std::int64_t i = 0; i < ring.count; ++i) {
    boxes[i] = box_about(draw_of(keys, decider(ring, share, i)), shares[i], size);
    const Box& box = boxes[i];
    const double inside = static_cast<double>((box.x1 - box.x0) * (box.y1 - box.y0));
    shares[i] = area > 0.0 ? 1.0 - inside / area : 1.0;
  }
}

void draw_tiles(const BatchKeys& keys, const MixRing& ring, CanvasSize source, CanvasSize canvas,
                double low, double high, MosaicTile* tiles) {
  const auto between = [&](double fraction, std::int64_t side) {
    return static_cast<std::int64_t>(
        std::floor((low + (high - low) * fraction) * static_cast<double>(side)));
  };
  for (std::int64_t place = 0; place < ring.count; ++place) {
    const std::int64_t sample = ring.order[place];
    const MixingDraw draw = draw_of(keys, sample);
    const std::int64_t x = between(draw.x, canvas.width), y = between(draw.y, canvas.height);
    for (std::int64_t i = 0; i < kTiles; ++i) {
      const bool is_right = i % 2 == 1, is_below = i / 2 == 1;
      const Box quarter{is_right ? x : 0, is_below ? y : 0, is_right ? canvas.width : x,
                        is_below ? canvas.height : y};
      tiles[sample * kTiles + i] =
          tile_at(ring.order[(place + i) % ring.count], is_right ? x : x - source.width,
                  is_below ? y : y - source.height, source, quarter);
    }
  }
}

void draw_objects(const BatchKeys& keys, const SourceBatch& masks, const std::int64_t* next,
                  double p, std::int64_t background, std::int64_t values, Threads threads,
                  std::uint8_t* chosen) {
  parallel_for(masks.count, 1, threads, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t sample = begin; sample < end; ++sample) {
      std::uint8_t* table = chosen + sample * values;
      mark_values(image(masks, next[sample]), masks.format.dtype, table);
      MixingDraw draw = draw_of(keys, sample);
      for (std::int64_t value = 0; value < values; ++value) {
        if (table[value] == 0 || value == background) {
          table[value] = 0;
        } else {
          table[value] = draw.stream.bernoulli(p) ? 1 : 0;
        }
      }
    }
  });
}

}  // namespace fa

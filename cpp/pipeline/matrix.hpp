// 3x3 matrices that map pixel coordinates, in float64.
#pragma once

#include <cstdint>

namespace fa {

struct Matrix {
  double at[9];  // row by row
};

constexpr Matrix kIdentity{{1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0}};

constexpr Matrix shift_by(double x, double y) {
  return {{1.0, 0.0, x, 0.0, 1.0, y, 0.0, 0.0, 1.0}};
}

// `first` is applied first.
inline Matrix then(const Matrix& first, const Matrix& second) {
  Matrix product{};
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      for (int k = 0; k < 3; ++k) {
        product.at[3 * row + column] += second.at[3 * row + k] * first.at[3 * k + column];
      }
    }
  }
  return product;
}

}  // namespace fa

// One function per feature adds its calls to the module.
#pragma once

#include <pybind11/pybind11.h>

namespace fa {

void register_adaptive_clip(pybind11::module_& m);
void register_affine_matrix(pybind11::module_& m);
void register_color(pybind11::module_& m);
void register_crop(pybind11::module_& m);
void register_erase(pybind11::module_& m);
void register_filter(pybind11::module_& m);
void register_flip(pybind11::module_& m);
void register_grad_samples(pybind11::module_& m);
void register_gradient_clipper(pybind11::module_& m);
void register_gradients(pybind11::module_& m);
void register_histogram(pybind11::module_& m);
void register_mix(pybind11::module_& m);
void register_norm_accumulator(pybind11::module_& m);
void register_normalize(pybind11::module_& m);
void register_optim(pybind11::module_& m);
void register_pipeline(pybind11::module_& m);
void register_resize(pybind11::module_& m);
void register_runtime(pybind11::module_& m);
void register_turn(pybind11::module_& m);
void register_warp(pybind11::module_& m);

}  // namespace fa

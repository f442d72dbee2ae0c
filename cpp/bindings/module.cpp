// The extension module: a list of features. No state but the pool and the chosen instruction set,
// both safe to use from several threads, so the interpreter's lock is not needed.
#include "bindings/register.hpp"
#include "dispatch/isa.hpp"

PYBIND11_MODULE(_core, m, pybind11::mod_gil_not_used()) {
  m.doc() = "Kernels of fast_augment. Private: use the functions of the package.";
  fa::active_isa();  // a wrong FAST_AUGMENT_ISA fails here, at import
  fa::register_adaptive_clip(m);
  fa::register_affine_matrix(m);
  fa::register_color(m);
  fa::register_crop(m);
  fa::register_erase(m);
  fa::register_filter(m);
  fa::register_flip(m);
  fa::register_grad_samples(m);
  fa::register_gradient_clipper(m);
  fa::register_gradients(m);
  fa::register_histogram(m);
  fa::register_mix(m);
  fa::register_norm_accumulator(m);
  fa::register_normalize(m);
  fa::register_optim(m);
  fa::register_pipeline(m);
  fa::register_resize(m);
  fa::register_runtime(m);
  fa::register_turn(m);
  fa::register_warp(m);
}

// Facts about one NumPy array, checked once, and the errors that a caller reads.
#pragma once

#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/dtype.hpp"
#include "core/function_ref.hpp"
#include "threads/parallel_for.hpp"

namespace fa {

namespace py = pybind11;

// Every message reads "function: what is wrong, what was expected".
[[noreturn]] void raise_type_error(const char* function, const std::string& message);
[[noreturn]] void raise_value_error(const char* function, const std::string& message);

std::string type_name_of(py::handle object);
std::string repr_of(py::handle object);
std::string shape_text(const std::int64_t* sizes, std::int64_t count);

// A NumPy array as its header says. Borrows from the array.
struct ArrayFacts {
  py::handle array;
  std::byte* data;
  int rank;
  const py::ssize_t* shape;
  const py::ssize_t* strides;  // bytes
  DType dtype;
  bool writable;
};

std::string shape_text(const ArrayFacts& facts);
std::string shape_text(const py::array& array);

// How the caller knows an argument ("images", "images[3]"): asked for only when there is an error.
using ArgumentName = FunctionRef<std::string()>;

// "float32, float64 or complex64"
std::string join_names(std::initializer_list<DType> dtypes);

// A NumPy array or one of a derived type.
inline bool is_array(py::handle object) {
  static PyTypeObject* const type = py::detail::npy_api::get().PyArray_Type_;
  return Py_IS_TYPE(object.ptr(), type) || PyType_IsSubtype(Py_TYPE(object.ptr()), type) != 0;
}

// The facts of `object`, an array of one of the `allowed` dtypes in native byte order whose
// elements are aligned. Throws TypeError or ValueError.
ArrayFacts array_facts(const char* function, ArgumentName name, py::handle object,
                       std::initializer_list<DType> allowed);
// The same into `facts`: of many arrays, where they are kept, as copies of them cost more than the
// looking.
void look_at_array(const char* function, ArgumentName name, py::handle object,
                   std::initializer_list<DType> allowed, ArrayFacts& facts);
void require_writable(const char* function, const std::string& name, const ArrayFacts& facts);

// Whether two elements of the array share memory (a broadcast or hand-made stride).
bool overlaps_itself(const ArrayFacts& facts);

// A pair that shares memory: positions in `arrays`, or {-1, -1}. Pairs of two arrays that are both
// only read (`is_written` false for both) do not count.
struct OverlappingPair {
  std::int64_t first, second;
};
OverlappingPair find_overlap(const std::vector<ArrayFacts>& arrays,
                             const std::vector<bool>& is_written);

py::dtype numpy_dtype(DType dtype);

// `threads=`: None or a whole number of at least 1.
Threads threads_arg(const char* function, py::handle threads);
int thread_count_arg(const char* function, py::handle threads, const char* expected);

// An int or a NumPy integer; not a bool.
bool is_whole_number(py::handle object);

// An argument that names one of a few choices. Throws TypeError when it is no string.
std::string text_arg(const char* function, const char* name, py::handle object);

// The members of a list, tuple or other sequence, with a reference to each. Throws TypeError with
// `expected` in the message when the object is no sequence (or a string).
py::tuple sequence_items(const char* function, const char* name, py::handle object,
                         const char* expected);

}  // namespace fa

#include "bindings/array_args.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "threads/thread_count.hpp"

namespace fa {
namespace {

// NumPy's numbers for the types we know; the values are part of its stable interface.
constexpr int kNumpyUint8 = 2;
constexpr int kNumpyUint16 = 4;
constexpr int kNumpyFloat32 = 11;
constexpr int kNumpyFloat64 = 12;
constexpr int kNumpyComplex64 = 14;
constexpr int kNumpyComplex128 = 15;
constexpr int kNumpyFloat16 = 23;
constexpr int kNumpyFirstOfUsers = 256;
constexpr int kNumpyAligned = 0x0100;

constexpr int numpy_number(DType dtype) {
  switch (dtype) {
    case DType::kUint8:
      return kNumpyUint8;
    case DType::kUint16:
      return kNumpyUint16;
    case DType::kFloat16:
      return kNumpyFloat16;
    case DType::kFloat32:
      return kNumpyFloat32;
    case DType::kFloat64:
      return kNumpyFloat64;
    case DType::kComplex64:
      return kNumpyComplex64;
    case DType::kComplex128:
      return kNumpyComplex128;
    case DType::kBfloat16:
      break;  // registered with NumPy by ml_dtypes, under a number of that moment
  }
  return -1;
}

bool is_bfloat16(py::handle descriptor) {
  static std::atomic<int> known{-1};
  const int number = py::detail::array_descriptor_proxy(descriptor.ptr())->type_num;
  if (number < kNumpyFirstOfUsers) return false;
  if (number == known.load(std::memory_order_relaxed)) return true;
  if (py::str(descriptor).cast<std::string>() != "bfloat16") return false;
  known.store(number, std::memory_order_relaxed);
  return true;
}

constexpr int kUnknownDType = -1;

constexpr auto kDTypeOfNumpyNumber = [] {
  std::array<std::int8_t, kNumpyFloat16 + 1> dtypes{};
  dtypes.fill(kUnknownDType);
  for (const DType dtype : {DType::kUint8, DType::kUint16, DType::kFloat16, DType::kFloat32,
                            DType::kFloat64, DType::kComplex64, DType::kComplex128}) {
    dtypes[static_cast<std::size_t>(numpy_number(dtype))] = static_cast<std::int8_t>(dtype);
  }
  return dtypes;
}();

// The dtype of a descriptor, as a number, or kUnknownDType.
int dtype_number(py::handle descriptor, int numpy_number) {
  const auto index = static_cast<std::size_t>(numpy_number);
  if (index < kDTypeOfNumpyNumber.size()) return kDTypeOfNumpyNumber[index];
  return is_bfloat16(descriptor) ? static_cast<int>(DType::kBfloat16) : kUnknownDType;
}

// The addresses [low, high) that an array's elements lie in; empty for an array without elements.
struct Extent {
  std::uintptr_t low, high;
  bool operator==(const Extent&) const = default;
};

Extent extent(const ArrayFacts& facts) {
  const auto data = reinterpret_cast<std::uintptr_t>(facts.data);
  Extent result{data, data + static_cast<std::uintptr_t>(item_size(facts.dtype))};
  for (int axis = 0; axis < facts.rank; ++axis) {
    if (facts.shape[axis] == 0) return {data, data};
    const std::int64_t reach = (facts.shape[axis] - 1) * facts.strides[axis];
    (reach < 0 ? result.low : result.high) += static_cast<std::uintptr_t>(reach);
  }
  return result;
}

// Interleaved views may have crossing bounds and no byte in common: NumPy solves that exactly. The
// limit on its work keeps hostile strides from hanging; undecided counts as shared.
bool shares_memory(const ArrayFacts& a, const ArrayFacts& b) {
  constexpr int kMaxWork = 100000;
  // Bytes of the elements' size, so that tensors of any library and dtype can be asked about.
  const auto view = [](const ArrayFacts& facts) {
    return py::array(py::dtype("V" + std::to_string(item_size(facts.dtype))),
                     std::vector<py::ssize_t>(facts.shape, facts.shape + facts.rank),
                     std::vector<py::ssize_t>(facts.strides, facts.strides + facts.rank),
                     facts.data, py::none());
  };
  try {
    return py::module_::import("numpy")
        .attr("shares_memory")(view(a), view(b), kMaxWork)
        .cast<bool>();
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_RuntimeError)) throw;  // numpy.exceptions.TooHardError is one
    return true;
  }
}

}  // namespace

void raise_type_error(const char* function, const std::string& message) {
  throw py::type_error(std::string(function) + ": " + message);
}

void raise_value_error(const char* function, const std::string& message) {
  throw py::value_error(std::string(function) + ": " + message);
}

std::string type_name_of(py::handle object) { return Py_TYPE(object.ptr())->tp_name; }

std::string repr_of(py::handle object) { return py::repr(object).cast<std::string>(); }

std::string shape_text(const std::int64_t* sizes, std::int64_t count) {
  std::string text = "(";
  for (std::int64_t axis = 0; axis < count; ++axis) {
    text += (axis > 0 ? ", " : "") + std::to_string(sizes[axis]);
  }
  return text + (count == 1 ? ",)" : ")");
}

std::string shape_text(const ArrayFacts& facts) {
  const std::vector<std::int64_t> sizes(facts.shape, facts.shape + facts.rank);
  return shape_text(sizes.data(), facts.rank);
}

std::string shape_text(const py::array& array) {
  const std::vector<std::int64_t> sizes(array.shape(), array.shape() + array.ndim());
  return shape_text(sizes.data(), array.ndim());
}

std::string join_names(std::initializer_list<DType> dtypes) {
  std::string text;
  std::size_t position = 0;
  for (const DType dtype : dtypes) {
    if (position > 0) text += position + 1 == dtypes.size() ? " or " : ", ";
    text += name(dtype);
    ++position;
  }
  return text;
}

ArrayFacts array_facts(const char* function, ArgumentName name, py::handle object,
                       std::initializer_list<DType> allowed) {
  ArrayFacts facts;
  look_at_array(function, name, object, allowed, facts);
  return facts;
}

void look_at_array(const char* function, ArgumentName name, py::handle object,
                   std::initializer_list<DType> allowed, ArrayFacts& facts) {
  if (!is_array(object)) {
    raise_type_error(function,
                     name() + " has type " + type_name_of(object) + ", expected a NumPy array");
  }
  const auto* header = py::detail::array_proxy(object.ptr());
  const auto* descriptor = py::detail::array_descriptor_proxy(header->descr);
  const int found = dtype_number(py::handle(header->descr), descriptor->type_num);
  for (const DType dtype : allowed) {
    if (static_cast<int>(dtype) != found) continue;
    if (descriptor->byteorder != '=' && descriptor->byteorder != '|') {
      raise_type_error(function, name() + " has byte order '" + descriptor->byteorder +
                                     "', expected the machine's own; pass " + name() +
                                     ".astype(np." + fa::name(dtype) + ")");
    }
    if ((header->flags & kNumpyAligned) == 0) {
      raise_value_error(function,
                        name() + " is not aligned to its elements; pass " + name() + ".copy()");
    }
    facts.array = object;
    facts.data = reinterpret_cast<std::byte*>(header->data);
    facts.rank = header->nd;
    facts.shape = header->dimensions;
    facts.strides = header->strides;
    facts.dtype = dtype;
    facts.writable = (header->flags & py::detail::npy_api::NPY_ARRAY_WRITEABLE_) != 0;
    return;
  }
  raise_type_error(function, name() + " has dtype " +
                                 py::str(py::handle(header->descr)).cast<std::string>() +
                                 ", expected " + join_names(allowed));
}

void require_writable(const char* function, const std::string& name, const ArrayFacts& facts) {
  if (!facts.writable)
    raise_value_error(function, name + " is read-only, expected a writable array");
}

bool overlaps_itself(const ArrayFacts& facts) {
  std::vector<int> axes;
  for (int axis = 0; axis < facts.rank; ++axis) {
    if (facts.shape[axis] == 0) return false;
    if (facts.shape[axis] > 1) axes.push_back(axis);
  }
  const auto step = [&](int axis) { return std::abs(facts.strides[axis]); };
  std::sort(axes.begin(), axes.end(), [&](int a, int b) { return step(a) < step(b); });
  // From the tightest axis out, each step must clear all that lies inside it.
  std::int64_t inner = item_size(facts.dtype);
  for (const int axis : axes) {
    if (step(axis) < inner) return true;
    inner += step(axis) * (facts.shape[axis] - 1);
  }
  return false;
}

OverlappingPair find_overlap(const std::vector<ArrayFacts>& arrays,
                             const std::vector<bool>& is_written) {
  // A training loop passes the same arrays again and again: addresses that were found apart are.
  thread_local std::vector<Extent> known_apart;
  const std::size_t count = arrays.size();
  bool is_known = count == known_apart.size();
  for (std::size_t i = 0; is_known && i < count; ++i)
    is_known = extent(arrays[i]) == known_apart[i];
  if (is_known) return {-1, -1};
  struct Placed {
    Extent extent;
    std::size_t position;
  };
  std::vector<Placed> placed;
  placed.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const Extent of_array = extent(arrays[i]);
    if (of_array.low < of_array.high) placed.push_back({of_array, i});
  }
  std::sort(placed.begin(), placed.end(),
            [](const Placed& a, const Placed& b) { return a.extent.low < b.extent.low; });
  bool crosses = false;
  // In order of address, an array can only cross those before it that reach beyond its start.
  std::vector<Placed> open;
  for (const Placed& current : placed) {
    std::erase_if(open,
                  [&](const Placed& other) { return other.extent.high <= current.extent.low; });
    crosses |= !open.empty();
    for (const Placed& other : open) {
      if (!is_written[current.position] && !is_written[other.position]) continue;
      if (!shares_memory(arrays[current.position], arrays[other.position])) continue;
      const auto [first, second] = std::minmax(current.position, other.position);
      return {static_cast<std::int64_t>(first), static_cast<std::int64_t>(second)};
    }
    open.push_back(current);
  }
  if (!crosses) {
    known_apart.clear();
    for (const ArrayFacts& facts : arrays) known_apart.push_back(extent(facts));
  }
  return {-1, -1};
}

py::dtype numpy_dtype(DType dtype) {
  if (dtype != DType::kBfloat16) return py::dtype(numpy_number(dtype));
  try {
    return py::dtype::from_args(py::module_::import("ml_dtypes").attr("bfloat16"));
  } catch (py::error_already_set& error) {
    if (!error.matches(PyExc_ImportError)) throw;
    throw py::import_error(
        "bfloat16 arrays need ml_dtypes: pip install 'fast-augment-cpp[bfloat16]'");
  }
}

Threads threads_arg(const char* function, py::handle threads) {
  if (threads.is_none()) return Threads{};
  return Threads{thread_count_arg(function, threads, "None or a whole number")};
}

int thread_count_arg(const char* function, py::handle threads, const char* expected) {
  if (!is_whole_number(threads)) {
    raise_type_error(function,
                     "threads has type " + type_name_of(threads) + ", expected " + expected);
  }
  const auto index = py::reinterpret_steal<py::object>(PyNumber_Index(threads.ptr()));
  if (!index) throw py::error_already_set();
  const long count = PyLong_AsLong(index.ptr());
  if (count == -1 && PyErr_Occurred() != nullptr) PyErr_Clear();
  if (count < 1 || count > kMaxThreads) {
    raise_value_error(function, "threads is " + repr_of(index) + ", expected 1 to " +
                                    std::to_string(kMaxThreads));
  }
  return static_cast<int>(count);
}

bool is_whole_number(py::handle object) {
  return PyIndex_Check(object.ptr()) != 0 && !PyBool_Check(object.ptr()) &&
         !py::isinstance<py::array>(object);
}

std::string text_arg(const char* function, const char* name, py::handle object) {
  if (!PyUnicode_Check(object.ptr())) {
    raise_type_error(function,
                     std::string(name) + " is " + repr_of(object) + ", expected a string");
  }
  return object.cast<std::string>();
}

py::tuple sequence_items(const char* function, const char* name, py::handle object,
                         const char* expected) {
  if (!PySequence_Check(object.ptr()) || PyUnicode_Check(object.ptr()) ||
      PyBytes_Check(object.ptr())) {
    raise_type_error(function, std::string(name) + " has type " + type_name_of(object) +
                                   ", expected " + expected);
  }
  // A tuple of its own: another thread may change the caller's list while the kernels run.
  PyObject* items = PySequence_Tuple(object.ptr());
  if (items == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::tuple>(items);
}

}  // namespace fa

// The structures of DLPack 1 that array libraries exchange, as its specification lays them out.
#pragma once

#include <cstdint>

namespace fa::dlpack {

constexpr std::int32_t kCpu = 1, kCudaHost = 3, kRocmHost = 11;
constexpr std::uint8_t kFloat = 2, kBfloat = 4, kComplex = 5;
constexpr std::uint64_t kReadOnly = 1;
constexpr std::uint32_t kMajorVersion = 1;

struct Version {
  std::uint32_t major, minor;
};

struct DataType {
  std::uint8_t code, bits;
  std::uint16_t lanes;
};

struct Tensor {
  void* data;
  std::int32_t device_type, device_id;
  std::int32_t rank;
  DataType dtype;
  std::int64_t* shape;
  std::int64_t* strides;  // elements; null: packed
  std::uint64_t byte_offset;
};

// What a capsule named "dltensor" holds begins with the tensor; "dltensor_versioned" is this.
struct VersionedTensor {
  Version version;
  void* context;
  void (*deleter)(VersionedTensor*);
  std::uint64_t flags;
  Tensor tensor;
};

// What the capsule `__dlpack_c_exchange_api__` of an array type holds. The last function fills in a
// tensor that lives as long as the object stays as it is.
struct ExchangeApi {
  Version version;
  ExchangeApi* older;
  void* allocate;
  void* from_object;
  void* to_object;
  int (*borrow_from_object)(void* object, Tensor* tensor);
};

}  // namespace fa::dlpack

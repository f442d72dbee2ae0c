#include <pybind11/stl.h>

#include <string>
#include <utility>
#include <vector>

#include "bindings/array_args.hpp"
#include "bindings/register.hpp"
#include "dispatch/isa.hpp"
#include "threads/cpu_budget.hpp"
#include "threads/thread_count.hpp"

namespace fa {
namespace {

std::string compiler() {
#if defined(__clang__)
  return std::string("Clang ") + __clang_version__;
#elif defined(__GNUC__)
  return std::string("GCC ") + __VERSION__;
#elif defined(_MSC_VER)
  return "MSVC " + std::to_string(_MSC_FULL_VER);
#else
  return "unknown";
#endif
}

std::vector<std::string> names(const std::vector<Isa>& isas) {
  std::vector<std::string> result;
  for (const Isa isa : isas) result.emplace_back(name(isa));
  return result;
}

// Untyped: the package states the keys.
py::object build_info() {
  py::dict info;
  info["version"] = FA_VERSION;
  info["compiler"] = compiler();
  info["build_type"] = FA_BUILD_TYPE;
  info["sanitizers"] = FA_SANITIZE;
  info["isas_compiled"] = names(compiled_isas());
  info["isas_supported"] = names(supported_isas());
  info["isa_active"] = std::string(name(active_isa()));
  return info;
}

const char* name(ThreadsFrom from) {
  switch (from) {
    case ThreadsFrom::kCall:
      return "call";
    case ThreadsFrom::kParent:
      return "parent";
    case ThreadsFrom::kEnvironment:
      return "environment";
    case ThreadsFrom::kWorker:
      return "worker";
    case ThreadsFrom::kProcessors:
      break;
  }
  return "processors";
}

py::object thread_info() {
  const CpuBudget budget = cpu_budget();
  const ThreadCount count = thread_count();
  py::dict info;
  info["cpus_affinity"] = budget.affinity;
  info["cpus_quota"] = budget.quota;
  info["cpus_usable"] = usable_cpus();
  info["threads"] = count.threads;
  info["threads_from"] = name(count.from);
  return info;
}

// Never destroyed: it is asked until the process ends. Without an answer it is no worker.
py::object* g_worker_probe = nullptr;

bool is_worker() {
  const py::gil_scoped_acquire acquire;
  try {
    return py::bool_((*g_worker_probe)());
  } catch (const py::error_already_set&) {
    return false;
  }
}

void ask_for_workers(py::object probe) {
  delete g_worker_probe;
  g_worker_probe = new py::object(std::move(probe));
  set_worker_probe(&is_worker);
}

}  // namespace

void register_runtime(py::module_& m) {
  m.def("build_info", &build_info);
  m.def("supported_isas", [] { return names(supported_isas()); });
  m.def("active_isa", [] { return std::string(name(active_isa())); });
  m.def("force_isa", [](const std::string& isa) { force_isa(isa); }, py::arg("isa"));
  m.def("thread_info", &thread_info);
  m.def("set_worker_probe", &ask_for_workers, py::arg("probe"));
  m.def("get_num_threads", [] { return thread_count().threads; });
  m.def(
      "set_num_threads",
      [](py::object threads) {
        set_num_threads(thread_count_arg("set_num_threads", threads, "a whole number"));
      },
      py::arg("threads"));
}

}  // namespace fa

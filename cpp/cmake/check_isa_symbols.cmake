# Fails when an object compiled for one instruction set defines a weak symbol: the linker keeps one
# copy of it for the whole program, possibly one that the processor cannot run.
foreach(object IN LISTS OBJECTS)
  execute_process(COMMAND ${NM} --defined-only ${object} OUTPUT_VARIABLE symbols
                  RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "nm could not read ${object}")
  endif()
  string(REGEX MATCHALL "[^\n]* [WVu] [^\n]*" leaked "${symbols}")
  # The sanitizers' own reference to the C++ personality routine is the same in every object.
  list(FILTER leaked EXCLUDE REGEX "DW\\.ref\\.__gxx_personality_v0")
  if(leaked)
    string(REPLACE ";" "\n" leaked "${leaked}")
    message(FATAL_ERROR "${object} leaks weak symbols:\n${leaked}")
  endif()
  message(STATUS "no weak symbols in ${object}")
endforeach()

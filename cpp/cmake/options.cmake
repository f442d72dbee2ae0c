# fa_options: warnings, sanitizers and coverage for every target of the project.
add_library(fa_options INTERFACE)
target_include_directories(fa_options INTERFACE "${CMAKE_CURRENT_SOURCE_DIR}"
                                                "${CMAKE_CURRENT_BINARY_DIR}/generated")

if(MSVC)
  target_compile_options(fa_options INTERFACE /W4 /utf-8 /fp:precise $<$<BOOL:${FA_WERROR}>:/WX>)
else()
  target_compile_options(
    fa_options
    INTERFACE -Wall
              -Wextra
              -Wpedantic
              -Wshadow
              -Wconversion
              -Wno-sign-conversion
              -fno-math-errno
              -ffp-contract=off
              $<$<BOOL:${FA_WERROR}>:-Werror>)
endif()

if(FA_SANITIZE)
  target_compile_options(fa_options INTERFACE -fsanitize=${FA_SANITIZE} -fno-omit-frame-pointer
                                              -fno-sanitize-recover=all)
  target_link_options(fa_options INTERFACE -fsanitize=${FA_SANITIZE})
endif()

if(FA_COVERAGE)
  target_compile_options(fa_options INTERFACE --coverage -fprofile-update=atomic)
  target_link_options(fa_options INTERFACE --coverage)
endif()

find_package(Threads REQUIRED)
target_link_libraries(fa_options INTERFACE Threads::Threads)

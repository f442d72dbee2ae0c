// FA_ASSERT: states what a kernel may rely on; checked in Debug and sanitizer builds only.
#pragma once

#include <cassert>

#define FA_ASSERT(condition) assert(condition)

// What CPU kernels take from backends/dispatch.hpp.
#pragma once
#include "backends/dispatch.hpp"

namespace weft::cpu {
using namespace kernels;
}

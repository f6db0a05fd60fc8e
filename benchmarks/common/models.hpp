// The benchmark models: layers, losses, optimizers, batch sizes and numbers of batches as
// benchmarks/README.md lists them; the data is synthetic.
#pragma once
#include <weft/weft.h>

#include <string>

namespace weft::bench {

struct Bench {
  Model model;  ///< compiled
  Dataset data;
  int batch_size;
};

/// By name; batch_size 0: the model's own. Throws Error naming the models there are.
Bench make_bench(const std::string& name, int batch_size);

}  // namespace weft::bench

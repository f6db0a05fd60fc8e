// MNIST: 70,000 images of handwritten digits.
#pragma once
#include <weft/core/tensor.h>

#include <utility>

namespace weft::datasets::mnist {

/// Images and their labels.
struct Split {
  Tensor x;  ///< uint8 [N, 28, 28], 0 to 255
  Tensor y;  ///< uint8 [N], 0 to 9
};

/// The 60,000 training and the 10,000 test images. Nothing is downloaded; looked for in this order:
/// 1. the folder that the environment variable WEFT_DATA_DIR names: mnist/ with the four original
/// .gz files, or mnist.npz;
/// 2. Keras's cache, $KERAS_HOME/datasets/mnist.npz or ~/.keras/datasets/mnist.npz;
/// 3. the folder that weft was installed with;
/// 4. data/ of the source tree that weft was built from.
/// Throws FileError saying where it looked and how to provide the data, and for damaged files.
std::pair<Split, Split> load_data();

}  // namespace weft::datasets::mnist

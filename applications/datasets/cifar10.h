// CIFAR-10: small colour images of ten kinds of things.
#pragma once
#include <weft/core/tensor.h>

#include <utility>

namespace weft::datasets::cifar10 {

/// Images and their labels: airplane, automobile, bird, cat, deer, dog, frog, horse, ship, truck.
struct Split {
  Tensor x;  ///< uint8 [N, 32, 32, 3], red, green and blue from 0 to 255
  Tensor y;  ///< uint8 [N, 1], 0 to 9
};

/// The training and the test images: 50,000 and 10,000 where the whole set is found, 2,000 and 400
/// of the part that comes with weft. Nothing is downloaded; looked for in this order:
/// 1. the folder that the environment variable WEFT_DATA_DIR names: cifar10/ with the binary
/// version as data_batch_1.bin, ..., test_batch.bin (each also gzipped), or cifar-10-binary.tar.gz;
/// 2. Keras's cache, $KERAS_HOME/datasets or ~/.keras/datasets: cifar-10-batches-bin/ or
/// cifar-10-binary.tar.gz (not Keras's own cifar-10-batches-py: it holds Python's pickles);
/// 3. the folder that weft was installed with;
/// 4. data/ of the source tree that weft was built from.
/// Throws FileError saying where it looked and how to provide the data, and for damaged files.
std::pair<Split, Split> load_data();

}  // namespace weft::datasets::cifar10

// NumPy's files: one array (.npy) or several by name (.npz).
#pragma once
#include <weft/core/structures.h>

#include <string>
#include <vector>

namespace weft {

/// Reads an array of real numbers or bool, in C or Fortran order, in either byte order. Throws
/// FileError naming the file for anything else: strings, complex numbers, dates, objects (pickles),
/// damaged files.
Tensor load_npy(const std::string& path);
/// Writes atomically. bfloat16, which NumPy lacks, is written as float32.
void save_npy(const std::string& path, const Tensor& tensor);

/// All arrays of an archive in its order, as np.savez and np.savez_compressed write it.
std::vector<Named<Tensor>> load_npz(const std::string& path);
/// Writes atomically and uncompressed, as np.savez does. A dict keeps its keys; one tensor is
/// "arr_0", a list "arr_0", "arr_1", ..., as with np.savez.
void save_npz(const std::string& path, const Tensors& tensors);

}  // namespace weft

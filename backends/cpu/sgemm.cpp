#include "backends/cpu/sgemm.hpp"

#include <algorithm>
#include <limits>

#include "backends/cpu/simd/sgemm.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

/// Products with one row or one column are read once and need no tiles.
enum class Path { blocked, sum_rows, dot_rows, columns_of_dots, columns_of_sums };

SgemmArgs with_leading_dimensions(SgemmArgs g) {
  if (g.lda == 0) g.lda = g.transpose_a ? g.m : g.k;
  if (g.ldb == 0) g.ldb = g.transpose_b ? g.k : g.n;
  if (g.ldc == 0) g.ldc = g.n;
  return g;
}

/// By the shape and the strides of the whole product.
Path path_of(const SgemmArgs& g) {
  if (g.m == 1) {
    if (!g.transpose_b) return Path::sum_rows;
    return g.transpose_a && g.lda != 1 ? Path::blocked : Path::dot_rows;
  }
  if (g.n == 1) {
    if (g.transpose_a) return g.ldc == 1 ? Path::columns_of_sums : Path::blocked;
    return !g.transpose_b && g.ldb != 1 ? Path::blocked : Path::columns_of_dots;
  }
  return Path::blocked;
}

void run(const SgemmArgs& g, Path path) {
  const SgemmLoops& loops = sgemm_loops();
  // The rows of b, or of a, are what is summed or multiplied with the other one.
  const SgemvArgs row{
      g.n, g.k, g.a, g.transpose_a ? g.lda : 1, g.b, g.ldb, g.c, 1, g.add, g.bias, 1, g.activation};
  const SgemvArgs column{g.m,   g.k,    g.b, g.transpose_b ? 1 : g.ldb,
                         g.a,   g.lda,  g.c, g.ldc,
                         g.add, g.bias, 0,   g.activation};
  switch (path) {
    case Path::sum_rows:
      return loops.sum_rows(row);
    case Path::dot_rows:
      return loops.dot_rows(row);
    case Path::columns_of_sums:
      return loops.sum_rows(column);
    case Path::columns_of_dots:
      return loops.dot_rows(column);
    default:
      return loops.blocked(g);
  }
}

void on_this_thread(const SgemmArgs& args) {
  const SgemmArgs g = with_leading_dimensions(args);
  if (g.m > 0 && g.n > 0) run(g, path_of(g));
}

/// Rows times columns of parts.
struct Grid {
  int rows, columns;
};

std::int64_t pieces(std::int64_t n, std::int64_t size) { return (n + size - 1) / size; }

/// The grid of at most `threads` parts whose largest part takes least time: multiplications, and
/// the packing of its b.
Grid grid_of(std::int64_t m, std::int64_t n, std::int64_t k, int threads) {
  if (m <= 0 || n <= 0) return {1, 1};  // there is nothing to share out
  // A part of less than this is not worth a thread.
  constexpr double least = 200e3;
  const double multiplications =
      static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k);
  const int most = static_cast<int>(std::min<double>(threads, multiplications / least));
  const SgemmLoops& loops = sgemm_loops();
  const std::int64_t strips = pieces(n, loops.tile_columns), tiles = pieces(m, loops.tile_rows);
  Grid best{1, 1};
  double least_cost = std::numeric_limits<double>::infinity();
  for (int rows = 1; rows <= std::max(most, 1) && rows <= tiles; ++rows) {
    const int columns = static_cast<int>(std::min<std::int64_t>(std::max(most, 1) / rows, strips));
    const double strips_of_part = static_cast<double>(pieces(strips, columns));
    const double tiles_of_part = static_cast<double>(pieces(tiles, rows));
    const double cost = strips_of_part * (tiles_of_part + 1);  // a strip's packing is about a tile
    if (cost < least_cost) {
      least_cost = cost;
      best = {rows, columns};
    }
  }
  return best;
}

/// Where part i of `parts` of n items begins, in whole units.
std::int64_t begin_of(std::int64_t n, std::int64_t unit, int i, int parts) {
  return std::min(n, pieces(n, unit) * i / parts * unit);
}

/// Of one part; a part of a product never needs more than all of it.
std::size_t floats_of(const SgemmArgs& g) {
  if (path_of(g) != Path::blocked) return 0;
  const SgemmLoops& loops = sgemm_loops();
  std::int64_t floats = sgemm_strip_floats(g, loops.tile_rows, loops.tile_columns);
  if (sgemm_packs_a(g, loops.tile_rows, loops.tile_columns))
    floats += std::min(g.m, sgemm_m_block) * sgemm_k_step(g.k);
  return static_cast<std::size_t>(pieces(floats, 16) * 16);
}

}  // namespace

std::size_t sgemm_workspace_bytes(const SgemmArgs& shape) {
  return floats_of(with_leading_dimensions(shape)) * sizeof(float);
}

std::size_t sgemm_workspace_bytes(std::int64_t n, std::int64_t k) {
  const std::int64_t columns = std::min(pieces(n, 32) * 32, sgemm_n_block);
  return static_cast<std::size_t>((sgemm_m_block + columns) * sgemm_k_step(k) + 16) * sizeof(float);
}

Sgemm best_sgemm() { return on_this_thread; }

std::size_t parallel_sgemm_bytes(const SgemmArgs& shape, int threads) {
  const SgemmArgs g = with_leading_dimensions(shape);
  const Grid grid = grid_of(g.m, g.n, g.k, threads);
  return floats_of(g) * sizeof(float) * static_cast<std::size_t>(grid.rows * grid.columns);
}

void parallel_sgemm(const SgemmArgs& args, int threads) {
  const SgemmArgs g = with_leading_dimensions(args);
  if (g.m <= 0 || g.n <= 0) return;
  const Path path = path_of(g);
  const Grid grid = grid_of(g.m, g.n, g.k, std::min(threads, usable_threads()));
  if (grid.rows * grid.columns == 1) return run(g, path);
  const SgemmLoops& loops = sgemm_loops();
  const std::size_t workspace = floats_of(g);
  parallel_parts(grid.rows * grid.columns, [&](int part) {
    const int row = part / grid.columns, column = part % grid.columns;
    const std::int64_t i = begin_of(g.m, loops.tile_rows, row, grid.rows),
                       i_end = begin_of(g.m, loops.tile_rows, row + 1, grid.rows),
                       j = begin_of(g.n, loops.tile_columns, column, grid.columns),
                       j_end = begin_of(g.n, loops.tile_columns, column + 1, grid.columns);
    SgemmArgs p = g;
    p.m = i_end - i;
    p.n = j_end - j;
    p.a += i * (g.transpose_a ? 1 : g.lda);
    p.b += j * (g.transpose_b ? g.ldb : 1);
    p.c += i * g.ldc + j;
    p.workspace += workspace * static_cast<std::size_t>(part);
    if (p.bias != nullptr) p.bias += j;
    run(p, path);
  });
}

}  // namespace weft::cpu

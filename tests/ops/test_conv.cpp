// conv and its gradients against sums written out by the definition; Keras's functions on top.
#include <weft/core/backend.h>
#include <weft/core/ops/conv.h>
#include <weft/core/ops/conv_transpose.h>
#include <weft/core/ops/depthwise_conv.h>
#include <weft/core/ops/separable_conv.h>
#include <weft/core/ops/transpose.h>
#include <weft/core/settings.h>

#include "tests/harness/keep_settings.h"
#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

/// The attributes of a case, one entry per spatial dimension.
struct Window {
  std::vector<std::int64_t> strides, dilation;
  bool same = false;

  Config attrs() const {
    return {
        {"strides", strides}, {"padding", same ? "same" : "valid"}, {"dilation_rate", dilation}};
  }
  std::int64_t reach(std::size_t d, std::int64_t window) const {
    return (window - 1) * dilation[d] + 1;
  }
  std::int64_t positions(std::size_t d, std::int64_t size, std::int64_t window) const {
    if (same) return (size + strides[d] - 1) / strides[d];
    return (size - reach(d, window)) / strides[d] + 1;
  }
  std::int64_t before(std::size_t d, std::int64_t size, std::int64_t window) const {
    if (!same) return 0;
    const std::int64_t total =
        (positions(d, size, window) - 1) * strides[d] + reach(d, window) - size;
    return total > 0 ? total / 2 : 0;
  }
};

Shape output_shape(const Shape& x, const Shape& kernel, const Window& w) {
  Shape out = {x[0]};
  for (int d = 0; d + 2 < x.rank(); ++d)
    out.push_back(w.positions(static_cast<std::size_t>(d), x[d + 1], kernel[d]));
  out.push_back(kernel[-1]);
  return out;
}

/// Calls f(index of x, index of the kernel, index of y) for every product.
void each_product(const Shape& x, const Shape& kernel, const Window& w,
                  const std::function<void(const Place&, const Place&, const Place&)>& f) {
  const Shape y = output_shape(x, kernel, w);
  const std::int64_t per_group = kernel[-2], filters = kernel[-1] / (x[-1] / per_group);
  const auto rank = static_cast<std::size_t>(x.rank() - 2);
  each(y, [&](const Place& o) {
    each(kernel, [&](const Place& k) {
      if (k.back() != o.back()) return;
      Place i = o;
      for (std::size_t d = 0; d < rank; ++d) {
        const std::int64_t size = x[static_cast<int>(d) + 1];
        i[d + 1] = o[d + 1] * w.strides[d] + k[d] * w.dilation[d] -
                   w.before(d, size, kernel[static_cast<int>(d)]);
        if (i[d + 1] < 0 || i[d + 1] >= size) return;
      }
      i.back() = o.back() / filters * per_group + k[rank];
      f(i, k, o);
    });
  });
}

Array zeros(const Shape& shape) {
  return {shape, std::vector<double>(static_cast<std::size_t>(shape.size()), 0.0)};
}

double& element(Array& a, const Place& index) { return a.values[offset(a.shape, index)]; }

Array convolve(const Array& x, const Array& kernel, const Window& w) {
  Array y = zeros(output_shape(x.shape, kernel.shape, w));
  each_product(x.shape, kernel.shape, w, [&](const Place& i, const Place& k, const Place& o) {
    element(y, o) += at(x, i) * at(kernel, k);
  });
  return y;
}

struct Shapes {
  Shape x, kernel;
  Window window;
};

std::vector<Shapes> cases() {
  return {
      {{2, 7, 3}, {3, 3, 4}, {{1}, {1}}},
      {{2, 8, 3}, {4, 3, 2}, {{2}, {1}, true}},
      {{1, 9, 2}, {3, 2, 3}, {{1}, {3}, true}},
      {{2, 5, 6, 3}, {3, 2, 3, 4}, {{1, 1}, {1, 1}}},
      {{2, 7, 6, 1}, {3, 3, 1, 5}, {{2, 3}, {1, 1}, true}},
      {{1, 7, 8, 4}, {2, 3, 2, 6}, {{1, 2}, {1, 1}, true}},
      {{1, 8, 7, 2}, {2, 3, 2, 3}, {{1, 1}, {3, 2}}},
      {{3, 4, 5, 3}, {2, 2, 1, 6}, {{1, 1}, {1, 1}, true}},
      {{2, 4, 5, 3}, {1, 1, 3, 4}, {{1, 1}, {1, 1}}},
      {{2, 7, 7, 2}, {1, 1, 2, 3}, {{3, 3}, {1, 1}}},
      {{1, 3, 4, 5, 2}, {2, 2, 3, 2, 3}, {{1, 2, 1}, {1, 1, 1}, true}},
      {{1, 4, 3, 3, 4}, {3, 1, 2, 2, 4}, {{1, 1, 2}, {1, 1, 1}}},
  };
}

/// The attributes of the gradient ops for a case: explicit padding that leaves nothing over.
Config explicit_attrs(const Shapes& c) {
  std::vector<std::vector<std::int64_t>> padding;
  const Shape y = output_shape(c.x, c.kernel, c.window);
  for (int d = 0; d + 2 < c.x.rank(); ++d) {
    const auto i = static_cast<std::size_t>(d);
    const std::int64_t before = c.window.before(i, c.x[d + 1], c.kernel[d]);
    padding.push_back({before, (y[d + 1] - 1) * c.window.strides[i] +
                                   c.window.reach(i, c.kernel[d]) - before - c.x[d + 1]});
  }
  return {{"strides", c.window.strides},
          {"padding", padding},
          {"dilation_rate", c.window.dilation},
          {"groups", c.x[-1] / c.kernel[-2]}};
}

}  // namespace

TEST_CASE("conv: values, gradients and plans in one to three dimensions", "[conformance]") {
  for (const Shapes& c : cases()) {
    run_case({.op = "conv",
              .inputs = {{c.x}, {c.kernel}},
              .attrs = c.window.attrs(),
              .formula =
                  [&c](const std::vector<Array>& in) {
                    return std::vector<Array>{convolve(in[0], in[1], c.window)};
                  },
              .second_order = c.x.rank() < 5,
              .more_dtypes = {DType::float16, DType::bfloat16, DType::float64}});
  }
}

TEST_CASE("conv: sizes that no block divides, empty batches", "[conformance]") {
  const Window w = {{2, 1}, {1, 1}, true};
  run_case({.op = "conv",
            .inputs = {{{1, 3, 3, 1}}, {{2, 2, 1, 1}}},
            .attrs = w.attrs(),
            .formula =
                [&](const std::vector<Array>& in) {
                  return std::vector<Array>{convolve(in[0], in[1], w)};
                },
            .more_shapes = {{{2, 13, 11, 5}, {3, 5, 5, 7}},
                            {{3, 1, 1, 17}, {1, 1, 17, 9}},
                            {{2, 2, 2, 3}, {5, 5, 3, 4}},
                            {{0, 4, 4, 2}, {3, 3, 2, 3}}}});
}

// The gradients too by their definition: without finite differences, so at sizes of which blocks,
// strips and vectors have several, and a rest.
TEST_CASE("conv: one filter or two to a channel, and long sums", "[conformance]") {
  const std::vector<DType> more = {DType::float16, DType::bfloat16, DType::float64};
  for (const Shapes& c :
       std::vector<Shapes>{{{2, 6, 7, 4}, {3, 3, 1, 4}, {{1, 1}, {1, 1}, true}},
                           {{1, 7, 9, 8}, {5, 5, 1, 8}, {{2, 2}, {1, 1}, true}},
                           {{1, 8, 11, 16}, {3, 3, 1, 16}, {{2, 2}, {1, 1}, true}},
                           {{1, 9, 10, 24}, {5, 5, 1, 24}, {{1, 1}, {1, 1}}},
                           {{1, 8, 8, 8}, {2, 4, 1, 8}, {{1, 1}, {2, 1}, true}},
                           {{2, 9, 8, 8}, {3, 3, 1, 8}, {{2, 1}, {1, 3}, true}},
                           {{2, 5, 5, 3}, {3, 2, 1, 6}, {{2, 1}, {1, 1}}},
                           {{1, 6, 6, 5}, {3, 3, 1, 5}, {{1, 1}, {1, 1}, true}},
                           {{2, 12, 4}, {3, 1, 4}, {{1}, {2}}},
                           {{3, 13, 8}, {4, 1, 8}, {{3}, {1}, true}},
                           {{1, 3, 4, 5, 8}, {2, 2, 3, 1, 8}, {{2, 1, 1}, {1, 1, 1}, true}},
                           {{2, 35, 41, 8}, {3, 3, 1, 8}, {{1, 1}, {1, 1}, true}},
                           {{1, 30, 35, 2}, {3, 3, 1, 6}, {{1, 1}, {1, 1}, true}},
                           {{2, 20, 21, 3}, {3, 3, 3, 5}, {{1, 1}, {1, 1}, true}},
                           {{1, 24, 23, 6}, {2, 2, 3, 4}, {{1, 1}, {1, 1}}}}) {
    const Shape y = output_shape(c.x, c.kernel, c.window);
    const auto run = [&](const char* op, const Shape& a, const Shape& b, const Config& attrs,
                         const std::function<Array(const Array&, const Array&)>& formula) {
      run_case({.op = op,
                .inputs = {{a}, {b}},
                .attrs = attrs,
                .formula =
                    [&](const std::vector<Array>& in) {
                      return std::vector<Array>{formula(in[0], in[1])};
                    },
                .gradient = false,
                .more_dtypes = more});
    };
    run("conv", c.x, c.kernel, c.window.attrs(),
        [&](const Array& x, const Array& kernel) { return convolve(x, kernel, c.window); });
    run("conv_input_grad", y, c.kernel, explicit_attrs(c), [&](const Array& g, const Array& w) {
      Array dx = zeros(c.x);
      each_product(c.x, c.kernel, c.window, [&](const Place& i, const Place& k, const Place& o) {
        element(dx, i) += at(g, o) * at(w, k);
      });
      return dx;
    });
    std::vector<std::int64_t> size;
    for (int d = 0; d + 2 < c.kernel.rank(); ++d) size.push_back(c.kernel[d]);
    run("conv_kernel_grad", c.x, y, explicit_attrs(c).set("kernel_size", size),
        [&](const Array& x, const Array& g) {
          Array dw = zeros(c.kernel);
          each_product(c.x, c.kernel, c.window,
                       [&](const Place& i, const Place& k, const Place& o) {
                         element(dw, k) += at(x, i) * at(g, o);
                       });
          return dw;
        });
  }
}

TEST_CASE("conv: bias and activation in one op", "[conformance]") {
  const Window w = {{1, 1}, {1, 1}, true};
  const auto formula = [&](bool relu) {
    return [&w, relu](const std::vector<Array>& in) {
      Array y = convolve(in[0], in[1], w);
      const std::size_t filters = in[2].values.size();
      for (std::size_t i = 0; i < y.values.size(); ++i) {
        y.values[i] += in[2].values[i % filters];
        if (relu) y.values[i] = std::max(0.0, y.values[i]);
      }
      return std::vector<Array>{y};
    };
  };
  Config attrs = w.attrs();
  const std::vector<CaseInput> inputs = {{{2, 4, 5, 3}}, {{3, 3, 3, 8}}, {{8}}};
  run_case({.op = "conv",
            .inputs = inputs,
            .attrs = attrs,
            .formula = formula(false),
            .second_order = true});
  run_case({.op = "conv",
            .inputs = inputs,
            .attrs = attrs,
            .formula = formula(false),
            .gradient = false,
            .more_shapes = {{{1, 3, 5, 8}, {3, 3, 1, 8}, {8}}, {{2, 3, 4, 3}, {1, 3, 1, 6}, {6}}}});
  run_case({.op = "conv",
            .inputs = inputs,
            .attrs = attrs.set("activation", "relu"),
            .formula = formula(true),
            .more_shapes = {{{2, 9, 7, 8}, {3, 3, 8, 24}, {24}}}});
}

TEST_CASE("conv_input_grad: values and gradients", "[conformance]") {
  for (const Shapes& c : cases()) {
    const auto formula = [&c](const std::vector<Array>& in) {
      Array dx = zeros(c.x);
      each_product(c.x, c.kernel, c.window, [&](const Place& i, const Place& k, const Place& o) {
        element(dx, i) += at(in[0], o) * at(in[1], k);
      });
      return std::vector<Array>{dx};
    };
    run_case({.op = "conv_input_grad",
              .inputs = {{output_shape(c.x, c.kernel, c.window)}, {c.kernel}},
              .attrs = explicit_attrs(c),
              .formula = formula,
              .second_order = c.x.rank() < 5,
              .more_dtypes = {DType::bfloat16, DType::float64}});
  }
}

TEST_CASE("conv_kernel_grad: values and gradients", "[conformance]") {
  for (const Shapes& c : cases()) {
    const auto formula = [&c](const std::vector<Array>& in) {
      Array dw = zeros(c.kernel);
      each_product(c.x, c.kernel, c.window, [&](const Place& i, const Place& k, const Place& o) {
        element(dw, k) += at(in[0], i) * at(in[1], o);
      });
      return std::vector<Array>{dw};
    };
    std::vector<std::int64_t> size;
    for (int d = 0; d + 2 < c.kernel.rank(); ++d) size.push_back(c.kernel[d]);
    run_case({.op = "conv_kernel_grad",
              .inputs = {{c.x}, {output_shape(c.x, c.kernel, c.window)}},
              .attrs = explicit_attrs(c).set("kernel_size", size),
              .formula = formula,
              .second_order = c.x.rank() < 5,
              .more_dtypes = {DType::bfloat16, DType::float64}});
  }
}

TEST_CASE("conv: sizes of real layers agree with sums in double", "[conformance]") {
  struct Case {
    Shape x, kernel;
    bool same;
    std::int64_t stride = 1, row_dilation = 1;
  };
  for (const Case& c :
       {Case{{4, 28, 28, 1}, {3, 3, 1, 32}, false}, Case{{4, 32, 32, 3}, {3, 3, 3, 32}, true},
        Case{{4, 14, 14, 32}, {3, 3, 32, 64}, true}, Case{{2, 70, 9, 24}, {3, 4, 24, 40}, true},
        Case{{3, 11, 31, 8}, {2, 5, 8, 16}, false}, Case{{2, 90, 300, 4}, {3, 3, 4, 8}, true},
        Case{{3, 17, 15, 8}, {3, 3, 8, 24}, true, 2},
        Case{{2, 20, 21, 16}, {5, 3, 16, 8}, false, 3},
        Case{{3, 19, 12, 16}, {3, 3, 16, 16}, true, 1, 2}, Case{{3, 50, 16}, {4, 16, 32}, true},
        Case{{5, 9, 9, 40}, {3, 3, 20, 48}, true}, Case{{4, 13, 12, 24}, {3, 3, 1, 24}, true},
        Case{{4, 28, 28, 1}, {4, 4, 1, 128}, false}}) {
    const Tensor x = make_input({c.x}, 1), kernel = make_input({c.kernel}, 2);
    const auto rank = static_cast<std::size_t>(c.x.rank() - 2);
    std::vector<std::int64_t> dilation(rank, 1);
    dilation[0] = c.row_dilation;
    const Config attrs = {{"padding", c.same ? "same" : "valid"},
                          {"strides", std::vector<std::int64_t>(rank, c.stride)},
                          {"dilation_rate", dilation}};
    const Tensor y = apply_one("conv", {x, kernel}, attrs);
    const Tensor exact = apply_one("conv", {x.astype("float64"), kernel.astype("float64")}, attrs);
    check_close(to_array(y), to_array(exact), 1e-5, "conv");
    const std::vector<Tensor> seed = {make_input({y.shape()}, 3)};
    for (int i = 0; i < 2; ++i) {
      const auto gradient = [&](DType dtype) {
        std::vector<Tensor> in = {x.astype(dtype), kernel.astype(dtype)};
        GradientTape tape;
        tape.watch(in[static_cast<std::size_t>(i)]);
        const Tensor loss = ops::sum(apply_one("conv", in, attrs) * seed[0].astype(dtype));
        return tape.gradient(loss, std::vector<Tensor>{in[static_cast<std::size_t>(i)]})[0];
      };
      check_close(to_array(gradient("float32")), to_array(gradient("float64")), 2e-5, "gradient");
    }
  }
}

TEST_CASE("conv: the same bits for every number of threads when deterministic", "[conformance]") {
  const Tensor x = make_input({{7, 20, 20, 8}}, 1), kernel = make_input({{3, 3, 8, 16}}, 2),
               g = make_input({{7, 18, 18, 16}}, 3);
  const std::vector<std::int64_t> ones = {1, 1};
  const Config attrs = {{"strides", ones},
                        {"padding", std::vector<std::vector<std::int64_t>>{{0, 0}, {0, 0}}},
                        {"dilation_rate", ones}};
  const test::KeepSettings keep;
  set_deterministic(true);
  std::vector<std::vector<Tensor>> results;
  for (int threads : {1, 2, 3, 5}) {
    set_num_threads(threads);
    // Kernels are prepared once for given attributes: another spelling makes new ones.
    Config own = attrs;
    own.set("groups", 1).set("kernel_size", std::vector<std::int64_t>{3, 3});
    own.set("_threads", threads);
    results.push_back({apply_one("conv", {x, kernel}, own),
                       apply_one("conv_input_grad", {g, kernel}, own),
                       apply_one("conv_kernel_grad", {x, g}, own)});
  }
  for (const std::vector<Tensor>& r : results) {
    for (std::size_t i = 0; i < r.size(); ++i) CHECK(same_bits(r[i], results[0][i]));
  }
}

TEST_CASE("conv: the benchmarks' shapes have fast kernels", "[conformance]") {
  // x, kernel, whether padding is "same": cnn, toy_resnet, autoencoder; its transposed ones
  // backwards; a depthwise one.
  const std::vector<Shapes> layers = {{{128, 28, 28, 1}, {3, 3, 1, 32}, {{1, 1}, {1, 1}}},
                                      {{128, 26, 26, 32}, {3, 3, 32, 64}, {{1, 1}, {1, 1}}},
                                      {{64, 32, 32, 3}, {3, 3, 3, 32}, {{1, 1}, {1, 1}}},
                                      {{64, 30, 30, 32}, {3, 3, 32, 64}, {{1, 1}, {1, 1}}},
                                      {{64, 9, 9, 64}, {3, 3, 64, 64}, {{1, 1}, {1, 1}, true}},
                                      {{64, 28, 28, 1}, {3, 3, 1, 16}, {{1, 1}, {1, 1}}},
                                      {{64, 6, 6, 16}, {3, 3, 16, 1}, {{1, 1}, {1, 1}}},
                                      {{64, 26, 26, 16}, {3, 3, 16, 32}, {{1, 1}, {1, 1}}},
                                      {{64, 6, 6, 32}, {3, 3, 32, 16}, {{1, 1}, {1, 1}}},
                                      {{8, 14, 14, 32}, {3, 3, 1, 32}, {{2, 2}, {1, 1}, true}}};
  const KernelTable& table = backend("cpu").kernels();
  const auto fast = [&](const char* op, const Config& attrs, const std::vector<Shape>& shapes) {
    const std::vector<TensorSpec> in = {{shapes[0], DType::float32}, {shapes[1], DType::float32}},
                                  out = {{shapes[2], DType::float32}};
    const PreparedKernel kernel = table.prepare({find_op(op), attrs, in, out});
    INFO(kernel.name << " for " << shapes[0].to_string() << shapes[1].to_string());
    CHECK_FALSE(kernel.reference);
  };
  for (const Shapes& c : layers) {
    const Shape y = output_shape(c.x, c.kernel, c.window);
    Config attrs = explicit_attrs(c);
    fast("conv", c.window.attrs(), {c.x, c.kernel, y});
    fast("conv_input_grad", attrs, {y, c.kernel, c.x});
    fast("conv_kernel_grad",
         attrs.set("kernel_size", std::vector<std::int64_t>{c.kernel[0], c.kernel[1]}),
         {c.x, y, c.kernel});
  }
}

TEST_CASE("ops::conv takes channels first, and groups from the kernel", "[conformance]") {
  const Tensor x = make_input({{2, 5, 6, 4}}, 1), kernel = make_input({{3, 3, 2, 6}}, 2);
  const Tensor y = ops::conv(x, kernel, {.strides = 2, .padding = "same"});
  CHECK(y.shape() == Shape{2, 3, 3, 6});
  const Tensor first =
      ops::conv(ops::transpose(x, {0, 3, 1, 2}), kernel,
                {.strides = {2, 2}, .padding = "same", .data_format = "channels_first"});
  CHECK(same_bits(ops::transpose(first, {0, 2, 3, 1}), y));
}

TEST_CASE("ops::conv_transpose has Keras's sizes", "[conformance]") {
  const auto line = [](std::vector<float> v) {
    const auto n = static_cast<std::int64_t>(v.size());
    return Tensor::from(v, {1, n, 1});
  };
  const Tensor x = line({1, 2});
  const auto run = [&](std::vector<float> kernel, ops::ConvTransposeOptions options) {
    const auto n = static_cast<std::int64_t>(kernel.size());
    return ops::conv_transpose(x, Tensor::from(kernel, {n, 1, 1}), std::move(options))
        .to_vector<float>();
  };
  using V = std::vector<float>;
  // What real Keras 3.15.1 computes.
  CHECK(run({1, 10, 100}, {.strides = 2, .padding = "same"}) == V{1, 10, 102, 20});
  CHECK(run({1, 10, 100, 1000}, {.strides = 2, .padding = "same"}) == V{10, 102, 1020, 200});
  CHECK(run({1, 10, 100}, {.strides = 2}) == V{1, 10, 102, 20, 200});
  CHECK(run({1}, {.strides = 3}) == V{1, 0, 0, 2, 0, 0});
  CHECK(run({1, 10, 100}, {.strides = 3, .output_padding = 2}) == V{1, 10, 100, 2, 20, 200, 0, 0});
  CHECK(run({1, 10}, {.dilation_rate = 2}) == V{1, 2, 10, 20});
}

TEST_CASE("ops::depthwise_conv and separable_conv", "[conformance]") {
  const Tensor x = make_input({{2, 5, 6, 3}}, 1), kernel = make_input({{3, 3, 3, 2}}, 2),
               point = make_input({{1, 1, 6, 4}}, 3);
  const Tensor y = ops::depthwise_conv(x, kernel, {.padding = "same"});
  const Window w = {{1, 1}, {1, 1}, true};
  Array grouped = to_array(kernel);
  grouped.shape = {3, 3, 1, 6};
  check_close(to_array(y), convolve(to_array(x), grouped, w), 1e-5, "depthwise_conv");
  const Tensor z = ops::separable_conv(x, kernel, point, {.padding = "same"});
  check_close(to_array(z), convolve(to_array(y), to_array(point), w), 1e-5, "separable_conv");
}

}  // namespace weft::testing

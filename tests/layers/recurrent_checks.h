// What holds of every recurrent layer. L is its handle, O its options.
#pragma once
#include <weft/core/ops/pointwise/sigmoid.h>
#include <weft/core/ops/pointwise/tanh.h>
#include <weft/core/ops/reduce.h>
#include <weft/graph/trace/tape.h>
#include <weft/graph/trace/traced.h>
#include <weft/layers/embedding.h>

#include "core/access.hpp"
#include "graph/functional/layer_state.hpp"
#include "tests/layers/layer_checks.h"

namespace weft::test {

/// "path shape, path shape": the weights of a layer.
inline std::string weight_text(const AnyLayer& layer) {
  std::string text;
  for (const Variable& v : layer->weights())
    text += (text.empty() ? "" : ", ") + v.path() + " " + v.shape().to_string();
  return text;
}

inline std::vector<double> values_of(const Tensor& t) { return t.to_vector<double>(); }

/// Two layers with the same weights, which do not begin at zero.
template <class L>
void share_weights(const L& from, const L& to) {
  std::vector<Tensor> values;
  unsigned seed = 40;
  for (const Tensor& w : from->get_weights())
    values.push_back(random_tensor(w.shape(), ++seed) * 0.8f);
  from->set_weights(values);
  to->set_weights(values);
}

/// An activation that no op knows makes the layer write its loop out; it gives the same.
template <class L, class O>
void check_loop() {
  const weft::Activation tanh("own_tanh", [](const Tensor& x) { return ops::tanh(x); });
  const weft::Activation sigmoid("own_sigmoid", [](const Tensor& x) { return ops::sigmoid(x); });
  const Tensor x = random_tensor({4, 5, 2}),
               mask = Tensor::from(std::vector<bool>{true,  true,  true,  false, false, false, true,
                                                     false, true,  true,  true,  true,  true,  true,
                                                     true,  false, false, false, false, false},
                                   {4, 5});
  for (const bool backwards : {false, true}) {
    for (const bool sequences : {false, true}) {
      O o;
      o.go_backwards = backwards;
      o.return_sequences = sequences;
      L op(3, o);
      o.activation = tanh;
      o.recurrent_activation = sigmoid;
      L loop(3, o);
      op(x);
      loop(x);
      share_weights(op, loop);
      for (const bool masked : {false, true}) {
        const CallOptions call = masked ? CallOptions{.mask = mask} : CallOptions{};
        check_values(loop(x, call), op(x, call).shape(), values_of(op(x, call)));
        GradientTape one, two;
        one.watch(x);
        two.watch(x);
        const Tensor weights = random_tensor(op(x).shape(), 9);
        const Tensor a = one.gradient(ops::sum(op(x, call) * weights), std::vector<Tensor>{x})[0];
        const Tensor b = two.gradient(ops::sum(loop(x, call) * weights), std::vector<Tensor>{x})[0];
        check_values(b, x.shape(), values_of(a), 1e-5);
      }
    }
  }
  CHECK(L(3, O{.activation = tanh})(Input({None, 2})).shape() == Shape{None, 3});
}

template <class L, class O>
void check_states(int count) {
  O o;
  o.return_state = true;
  L whole(3, o);
  const Tensor x = random_tensor({2, 6, 2});
  const Tensors all = whole.all(x);
  REQUIRE(all.size() == 1 + count);
  check_values(all[1], {2, 3}, values_of(all[0]));
  // Two halves, the second beginning where the first ended, are the whole.
  const Tensors first = whole.all(x.slice({All, Slice{0, 2}}));
  std::vector<Tensor> states;
  for (int k = 1; k <= count; ++k) states.push_back(first[k]);
  const Tensors second = whole.all(x.slice({All, Slice{2, 6}}), {.initial_state = states});
  for (int k = 0; k <= count; ++k) check_values(second[k], {2, 3}, values_of(all[k]));
  // In a graph of layers the states are inputs like others.
  std::vector<Tensor> inputs;
  for (int k = 0; k < count; ++k) inputs.push_back(Input({3}));
  const Tensors symbols = whole.all(Input({None, 2}), {.initial_state = inputs});
  CHECK(symbols[count].shape() == Shape{None, 3});
}

template <class L, class O>
void check_masks(int count) {
  const Tensor ids = Tensor::of({{1, 2, 0, 0}, {3, 0, 1, 0}}), none = Tensor::of({{1, 2}, {3, 1}});
  layers::Embedding words(4, 2, {.mask_zero = true});
  O o;
  o.return_sequences = true;
  o.return_state = true;
  L layer(3, o);
  const Tensor embedded = words(ids), short_one = words(none);
  const Tensors out = layer.all(embedded);
  // The masked steps are passed over: the states are those of the words alone.
  check_values(out[1], {2, 3}, values_of(layer.all(short_one)[1]));
  check_values(Tensor(out[0]).slice({All, 3}), {2, 3}, values_of(out[1]));
  // The output of a masked step is that of the step before.
  check_values(Tensor(out[0]).slice({1, 1}), {3}, values_of(Tensor(out[0]).slice({1, 0})));
  // The mask goes on with the sequence, not with the states.
  CHECK(detail::keras_mask(out[0]).has_value());
  CHECK_FALSE(detail::keras_mask(out[1]).has_value());
  CHECK_FALSE(detail::keras_mask(L(3)(embedded)).has_value());
  // A mask given as an argument counts, numbers as well as bools.
  const Tensor bare = embedded * 1.0f;
  const Tensor mask = Tensor::of({{1, 1, 0, 0}, {1, 0, 1, 0}});
  check_values(layer.all(bare, {.mask = mask})[1], {2, 3}, values_of(out[1]));
  check_values(layer.all(bare, {.mask = mask.astype("bool")})[1], {2, 3}, values_of(out[1]));
  // Keras hands no mask of the input's own to a call with initial_state.
  const std::vector<Tensor> zeros(static_cast<std::size_t>(count),
                                  Tensor::from(std::vector<float>(6, 0), {2, 3}));
  check_values(layer.all(embedded, {.initial_state = zeros})[1], {2, 3},
               values_of(layer.all(bare)[1]));
  check_values(layer.all(embedded, {.mask = mask, .initial_state = zeros})[1], {2, 3},
               values_of(out[1]));
}

template <class L, class O>
void check_stateful(int count) {
  O o;
  o.stateful = true;
  L layer(3, o), plain(3);
  const Tensor x = random_tensor({2, 6, 2});
  layer(Input({None, 2}, {.batch_size = 2}));
  plain(x);
  share_weights(plain, layer);
  CHECK(layer->states().size() == static_cast<std::size_t>(count));
  CHECK(layer->weights().size() == 3);
  layer(x.slice({All, Slice{0, 4}}));
  check_values(layer(x.slice({All, Slice{4, 6}})), {2, 3}, values_of(plain(x)));
  layer->reset_state();
  check_values(layer(x), {2, 3}, values_of(plain(x)));
  // In a plan as well, step by step.
  layer->reset_state();
  auto step = traced([&](const Tensor& part) { return layer(part); });
  Tensor last;
  for (int t = 0; t < 6; ++t) last = step(x.slice({All, Slice{t, t + 1}}));
  check_values(last, {2, 3}, values_of(plain(x)));
}

template <class L, class O>
void check_dropout() {
  const Tensor x = random_tensor({3, 5, 4}),
               ones = Tensor::from(std::vector<float>(60, 1), {3, 5, 4});
  for (const double recurrent : {0.0, 0.4}) {
    O o;
    o.dropout = 0.5;
    o.recurrent_dropout = recurrent;
    o.seed = 3;
    L dropped(3, o), plain(3);
    dropped(x);
    plain(x);
    share_weights(plain, dropped);
    check_values(dropped(x), {3, 3}, values_of(plain(x)));
    const auto first = values_of(dropped(x, {.training = true}));
    CHECK(first != values_of(plain(x)));
    CHECK(first != values_of(dropped(x, {.training = true})));
  }
  // All or nothing of the only input: the same for all steps of a sequence.
  O o;
  o.dropout = 0.5;
  o.seed = 5;
  L one(2, o), plain(2);
  const Tensor thin = ones.slice({All, All, Slice{0, 1}});
  one(thin);
  plain(thin);
  share_weights(plain, one);
  const auto kept = values_of(plain(thin * 2.0f)), gone = values_of(plain(thin * 0.0f));
  for (int i = 0; i < 5; ++i) {
    const auto row = values_of(one(thin, {.training = true}));
    for (std::size_t n = 0; n < 3; ++n) {
      const double at = row[2 * n];
      CHECK((std::abs(at - kept[2 * n]) < 1e-6 || std::abs(at - gone[2 * n]) < 1e-6));
    }
  }
}

template <class L, class O>
void check_training() {
  O o;
  o.return_sequences = true;
  L first(4, o), second(3);
  const Tensor x = random_tensor({3, 5, 2});
  second(first(x));
  std::vector<Variable> by = first->trainable_weights();
  for (const Variable& v : second->trainable_weights()) by.push_back(v);
  const auto gradients = [&](const Tensor& in) {
    GradientTape tape;
    return tape.gradient(ops::sum(second(first(in))), by);
  };
  const std::vector<Tensor> eager = gradients(x);
  auto planned = traced([&](const Tensor& in) -> Tensors { return gradients(in); });
  const std::vector<Tensor> lowered = planned(x).flat();
  REQUIRE(eager.size() == 6);
  REQUIRE(lowered.size() == 6);
  for (std::size_t i = 0; i < eager.size(); ++i) {
    CHECK(values_of(eager[i]) == values_of(lowered[i]));
    double size = 0;
    for (double v : values_of(eager[i])) size += std::abs(v);
    CHECK(size > 0);
  }
}

template <class L, class O>
void check_dtypes() {
  const Tensor x = random_tensor({2, 3, 2});
  O o;
  o.dtype = "float16";
  L half(3, o), full(3);
  CHECK(half(x).dtype() == DType::float16);
  CHECK(half->kernel().dtype() == DType::float16);
  full(x);
  L mixed(3);
  detail::LayerAccess::set_dtype_policy(*mixed, "mixed_bfloat16");
  CHECK(mixed(x).dtype() == DType::bfloat16);
  CHECK(mixed->kernel().dtype() == DType::float32);
  share_weights(full, mixed);
  check_values(mixed(x), {2, 3}, values_of(full(x)), 2e-2);
}

template <class L, class O>
void check_errors(const std::string& name, int count) {
  using Catch::Matchers::Contains;
  CHECK(error_of<Error>([&] { L(0); }) ==
        name +
            ": Received an invalid value for argument `units`, expected a positive integer. "
            "Received: units=0");
  O named;
  named.name = "r";
  L layer(3, named);
  CHECK_THAT(error_of<ShapeError>([&] { layer(Input({5})); }),
             Contains("expected ndim=3, found ndim=2"));
  layer(Input({None, 2}));
  CHECK_THAT(error_of<ShapeError>([&] {
               layer(Input({None, 4}));
             }),
             Contains("expected axis -1 of input shape to have value 2"));
  const Tensor x = random_tensor({2, 4, 2}), state = random_tensor({2, 3}),
               wide = random_tensor({2, 5}), other = random_tensor({3, 3});
  const std::vector<Tensor> too_many(static_cast<std::size_t>(count + 1), state);
  const std::vector<Tensor> wrong(static_cast<std::size_t>(count), wide);
  const std::vector<Tensor> batch(static_cast<std::size_t>(count), other);
  CHECK_THAT(
      error_of<ShapeError>([&] { layer.all(x, {.initial_state = too_many}); }),
      Contains("r: `initial_state` has the wrong number of tensors. Expected: " +
               std::to_string(count) + " of shape (2, 3). Received: " + std::to_string(count + 1)));
  CHECK_THAT(error_of<ShapeError>([&] { layer.all(x, {.initial_state = wrong}); }),
             Contains("r: a tensor of `initial_state` has the wrong shape. Expected: (2, 3). "
                      "Received: (2, 5)"));
  CHECK_THAT(error_of<ShapeError>([&] { layer.all(x, {.initial_state = batch}); }),
             Contains("Expected: (2, 3). Received: (3, 3)"));
  CHECK_THAT(error_of<ShapeError>([&] {
               layer(x, {.mask = random_tensor({2, 5})});
             }),
             Contains("mask has the wrong shape. Expected: (2, 4). Received: (2, 5)"));
  CHECK_THAT(error_of<ShapeError>([&] { layer(x, {.mask = random_tensor({2})}); }),
             Contains("r: the mask has the wrong rank. Expected: mask.shape=(2, 4)"));
  CHECK_THAT(error_of<ShapeError>([&] {
               layer(Input({4, 2}), {.mask = Input({5}, {.dtype = "bool"})});
             }),
             Contains("mask has the wrong shape. Expected: (None, 4). Received: (None, 5)"));
  O stateful;
  stateful.stateful = true;
  L keeps(3, stateful);
  CHECK_THAT(error_of<ShapeError>([&] {
               keeps(Input({None, 2}));
             }),
             Contains("When using `stateful=True` in a RNN, the batch size must be static."));
  keeps(x);
  CHECK_THAT(error_of<ShapeError>([&] {
               keeps(random_tensor({3, 4, 2}));
             }),
             Contains("Expected: batch size 2. Received: batch size 3"));
  CHECK_THAT(error_of<ShapeError>([] {
               L(3, O{.unroll = true})(Input({None, 2}));
             }),
             Contains("Cannot unroll a RNN if the time dimension is undefined."));
  CHECK_THAT(error_of<Error>([] { O().activation = "nope"; }),
             Contains("Could not interpret activation function identifier: nope"));
}

}  // namespace weft::test

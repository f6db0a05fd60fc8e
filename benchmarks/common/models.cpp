#include "benchmarks/common/models.hpp"

#include <weft/layers.h>

#include <algorithm>
#include <iterator>

namespace weft::bench {
namespace {

using losses::CategoricalCrossentropy;
using losses::SparseCategoricalCrossentropy;

constexpr int few_batches = 12;

Tensor uniform(std::int64_t n, Shape shape, int seed) {
  Shape whole{n};
  for (int i = 0; i < shape.rank(); ++i) whole.push_back(shape[i]);
  return random::uniform(whole, {.seed = seed});
}
Tensor tokens(std::int64_t n, int length, int vocabulary, int seed) {
  return random::randint({n, length}, 0, vocabulary, {.seed = seed});
}
Tensor labels(std::int64_t n, int classes) { return random::randint({n}, 0, classes, {.seed = 2}); }
Tensor one_hot(std::int64_t n, int classes) { return ops::one_hot(labels(n, classes), classes); }

Model compiled(Model model, const OptimizerRef& optimizer, const LossRef& loss, bool accuracy) {
  model.compile({.optimizer = optimizer,
                 .loss = loss,
                 .metrics = accuracy ? Metrics{"accuracy"} : Metrics{}});
  return model;
}

Bench mlp(int batch) {
  const Tensor in = Input({784});
  Tensor x = layers::Dense(64, {.activation = "relu"})(in);
  x = layers::Dense(64, {.activation = "relu"})(x);
  const std::int64_t n = batch * std::int64_t{500};
  return {compiled(Model(in, layers::Dense(10)(x)), optimizers::RMSprop(),
                   SparseCategoricalCrossentropy({.from_logits = true}), true),
          Dataset::from_tensors(uniform(n, {784}, 1), labels(n, 10)), batch};
}

Bench mlp_wide(int batch) {
  const Tensor in = Input({784});
  Tensor x = layers::Dropout(0.2)(layers::Dense(512, {.activation = "relu"})(in));
  x = layers::Dropout(0.2)(layers::Dense(512, {.activation = "relu"})(x));
  const std::int64_t n = batch * std::int64_t{100};
  return {compiled(Model(in, layers::Dense(10)(x)), optimizers::RMSprop(),
                   SparseCategoricalCrossentropy({.from_logits = true}), true),
          Dataset::from_tensors(uniform(n, {784}, 1), labels(n, 10)), batch};
}

Bench big_mlp(int batch) {
  const Tensor in = Input({1024});
  Tensor x = layers::Dense(2048, {.activation = "relu"})(in);
  x = layers::Dense(2048, {.activation = "relu"})(x);
  const std::int64_t n = std::int64_t{batch} * few_batches;
  return {compiled(Model(in, layers::Dense(1000)(x)), optimizers::Adam(),
                   SparseCategoricalCrossentropy({.from_logits = true}), false),
          Dataset::from_tensors(uniform(n, {1024}, 1), labels(n, 1000)), batch};
}

Bench cnn(int batch) {
  const Tensor in = Input({28, 28, 1});
  Tensor x = layers::Conv2D(32, 3, {.activation = "relu"})(in);
  x = layers::Conv2D(64, 3, {.activation = "relu"})(x);
  x = layers::Dropout(0.25)(layers::MaxPooling2D(2)(x));
  x = layers::Dense(128, {.activation = "relu"})(layers::Flatten()(x));
  x = layers::Dense(10, {.activation = "softmax"})(layers::Dropout(0.5)(x));
  const std::int64_t n = std::int64_t{batch} * few_batches;
  return {compiled(Model(in, x), optimizers::Adam(), SparseCategoricalCrossentropy(), true),
          Dataset::from_tensors(uniform(n, {28, 28, 1}, 1), labels(n, 10)), batch};
}

Bench lstm_rows(int batch) {
  const Tensor in = Input({28, 28});
  const std::int64_t n = batch * std::int64_t{40};
  return {compiled(Model(in, layers::Dense(10)(layers::LSTM(128)(in))), optimizers::Adam(),
                   SparseCategoricalCrossentropy({.from_logits = true}), true),
          Dataset::from_tensors(uniform(n, {28, 28}, 1), labels(n, 10)), batch};
}

Bench ticket(int batch) {
  const Tensor title = Input({None}, {.name = "title"}), body = Input({None}, {.name = "body"});
  const Tensor tags = Input({12}, {.name = "tags"});
  const Tensor t = layers::LSTM(128)(layers::Embedding(10000, 64)(title));
  const Tensor b = layers::LSTM(32)(layers::Embedding(10000, 64)(body));
  const Tensor x = layers::concatenate({t, b, tags});
  Model model({title, body, tags}, {{"priority", layers::Dense(1, {.name = "priority"})(x)},
                                    {"department", layers::Dense(4, {.name = "department"})(x)}});
  model.compile({.optimizer = optimizers::RMSprop({.learning_rate = 1e-3}),
                 .loss = {{"priority", losses::BinaryCrossentropy({.from_logits = true})},
                          {"department", CategoricalCrossentropy({.from_logits = true})}},
                 .loss_weights = {{"priority", 1.0}, {"department", 0.2}}});
  const std::int64_t n = batch * std::int64_t{40};
  return {model,
          Dataset::from_tensors({{"title", tokens(n, 10, 10000, 1)},
                                 {"body", tokens(n, 100, 10000, 3)},
                                 {"tags", uniform(n, {12}, 4)}},
                                {{"priority", uniform(n, {1}, 5)}, {"department", one_hot(n, 4)}}),
          batch};
}

Bench toy_resnet(int batch) {
  const Tensor in = Input({32, 32, 3});
  Tensor x = layers::Conv2D(32, 3, {.activation = "relu"})(in);
  x = layers::Conv2D(64, 3, {.activation = "relu"})(x);
  x = layers::MaxPooling2D(3)(x);
  for (int block = 0; block < 2; ++block) {
    Tensor y = layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"})(x);
    y = layers::Conv2D(64, 3, {.padding = "same", .activation = "relu"})(y);
    x = layers::add({y, x});
  }
  x = layers::GlobalAveragePooling2D()(layers::Conv2D(64, 3, {.activation = "relu"})(x));
  x = layers::Dropout(0.5)(layers::Dense(256, {.activation = "relu"})(x));
  const std::int64_t n = std::int64_t{batch} * few_batches;
  return {compiled(Model(in, layers::Dense(10)(x)), optimizers::RMSprop({.learning_rate = 1e-3}),
                   CategoricalCrossentropy({.from_logits = true}), true),
          Dataset::from_tensors(uniform(n, {32, 32, 3}, 1), one_hot(n, 10)), batch};
}

Bench autoencoder(int batch) {
  const Tensor in = Input({28, 28, 1});
  Tensor x = layers::Conv2D(16, 3, {.activation = "relu"})(in);
  x = layers::MaxPooling2D(3)(layers::Conv2D(32, 3, {.activation = "relu"})(x));
  x = layers::Conv2D(32, 3, {.activation = "relu"})(x);
  x = layers::GlobalMaxPooling2D()(layers::Conv2D(16, 3, {.activation = "relu"})(x));
  x = layers::Reshape({4, 4, 1})(x);
  x = layers::Conv2DTranspose(16, 3, {.activation = "relu"})(x);
  x = layers::UpSampling2D(3)(layers::Conv2DTranspose(32, 3, {.activation = "relu"})(x));
  x = layers::Conv2DTranspose(16, 3, {.activation = "relu"})(x);
  x = layers::Conv2DTranspose(1, 3, {.activation = "relu"})(x);
  const std::int64_t n = std::int64_t{batch} * few_batches;
  const Tensor images = uniform(n, {28, 28, 1}, 1);
  return {compiled(Model(in, x), optimizers::Adam(), losses::MeanSquaredError(), false),
          Dataset::from_tensors(images, images), batch};
}

Bench transformer(int batch) {
  constexpr int length = 200, width = 32;
  const Tensor in = Input({length}, {.dtype = "int32"});
  Tensor x = layers::Embedding(20000, width)(in) +
             layers::Embedding(length, width)(ops::arange(0, length, 1, "int32"));
  Tensor y = layers::Dropout(0.1)(layers::MultiHeadAttention(2, width)({x, x}));
  x = layers::LayerNormalization({.epsilon = 1e-6})(x + y);
  y = layers::Dense(width)(layers::Dense(width, {.activation = "relu"})(x));
  x = layers::LayerNormalization({.epsilon = 1e-6})(x + layers::Dropout(0.1)(y));
  x = layers::Dropout(0.1)(layers::GlobalAveragePooling1D()(x));
  x = layers::Dropout(0.1)(layers::Dense(20, {.activation = "relu"})(x));
  const std::int64_t n = std::int64_t{batch} * few_batches;
  return {compiled(Model(in, layers::Dense(2, {.activation = "softmax"})(x)), optimizers::Adam(),
                   SparseCategoricalCrossentropy(), true),
          Dataset::from_tensors(tokens(n, length, 20000, 1), labels(n, 2)), batch};
}

struct Entry {
  const char* name;
  int batch_size;
  Bench (*make)(int batch);
};
constexpr Entry entries[] = {{"mlp", 64, mlp},
                             {"mlp_wide", 128, mlp_wide},
                             {"cnn", 128, cnn},
                             {"lstm_rows", 128, lstm_rows},
                             {"ticket", 32, ticket},
                             {"toy_resnet", 64, toy_resnet},
                             {"autoencoder", 64, autoencoder},
                             {"transformer", 32, transformer},
                             {"big_mlp", 256, big_mlp}};

}  // namespace

Bench make_bench(const std::string& name, int batch_size) {
  const Entry* entry = std::find_if(std::begin(entries), std::end(entries),
                                    [&](const Entry& e) { return name == e.name; });
  if (entry != std::end(entries))
    return entry->make(batch_size > 0 ? batch_size : entry->batch_size);
  std::string names;
  for (const Entry& e : entries) names += std::string(names.empty() ? "" : ", ") + e.name;
  throw Error("unknown model '" + name + "'. Expected one of: " + names + ".");
}

}  // namespace weft::bench

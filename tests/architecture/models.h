// Small models and data that the architecture's tests share.
#pragma once
#include <weft/weft.h>

#include <algorithm>
#include <string>
#include <vector>

namespace weft::test {

struct Batch {
  Tensor x, y;
};

/// `rows` samples of `width` numbers, class labels below `classes`; a function of `seed` alone.
inline Batch made_up(std::int64_t rows, std::int64_t width, std::int64_t classes,
                     std::int64_t seed) {
  return {random::uniform({rows, width}, {.seed = seed}),
          random::randint({rows}, 0, classes, {.seed = seed + 1})};
}

/// 16 numbers -> 4 logits.
inline Model small_mlp() {
  Tensor in = Input({16});
  Tensor x = layers::Dense(12, {.activation = "relu"})(in);
  return Model(in, layers::Dense(4)(x));
}

/// The same with one BatchNormalization called twice, and Dropout.
inline Model shared_normalization() {
  Tensor in = Input({16});
  layers::BatchNormalization shared;
  Tensor x = shared(layers::Dense(12, {.activation = "relu"})(in));
  x = shared(layers::Dense(12, {.activation = "tanh"})(x));
  x = layers::Dropout(0.3)(x);
  return Model(in, layers::Dense(4)(x));
}

/// Two inputs by name, an embedding, two outputs by name.
inline Model two_inputs() {
  Tensor words = Input({6}, {.name = "words"}), tags = Input({3}, {.name = "tags"});
  Tensor t = layers::Flatten()(layers::Embedding(20, 5)(words));
  Tensor both = layers::concatenate({t, tags});
  return Model({words, tags}, {{"priority", layers::Dense(1, {.name = "priority"})(both)},
                               {"department", layers::Dense(4, {.name = "department"})(both)}});
}

/// All bytes of all weights and optimizer variables.
inline std::vector<std::vector<float>> state_of(const Model& model) {
  std::vector<std::vector<float>> out;
  for (const Variable& v : model.weights()) out.push_back(Tensor(v).to_vector<float>());
  if (model.compiled()) {
    for (const Variable& v : model.optimizer()->variables())
      out.push_back(Tensor(v).to_vector<float>());
  }
  return out;
}

/// Empty when the two are the same to the bit, else where they first differ.
inline std::string difference(const std::vector<std::vector<float>>& a,
                              const std::vector<std::vector<float>>& b) {
  if (a.size() != b.size())
    return std::to_string(a.size()) + " variables, and " + std::to_string(b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t k = 0; k < std::max(a[i].size(), b[i].size()); ++k) {
      if (k >= a[i].size() || k >= b[i].size() || a[i][k] != b[i][k]) {
        return "variable " + std::to_string(i) + ", element " + std::to_string(k);
      }
    }
  }
  return {};
}

inline CompileOptions classification(const OptimizerArg& optimizer, bool eager = false) {
  return {.optimizer = optimizer,
          .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
          .metrics = {"accuracy"},
          .run_eagerly = eager};
}

}  // namespace weft::test

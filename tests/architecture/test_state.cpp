// Test 6: a layer that assigns, reads and assigns again; a loop with two optimizers; the same
// eagerly, as a plan, and in a train_step of one's own.
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;

namespace {

// state <- 2 state + 1, out = x + state; state <- 3 state.
class Twice : public Layer {
 public:
  void build(const Shape&) {
    state_ = add_weight({.shape = {}, .initializer = "ones", .trainable = false, .name = "state"});
  }
  Tensor call(const Tensor& x) {
    state_.assign(state_ * 2.0f + 1.0f);
    Tensor out = x + state_;
    state_.assign(state_ * 3.0f);
    return out;
  }
  Variable state() const { return state_; }

 private:
  Variable state_;
};

class OwnStep : public ModelLayer {
 public:
  Tensor call(const Tensor& x) { return b_(a_(x)); }
  Logs train_step(const Tensors& x, const Tensors& y, const Tensors& sample_weight) override {
    GradientTape tape;
    Tensors y_pred = (*this)(x, {.training = true});
    Tensor loss = compute_loss(x, y, y_pred, sample_weight);
    optimizer().apply(tape.gradient(loss, trainable_weights()), trainable_weights());
    return compute_metrics(x, y, y_pred, sample_weight);
  }

 private:
  layers::Dense a_ = track("a", layers::Dense(12, {.activation = "relu"}));
  layers::Dense b_ = track("b", layers::Dense(4));
};

}  // namespace

TEST_CASE("a layer assigns, reads and assigns again", "[architecture]") {
  LayerRef<Twice> eager = layer<Twice>(), planned = layer<Twice>();
  const Tensor x = Tensor::from({0.0f, 10.0f});
  auto step = traced([&](const Tensor& in) { return planned(in); });
  float state = 1;
  for (int i = 0; i < 3; ++i) {
    state = state * 2 + 1;
    const std::vector<float> expected = {state, state + 10};
    CHECK(eager(x).to_vector<float>() == expected);
    CHECK(step(x).to_vector<float>() == expected);
    state *= 3;
    CHECK(Tensor(eager->state()).item() == state);
    CHECK(Tensor(planned->state()).item() == state);
  }
}

TEST_CASE("variables swap their values in one plan", "[architecture]") {
  Variable a(Tensor::from({1.0f, 2.0f})), b(Tensor::from({3.0f, 4.0f}));
  auto swap = traced([&](const Tensor& x) {
    const Tensor old_a = a, old_b = b;
    a.assign(old_b);
    b.assign(old_a);
    return x + a;
  });
  CHECK(swap(Tensor::from({0.0f, 0.0f})).to_vector<float>() == std::vector<float>{3, 4});
  CHECK(Tensor(a).to_vector<float>() == std::vector<float>{3, 4});
  CHECK(Tensor(b).to_vector<float>() == std::vector<float>{1, 2});
}

TEST_CASE("a value that was read stays when its variable is assigned", "[architecture]") {
  Variable v(Tensor::from({1.0f, 2.0f}));
  const Tensor before = v, row = before[1];
  v.assign(Tensor::from({5.0f, 6.0f}));
  CHECK(before.to_vector<float>() == std::vector<float>{1, 2});
  CHECK(row.item() == 2);
  auto step = traced([&](const Tensor& x) {
    v.assign(v + x);
    return v.value();
  });
  const Tensor held = v;
  CHECK(step(held).to_vector<float>() == std::vector<float>{10, 12});
  CHECK(held.to_vector<float>() == std::vector<float>{5, 6});
}

TEST_CASE("a loop with two optimizers", "[architecture]") {
  const Batch data = made_up(8, 16, 4, 5);
  losses::SparseCategoricalCrossentropy loss_fn({.from_logits = true});
  Model a = small_mlp(), b = small_mlp();
  b.set_weights(a.get_weights());
  struct Two {
    optimizers::Adam first{1e-2};
    optimizers::SGD second{{.learning_rate = 0.1}};
  } eager, planned;
  const auto step = [&](const Model& model, const Two& two, const Tensor& x, const Tensor& y) {
    const std::vector<Variable> w = model.trainable_weights();
    const std::vector<Variable> lower(w.begin(), w.begin() + 2), upper(w.begin() + 2, w.end());
    GradientTape tape;
    Tensor loss = loss_fn(y, model(x, {.training = true}));
    const std::vector<Tensor> g = tape.gradient(loss, w);
    two.first.apply({g[0], g[1]}, lower);
    two.second.apply({g[2], g[3]}, upper);
    return loss;
  };
  auto plan = traced([&](const Tensor& x, const Tensor& y) { return step(b, planned, x, y); });
  for (int i = 0; i < 4; ++i)
    CHECK(step(a, eager, data.x, data.y).item() == plan(data.x, data.y).item());
  CHECK(difference(state_of(a), state_of(b)) == "");
}

TEST_CASE("a train_step of one's own does what fit does", "[architecture]") {
  const Batch data = made_up(40, 16, 4, 8);
  Model own = weft::model<OwnStep>(), builtin = small_mlp(), eager = weft::model<OwnStep>();
  own(data.x);
  eager(data.x);
  own.set_weights(builtin.get_weights());
  eager.set_weights(builtin.get_weights());
  std::vector<double> losses;
  for (Model* model : {&own, &builtin, &eager}) {
    model->compile(classification(optimizers::RMSprop(), model == &eager));
    losses.push_back(model->fit(data.x, data.y, {.batch_size = 8, .verbose = 0, .shuffle = false})
                         .history["loss"]
                         .back());
  }
  CHECK(losses[0] == losses[1]);
  CHECK(losses[0] == losses[2]);
  CHECK(difference(state_of(own), state_of(builtin)) == "");
  CHECK(difference(state_of(own), state_of(eager)) == "");
}

TEST_CASE(
    "an assigned variable that is read again is differentiated by its value, eager and planned",
    "[architecture]") {
  const Tensor x = ops::ones({1, 2});
  const auto gradient = [&](Variable w) {
    GradientTape tape;
    w.assign(w * 0.5f);
    const Tensor loss = ops::sum(x * w);
    return tape.gradient(loss, std::vector<Variable>{w})[0];
  };
  Variable a(Tensor::from({1.0f, 2.0f})), b(Tensor::from({1.0f, 2.0f}));
  const std::vector<float> ones = {1, 1};
  CHECK(gradient(a).to_vector<float>() == ones);
  auto planned = traced([&](const Tensor& t) { return gradient(b) + t * 0.0f; });
  CHECK(planned(ops::zeros({2})).to_vector<float>() == ones);
  CHECK(Tensor(a).to_vector<float>() == Tensor(b).to_vector<float>());
}

TEST_CASE("a variable whose value is watched too has a gradient", "[architecture]") {
  Variable w(Tensor::from({3.0f}));
  const Tensor value = w;
  GradientTape tape;
  tape.watch(value);
  const Tensor loss = ops::sum(w * w);
  CHECK(tape.gradient(loss, std::vector<Variable>{w})[0].item() == 6.0f);
}

TEST_CASE("set_random_seed and trainable flags reach plans that exist", "[architecture]") {
  auto draw = traced([](const Tensor& t) { return t + random::uniform({3}); });
  const Tensor zeros = ops::zeros({3});
  set_random_seed(1);
  const std::vector<float> first = draw(zeros).to_vector<float>();
  CHECK(draw(zeros).to_vector<float>() != first);
  set_random_seed(1);
  CHECK(draw(zeros).to_vector<float>() == first);

  Tensor in = Input({2});
  layers::BatchNormalization norm(
      layers::BatchNormalizationOptions{.center = false, .scale = false});
  Model model(in, layers::Dense(1)(norm(in)));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor data = random::uniform({8, 2}, {.seed = 1}), y = ops::zeros({8, 1});
  model.fit(data, y, {.verbose = 0});
  norm->set_trainable(false);
  const std::vector<float> mean = Tensor(norm->weights()[0]).to_vector<float>();
  model.fit(data, y, {.verbose = 0});
  CHECK(Tensor(norm->weights()[0]).to_vector<float>() == mean);
}

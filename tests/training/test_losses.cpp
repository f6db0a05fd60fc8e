// The numbers are those of Keras 3.15.1 (KERAS_BACKEND=jax), e.g.
//   keras.losses.MeanSquaredError(reduction="none")(t, p), keras.losses.MeanSquaredError()(t, p)
// with the arrays below.
#include <weft/losses.h>
#include <weft/ops.h>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "tests/harness/catch.h"
#include "tests/training/training_checks.h"

using namespace weft;
using weft::test::check;

namespace {

Tensor labels() { return Tensor::of({{0.0f, 1.0f, 0.5f}, {1.0f, 0.0f, 2.0f}}); }
Tensor predictions() { return Tensor::of({{0.2f, 0.7f, 0.4f}, {0.9f, 0.3f, 1.5f}}); }
Tensor binary_labels() { return Tensor::of({{0.0f, 1.0f, 1.0f}, {1.0f, 0.0f, 1.0f}}); }
Tensor binary_logits() { return Tensor::of({{-1.5f, 2.0f, 0.25f}, {3.0f, -0.5f, -40.0f}}); }
Tensor one_hot_labels() { return Tensor::of({{0.0f, 1.0f, 0.0f}, {0.0f, 0.0f, 1.0f}}); }
Tensor class_logits() { return Tensor::of({{1.0f, 2.0f, 0.5f}, {100.0f, -100.0f, 3.0f}}); }
Tensor class_scores() { return Tensor::of({{0.1f, 0.7f, 0.4f}, {0.2f, 0.2f, 0.2f}}); }

template <class L>
void check_loss(std::vector<double> samples, double mean) {
  check(L({.reduction = "none"})(labels(), predictions()), samples);
  check(L()(labels(), predictions()), {mean});
}

}  // namespace

TEST_CASE("elementwise losses equal Keras's", "[training]") {
  check_loss<losses::MeanSquaredError>({0.04666667431592941, 0.11666667461395264},
                                       0.08166667819023132);
  check_loss<losses::MeanAbsoluteError>({0.20000001788139343, 0.30000001192092896}, 0.25);
  check_loss<losses::MeanAbsolutePercentageError>({66666688.0, 100000016.0}, 83333352.0);
  check_loss<losses::MeanSquaredLogarithmicError>({0.021471180021762848, 0.034902360290288925},
                                                  0.028186770156025887);
  check_loss<losses::LogCosh>({0.02306687831878662, 0.05648237466812134}, 0.03977462649345398);
  check_loss<losses::KLDivergence>({0.468245267868042, 0.10535907745361328}, 0.28680217266082764);
  check_loss<losses::Poisson>({0.7049400210380554, 0.6648100018501282}, 0.6848750114440918);
  check_loss<losses::Hinge>({0.699999988079071, 0.36666667461395264}, 0.5333333015441895);
  check_loss<losses::SquaredHinge>({0.5766667127609253, 0.33666667342185974}, 0.4566667079925537);
  check_loss<losses::CategoricalHinge>({0.30000001192092896, 0.0}, 0.15000000596046448);
  check(losses::Huber({.delta = 0.4, .reduction = "none"})(labels(), predictions()),
        {0.023333337157964706, 0.05666666850447655});
  check(losses::Huber({.delta = 0.4})(labels(), predictions()), {0.04000000283122063});
}

TEST_CASE("hinge makes -1 of 0 when all labels are 0 or 1", "[training]") {
  check(losses::Hinge()(Tensor::of({{0.0f, 1.0f, 1.0f}, {1.0f, 0.0f, 0.0f}}), predictions()),
        {1.0});
}

TEST_CASE("reductions divide as Keras's", "[training]") {
  const Tensor weight = Tensor::of({2.0f, 0.5f});
  const auto mse = [&](const char* reduction) {
    return losses::MeanSquaredError({.reduction = reduction})(labels(), predictions(), weight);
  };
  check(mse("sum_over_batch_size"), {0.07583334296941757});
  check(mse("mean"), {0.07583334296941757});
  check(mse("sum"), {0.15166668593883514});
  check(mse("mean_with_sample_weight"), {0.06066667288541794});
  check(mse("none"), {0.09333334863185883, 0.05833333730697632});
}

TEST_CASE("binary crossentropy of probabilities, of logits, and smoothed", "[training]") {
  check(losses::BinaryCrossentropy()(binary_labels(), ops::clip(predictions(), 0.0, 1.0)),
        {0.32635748386383057});
  check(losses::BinaryCrossentropy({.from_logits = true, .reduction = "none"})(binary_labels(),
                                                                               binary_logits()),
        {0.3014269173145294, 13.50755500793457});
  check(losses::BinaryCrossentropy({.from_logits = true, .label_smoothing = 0.2})(binary_labels(),
                                                                                  binary_logits()),
        {6.3586578369140625});
  // keras-contract.md, A2: -log(1e-7), and smoothing 0.1 of 1 at 0.7.
  check(losses::BinaryCrossentropy()(Tensor::of({1.0f}), Tensor::of({0.0f})), {16.118095});
  check(
      losses::BinaryCrossentropy({.label_smoothing = 0.1})(Tensor::of({1.0f}), Tensor::of({0.7f})),
      {0.3990399});
}

TEST_CASE("categorical crossentropy of scores, of logits, and smoothed", "[training]") {
  check(losses::CategoricalCrossentropy({.reduction = "none"})(one_hot_labels(), class_scores()),
        {0.5389965176582336, 1.0986123085021973});
  check(losses::CategoricalCrossentropy({.from_logits = true, .reduction = "none"})(
            one_hot_labels(), class_logits()),
        {0.4643687903881073, 97.0});
  check(losses::CategoricalCrossentropy({.from_logits = true, .label_smoothing = 0.1})(
            one_hot_labels(), class_logits()),
        {48.87384796142578});
  check(losses::CategoricalCrossentropy({.label_smoothing = 0.1})(Tensor::of({{1.0f, 0.0f, 0.0f}}),
                                                                  Tensor::of({{0.7f, 0.2f, 0.1f}})),
        {0.4632974});
}

TEST_CASE(
    "sparse categorical crossentropy takes class numbers of any dtype, with a trailing 1 or not",
    "[training]") {
  const losses::SparseCategoricalCrossentropy scores({.reduction = "none"});
  const losses::SparseCategoricalCrossentropy logits({.from_logits = true, .reduction = "none"});
  for (const char* dtype : {"uint8", "int32", "int64", "float32"}) {
    const Tensor y = Tensor::of({1, 2}).astype(dtype);
    check(scores(y, class_scores()), {0.5389965176582336, 1.0986123085021973});
    check(logits(y, class_logits()), {0.4643687903881073, 97.0});
    check(logits(y.reshape({2, 1}), class_logits()), {0.4643687903881073, 97.0});
  }
}

TEST_CASE("ignored classes have no loss and do not count in the mean", "[training]") {
  const Tensor y = Tensor::of({{1, 2, 0}, {-1, 1, -1}});
  std::vector<float> values(18);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.3f * static_cast<float>(i);
  values[1] = 2.0f;
  const Tensor logits = Tensor::from(values, {2, 3, 3});
  const auto loss = [&](const char* reduction) {
    return losses::SparseCategoricalCrossentropy(
        {.from_logits = true, .ignore_class = -1, .reduction = reduction})(y, logits);
  };
  check(loss("sum_over_batch_size"), {0.9271633625030518});
  check(loss("sum"), {3.708653450012207});
  // With "none" valid places keep their loss: the mask then weighs 0 or 1.
  check(loss("none"),
        {0.3234827220439911, 0.8283901810646057, 1.4283902645111084, 0.0, 1.1283903121948242, 0.0});
}

TEST_CASE("a mask of the predictions makes the mean one over valid places", "[training]") {
  std::vector<float> values(12);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = 0.1f * static_cast<float>(i);
  const Tensor mask =
      Tensor::from(std::vector<bool>{true, true, false, true, false, false}, {2, 3});
  const Tensor p = detail::with_keras_mask(Tensor::from(values, {2, 3, 2}), mask),
               y = ops::ones({2, 3, 2});
  check(losses::MeanSquaredError()(y, p), {0.5316666960716248});
  check(losses::MeanSquaredError({.reduction = "sum"})(y, p), {1.5950000286102295});
  check(losses::MeanSquaredError()(y, p, Tensor::of({{2.0f}, {1.0f}})), {1.0216666460037231});
}

TEST_CASE("labels and predictions that differ by a trailing 1 are made alike", "[training]") {
  const Tensor y = Tensor::of({1.0f, 2.0f}), p = Tensor::of({{1.5f}, {2.0f}});
  check(losses::MeanSquaredError()(y, p), {0.125});
  check(losses::MeanSquaredError()(p, y), {0.125});
}

TEST_CASE("losses write Keras's configuration and come back from it", "[training]") {
  CHECK(detail::to_text(serialize(*losses::SparseCategoricalCrossentropy({.from_logits = true}))) ==
        "{'module': 'keras.losses', 'class_name': 'SparseCategoricalCrossentropy', 'config': "
        "{'name': "
        "'sparse_categorical_crossentropy', 'reduction': 'sum_over_batch_size', 'from_logits': "
        "True, 'ignore_class': None}, "
        "'registered_name': None}");
  CHECK(detail::to_text(serialize(*losses::BinaryCrossentropy({.from_logits = true}))) ==
        "{'module': 'keras.losses', 'class_name': 'BinaryCrossentropy', 'config': {'name': "
        "'binary_crossentropy', 'reduction': "
        "'sum_over_batch_size', 'from_logits': True, 'label_smoothing': 0.0, 'axis': -1}, "
        "'registered_name': None}");
  const losses::Huber huber({.delta = 0.4, .reduction = "sum", .name = "mine"});
  const LossRef again = losses::deserialize(serialize(*huber));
  CHECK(again->name() == "mine");
  check(again(labels(), predictions()), {2 * 0.04000000283122063});
}

TEST_CASE("losses are found by Keras's identifiers", "[training]") {
  for (const char* id : {"mse", "MSE", "mean_squared_error", "MeanSquaredError"})
    CHECK(losses::get(id)->name() == "mean_squared_error");
  for (const char* id : {"mae", "mape", "msle", "bce", "kld", "huber", "log_cosh", "poisson",
                         "categorical_crossentropy", "sparse_categorical_crossentropy", "hinge"}) {
    CHECK(losses::get(id));
  }
}

TEST_CASE("a loss of one's own is named after its class", "[training]") {
  class OwnLoss : public Loss {
    Tensor call(const Tensor& y_true, const Tensor& y_pred) override {
      return ops::abs(y_true - y_pred);
    }
  };
  const auto own = std::make_shared<OwnLoss>();
  CHECK(own->name().substr(0, 8) == "own_loss");
  check((*own)(Tensor::of({1.0f, 3.0f}), Tensor::of({2.0f, 0.0f})), {2.0});
}

// The numbers are those of Keras 3.15.1 (KERAS_BACKEND=jax): three times o.apply([g, h], [w, b])
// with
//   w = [[1, -2], [.5, 3]], b = [.1, -.2], g = [[.1, -.2], [.3, 4]] * (i + 1), h = [-1, .5] * (2 -
//   i), i = 0, 1, 2
// and for schedules s(i) at i = 0, 3, 5, 12, 13, 27.
#include <weft/core/log.h>
#include <weft/layers/constraint.h>
#include <weft/ops.h>
#include <weft/optimizers.h>
#include <weft/schedules.h>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "tests/harness/catch.h"
#include "tests/training/training_checks.h"

using namespace weft;
using weft::test::check;
using namespace weft::optimizers;

namespace {

struct Weights {
  Variable w{Tensor::of({{1.0f, -2.0f}, {0.5f, 3.0f}}), {.name = "kernel"}};
  Variable b{Tensor::of({0.1f, -0.2f}), {.name = "bias"}};
  std::vector<Variable> all() const { return {w, b}; }
  std::vector<double> values() const {
    std::vector<double> v = w.value().to_vector<double>();
    for (const double x : b.value().to_vector<double>()) v.push_back(x);
    return v;
  }
};

void steps(const OptimizerRef& o, const Weights& weights, int count = 3) {
  for (int i = 0; i < count; ++i) {
    const Tensor g = Tensor::of({{0.1f, -0.2f}, {0.3f, 4.0f}}) * (i + 1),
                 h = Tensor::of({-1.0f, 0.5f}) * (2 - i);
    o.apply({g, h}, weights.all());
  }
}

void check_steps(const OptimizerRef& o, const std::vector<double>& expected) {
  const Weights weights;
  steps(o, weights);
  INFO(o->class_name());
  check(weights.values(), expected);
}

std::vector<std::string> names(const OptimizerRef& o) {
  std::vector<std::string> all;
  for (const Variable& v : o->variables()) all.push_back(v.name());
  return all;
}

void check_schedule(const Ref<Schedule>& s, const std::vector<double>& expected) {
  std::vector<double> values;
  for (const int step : {0, 3, 5, 12, 13, 27})
    values.push_back((*s)(Tensor::of({step})[0]).item<double>());
  INFO(s->class_name());
  check(values, expected);
}

}  // namespace

TEST_CASE("update rules equal Keras's", "[training]") {
  check_steps(SGD(0.1), {0.940000057220459, -1.880000114440918, 0.3199999928474426,
                         0.5999999046325684, 0.4000000059604645, -0.3500000238418579});
  check_steps(SGD({.learning_rate = 0.1, .momentum = 0.9}),
              {0.9049000144004822, -1.8098000288009644, 0.21469998359680176, -0.8040000200271606,
               0.8320000171661377, -0.5659999847412109});
  check_steps(SGD({.learning_rate = 0.1, .momentum = 0.9, .nesterov = true}),
              {0.8544099926948547, -1.7088199853897095, 0.06322997808456421, -2.8235998153686523,
               1.0587999820709229, -0.6793999671936035});
  check_steps(RMSprop(0.1), {0.13901373744010925, -1.1389989852905273, -0.3610037565231323,
                             2.138993978500366, 0.5636696815490723, -0.6636694669723511});
  check_steps(RMSprop({.learning_rate = 0.1, .momentum = 0.5}),
              {-0.2410009503364563, -0.7589742541313171, -0.741030216217041, 1.7589662075042725,
               0.8745614290237427, -0.9745611548423767});
  check_steps(RMSprop({.learning_rate = 0.1, .rho = 0.8, .centered = true}),
              {0.25378987193107605, -1.2537819147109985, -0.24621960520744324, 2.253779411315918,
               0.48249971866607666, -0.582499623298645});
  check_steps(Adam(0.1), {0.7076889276504517, -1.7076863050460815, 0.2076854109764099,
                          2.70768404006958, 0.36527347564697266, -0.46527308225631714});
  check_steps(Adam({.learning_rate = 0.1, .amsgrad = true}),
              {0.7076889276504517, -1.7076863050460815, 0.2076854109764099, 2.70768404006958,
               0.36523744463920593, -0.465237021446228});
  check_steps(AdamW(0.1), {0.7066081166267395, -1.705405831336975, 0.20720428228378296,
                           2.7042040824890137, 0.3650362193584442, -0.4649158716201782});
  check_steps(Adagrad(0.1), {0.8569718599319458, -1.7996631860733032, 0.2730969488620758,
                             2.7307636737823486, 0.24305370450019836, -0.3383794128894806});
  check_steps(Adadelta(1.0), {0.9946239590644836, -1.9946236610412598, 0.4946235418319702,
                              2.9946234226226807, 0.10232707858085632, -0.20232708752155304});
  check_steps(Adamax(0.1), {0.7546807527542114, -1.7546806335449219, 0.2546806037425995,
                            2.754680633544922, 0.32034552097320557, -0.4203454852104187});
  check_steps(Nadam(0.1), {0.706767737865448, -1.7067674398422241, 0.20676755905151367,
                           2.7067675590515137, 0.2691822946071625, -0.369182288646698});
  check_steps(Lion(0.1), {0.6999999284744263, -1.6999999284744263, 0.20000001788139343,
                          2.700000286102295, 0.4000000059604645, -0.5});
}

TEST_CASE("common options act as Keras's", "[training]") {
  check_steps(SGD({.learning_rate = 0.1, .clipnorm = 1.0}),
              {0.9925325512886047, -1.9850651025772095, 0.47759783267974854, 2.7013041973114014,
               0.27888545393943787, -0.2894427180290222});
  check_steps(SGD({.learning_rate = 0.1, .clipvalue = 0.5}),
              {0.940000057220459, -1.8900001049041748, 0.3699999749660492, 2.8500001430511475,
               0.20000000298023224, -0.30000001192092896});
  check_steps(SGD({.learning_rate = 0.1, .global_clipnorm = 1.0}),
              {0.992870569229126, -1.985741138458252, 0.47861164808273315, 2.7148218154907227,
               0.15582573413848877, -0.22791285812854767});
  check_steps(SGD({.learning_rate = 0.1, .weight_decay = 0.01}),
              {0.9370429515838623, -1.8740859031677246, 0.3186214566230774, 0.5926083326339722,
               0.3992004990577698, -0.34915071725845337});
  check_steps(SGD({.learning_rate = 0.1, .loss_scale_factor = 8.0}),
              {0.9924999475479126, -1.9849998950958252, 0.4775000214576721, 2.700000047683716,
               0.13750000298023224, -0.21875});
  check_steps(Adam({.learning_rate = 0.1, .gradient_accumulation_steps = 2}),
              {0.9000027775764465, -1.9000017642974854, 0.4000013768672943, 2.900000810623169,
               0.1999991238117218, -0.2999989092350006});
  check_steps(SGD({.learning_rate = 0.1,
                   .use_ema = true,
                   .ema_momentum = 0.5,
                   .ema_overwrite_frequency = 2}),
              {0.9500000476837158, -1.9000000953674316, 0.3499999940395355, 0.9999997615814209,
               0.3500000238418579, -0.32500001788139343});
  check_steps(SGD(schedules::ExponentialDecay(0.1, 2, 0.5)),
              {0.9608578681945801, -1.9217157363891602, 0.38257360458374023, 1.4343143701553345,
               0.37071070075035095, -0.33535534143447876});
}

TEST_CASE("state is in the order of Keras's files", "[training]") {
  using Names = std::vector<std::string>;
  const Weights weights;
  const auto built = [&](OptimizerRef o) {
    o->build(weights.all());
    return names(o);
  };
  CHECK(built(SGD()) == Names{"iteration", "learning_rate"});
  CHECK(built(SGD(schedules::ExponentialDecay(0.1, 2, 0.5))) == Names{"iteration"});
  CHECK(built(RMSprop({.momentum = 0.5, .centered = true})) ==
        Names{"iteration", "learning_rate", "kernel_velocity", "bias_velocity", "kernel_momentum",
              "bias_momentum", "kernel_average_gradient", "bias_average_gradient"});
  CHECK(built(Adam({.amsgrad = true})) == Names{"iteration", "learning_rate", "kernel_momentum",
                                                "kernel_velocity", "bias_momentum", "bias_velocity",
                                                "kernel_velocity_hat", "bias_velocity_hat"});
  CHECK(built(Adam({.use_ema = true, .gradient_accumulation_steps = 2})) ==
        Names{"iteration", "learning_rate", "kernel_average", "bias_average",
              "kernel_gradient_accumulator", "bias_gradient_accumulator", "kernel_momentum",
              "kernel_velocity", "bias_momentum", "bias_velocity"});
  CHECK(built(Nadam()) == Names{"iteration", "learning_rate", "kernel_momentum", "kernel_velocity",
                                "bias_momentum", "bias_velocity", "variable"});
  const Adam adam({.name = "mine"});
  adam->build(weights.all());
  CHECK(adam->variables()[0].path() == "mine/iteration");
  CHECK(adam->variables()[2].path() == "mine/kernel_momentum");
  CHECK(adam->variables()[0].dtype() == DType::int32);
  CHECK(adam->variables()[1].dtype() == DType::float32);
}

TEST_CASE("schedules equal Keras's", "[training]") {
  check_schedule(schedules::ExponentialDecay(0.1, 10, 0.5),
                 {0.10000000149011612, 0.08122523874044418, 0.0707106813788414,
                  0.043527524918317795, 0.04061261937022209, 0.015389305539429188});
  check_schedule(schedules::ExponentialDecay(0.1, 10, 0.5, {.staircase = true}),
                 {0.10000000149011612, 0.10000000149011612, 0.10000000149011612,
                  0.05000000074505806, 0.05000000074505806, 0.02500000037252903});
  check_schedule(schedules::CosineDecay(0.1, 20, {.alpha = 0.1}),
                 {0.10000000149011612, 0.09509529173374176, 0.08681981265544891,
                  0.04109422490000725, 0.03457043319940567, 0.010000000707805157});
  check_schedule(schedules::CosineDecay(0.01, 20, {.warmup_target = 0.1, .warmup_steps = 5}),
                 {0.009999999776482582, 0.06400000303983688, 0.10000000149011612,
                  0.07269952446222305, 0.06545084714889526, 0.0});
  check_schedule(schedules::PiecewiseConstantDecay({5, 12}, {1.0, 0.5, 0.1}),
                 {1.0, 1.0, 1.0, 0.5, 0.10000000149011612, 0.10000000149011612});
  check_schedule(schedules::PolynomialDecay(0.1, 10, {.power = 2.0}),
                 {0.10000000149011612, 0.04905099794268608, 0.025074999779462814,
                  9.999999747378752e-05, 9.999999747378752e-05, 9.999999747378752e-05});
  check_schedule(schedules::PolynomialDecay(0.1, 10, {.cycle = true}),
                 {0.10000000149011612, 0.07003000378608704, 0.050050001591444016,
                  0.040059998631477356, 0.035065002739429474, 0.010090001858770847});
  check_schedule(schedules::InverseTimeDecay(0.1, 10, 0.5),
                 {0.10000000149011612, 0.08695652335882187, 0.07999999821186066, 0.0625,
                  0.06060606241226196, 0.042553193867206573});
}

TEST_CASE("the learning rate is readable and settable, in float32", "[training]") {
  const RMSprop o;
  CHECK(o.learning_rate() == 0.0010000000474974513);
  o.set_learning_rate(0.5);
  CHECK(o.learning_rate() == 0.5);
  CHECK(SGD(schedules::ExponentialDecay(0.25, 2, 0.5)).learning_rate() == 0.25);
}

TEST_CASE("optimizers write Keras's configuration and come back from it", "[training]") {
  CHECK(detail::to_text(serialize(*AdamW({.name = "adam_w"}))) ==
        "{'module': 'keras.optimizers', 'class_name': 'AdamW', 'config': {'name': 'adam_w', "
        "'learning_rate': 0.0010000000474974513, "
        "'weight_decay': 0.004, 'clipnorm': None, 'global_clipnorm': None, 'clipvalue': None, "
        "'use_ema': False, 'ema_momentum': 0.99, "
        "'ema_overwrite_frequency': None, 'loss_scale_factor': None, "
        "'gradient_accumulation_steps': None, 'beta_1': 0.9, 'beta_2': "
        "0.999, 'epsilon': 1e-07, 'amsgrad': False}, 'registered_name': None}");
  const SGD scheduled({.learning_rate = schedules::CosineDecay(0.1, 10, {.alpha = 0.5}),
                       .momentum = 0.9,
                       .clipnorm = 1.0,
                       .name = "s"});
  const Config c = serialize(*scheduled);
  const OptimizerRef again = optimizers::deserialize(c);
  CHECK(detail::same(serialize(*again), c));
  const Weights a, b;
  steps(scheduled, a);
  steps(again, b);
  CHECK(a.values() == b.values());
}

TEST_CASE("optimizers are found by class names in any case", "[training]") {
  for (const char* id : {"rmsprop", "RMSprop", "adam", "ADAM", "AdamW", "sgd", "Nadam", "lion",
                         "adagrad", "adadelta", "adamax"}) {
    CHECK(optimizers::get(id));
  }
}

TEST_CASE("a weight without a gradient stays, and a warning names it", "[training]") {
  std::string log;
  set_log_sink([&](LogLevel, std::string_view text) { log += text; });
  const Weights weights;
  SGD(0.1).apply({Tensor(), Tensor::of({1.0f, 1.0f})}, weights.all());
  set_log_sink({});
  check(weights.values(), {1.0, -2.0, 0.5, 3.0, 0.0, -0.3});
  CHECK_THAT(log, Catch::Matchers::Contains("Gradients do not exist for variables ['kernel']"));
}

TEST_CASE("constraints hold after each update", "[training]") {
  class Positive : public Constraint {
    Tensor operator()(const Tensor& w) override { return ops::maximum(w, 0.0); }
  };
  const Weights weights;
  detail::impl(weights.w).constraint = std::make_shared<Positive>();
  SGD(0.1).apply({ops::zeros({2, 2}), ops::zeros({2})}, weights.all());
  check(weights.values(), {1.0, 0.0, 0.5, 3.0, 0.1, -0.2});
}

TEST_CASE("weights can be excluded from decay", "[training]") {
  const Weights weights;
  const SGD o({.learning_rate = 1.0, .weight_decay = 0.5});
  o->exclude_from_weight_decay({}, {"bias"});
  o.apply({ops::zeros({2, 2}), ops::zeros({2})}, weights.all());
  check(weights.values(), {0.5, -1.0, 0.25, 1.5, 0.1, -0.2});
}

TEST_CASE("an optimizer of one's own updates weights with slots", "[training]") {
  class Momentum : public Optimizer {
   public:
    using Optimizer::Optimizer;
    void build(const std::vector<Variable>& variables) override {
      Optimizer::build(variables);
      momentums_ = add_optimizer_variables(variables, "momentum");
    }

   protected:
    void update_step(const Tensor& gradient, Variable variable,
                     const Tensor& learning_rate) override {
      Variable m = momentums_[index_of(variable)];
      m.assign(m * 0.9 - gradient * learning_rate);
      variable.assign(variable + m);
    }

   private:
    std::vector<Variable> momentums_;
  };
  const OptimizerRef own = std::make_shared<Momentum>(OptimizerOptions{.learning_rate = 0.1});
  const Weights weights;
  steps(own, weights);
  check(weights.values(), {0.9049000144004822, -1.8098000288009644, 0.21469998359680176,
                           -0.8040000200271606, 0.8320000171661377, -0.5659999847412109});
  CHECK(own->name().substr(0, 8) == "momentum");
  CHECK(own->variables()[0].path() == own->name() + "/iteration");
}

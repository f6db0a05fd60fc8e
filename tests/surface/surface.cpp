// The public surface: forms that users write and that must compile without a warning, on g++ and on
// clang. Never run. check_surface.py compiles this file as it is, and once for each case of
// bad.inc, which must not compile. From reference/api/samples.cc.
#include <weft/weft.h>

#include <cstdlib>  // ::random(), beside which weft::random:: must work
#include <map>

using namespace weft;
void s1() {
  auto [train, test] = datasets::mnist::load_data();
  Tensor x_train = train.x.reshape({60000, 784}).astype(DType::float32) / 255.0f;
  Tensor x_test = test.x.reshape({10000, 784}).astype("float32") / 255.0f;
  Tensor inputs = Input({784});
  Tensor x = layers::Dense(64, {.activation = "relu"})(inputs);
  x = layers::Dense(64, {.activation = "relu"})(x);
  Tensor outputs = layers::Dense(10)(x);
  Model model(inputs, outputs, {.name = "mnist_model"});
  model.summary();
  plot_model(model, "my_first_model.png", {.show_shapes = true});
  model.compile({.optimizer = optimizers::RMSprop(),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  History history =
      model.fit(x_train, train.y, {.batch_size = 64, .epochs = 2, .validation_split = 0.2});
  Logs scores = model.evaluate(x_test, test.y, {.verbose = 2});
  (void)scores["loss"];
  (void)scores[0];
  model.save("my_model.keras");
  Model again = load_model("my_model.keras");
  (void)history;
}
void s2(Tensor title_data, Tensor body_data, Tensor tags_data, Tensor priority_targets,
        Tensor department_targets) {
  Tensor title = Input({None}, {.name = "title"}), body = Input({None}, {.name = "body"});
  Tensor tags = Input({12}, {.name = "tags"});
  Tensor t = layers::LSTM(128)(layers::Embedding(10000, 64)(title));
  Tensor b = layers::LSTM(32)(layers::Embedding(10000, 64)(body));
  Tensor merged = layers::concatenate({t, b, tags});
  Tensor priority = layers::Dense(1, {.name = "priority"})(merged);
  Tensor department = layers::Dense(4, {.name = "department"})(merged);
  Model model({title, body, tags}, {{"priority", priority}, {"department", department}});
  model.compile({.optimizer = optimizers::RMSprop({.learning_rate = 1e-3}),
                 .loss = {{"priority", losses::BinaryCrossentropy({.from_logits = true})},
                          {"department", losses::CategoricalCrossentropy({.from_logits = true})}},
                 .loss_weights = {{"priority", 1.0}, {"department", 0.2}}});
  model.fit({{"title", title_data}, {"body", body_data}, {"tags", tags_data}},
            {{"priority", priority_targets}, {"department", department_targets}},
            {.batch_size = 32, .epochs = 2});
  // and the other forms the seeds use
  Model one_in_list({title}, {priority});
  Model list_outputs({title, body, tags}, {priority, department});
  list_outputs.compile({.optimizer = "rmsprop",
                        .loss = {"binary_crossentropy", "categorical_crossentropy"},
                        .loss_weights = {1.0, 0.2}});
  list_outputs.compile({.loss = {{"priority", "bce"}, {"department", "cce"}},
                        .loss_weights = {1., 0.2},
                        .metrics = {{"priority", {"accuracy", "mae"}}, {"department", "acc"}}});
  list_outputs.compile({.optimizer = optimizers::RMSprop(1e-3),
                        .loss = {losses::BinaryCrossentropy(), losses::CategoricalCrossentropy()},
                        .metrics = {"accuracy", metrics::AUC()}});
  list_outputs.compile({.loss = "mse", .metrics = {"accuracy", "mae"}});
  list_outputs.compile({.loss = [](const Tensor& y, const Tensor& p) { return ops::sum(y - p); }});
  model.fit({title_data, body_data, tags_data}, {priority_targets, department_targets});
  model.evaluate({{"title", title_data}, {"body", body_data}}, {{"priority", priority_targets}});
  model.evaluate({{"title", title_data}}, {{"priority", priority_targets}});
  model.predict({{"title", title_data}, {"body", body_data}});
  model.predict(title_data);
  model.fit(Dataset::from_tensors(title_data, tags_data), {.epochs = 2});
  model.fit(title_data, tags_data, {.validation_data = {title_data, tags_data}});
  Tensors out = model({{"title", title_data}, {"body", body_data}, {"tags", tags_data}});
  Tensor p = out["priority"], p0 = out[0];
  Tensor one = one_in_list(title_data, {.training = true});
  Tensor sum = one_in_list(title_data) + 1.0f;
}
class CustomDense : public Layer {
 public:
  explicit CustomDense(int units = 32) : units_(units) {}
  explicit CustomDense(const Config& c) : CustomDense(c.get<int>("units")) {}
  void build(const Shape& input_shape) {
    w_ = add_weight(
        {.shape = {input_shape[-1], units_}, .initializer = "random_normal", .name = "w"});
    b_ = add_weight({.shape = {units_}, .initializer = "random_normal", .name = "b"});
  }
  Tensor call(const Tensor& inputs) { return ops::matmul(inputs, w_) + b_; }
  Config get_config() const override { return {{"units", units_}}; }

 private:
  int units_;
  Variable w_, b_;
};
class MLP : public ModelLayer {
 public:
  Tensor call(const Tensor& x) { return b_(a_(x)); }
  Tensor twice() { return w_ + w_ * 2.0f - 1 * w_ + w_ * w_; }

 private:
  layers::Dense a_ = track("a", layers::Dense(64, {.activation = activations::relu})),
                b_ = track("b", layers::Dense(10));
  Variable w_;
};
class Drop : public Layer {
 public:
  Tensor call(const Tensor& x, bool training) { return training ? x : -x; }
};
class Split : public Layer {
 public:
  Tensors call(const Tensors& x) { return {x[0] + x[1], x[0]}; }
};
class RNNLike : public Layer {
 public:
  Tensor call(const Tensor& x, const CallContext& ctx) { return ctx.training ? x : -x; }
};
void s3(Tensor x, Tensor y) {
  Tensor in = Input({4});
  Model model(in, layer<CustomDense>(10)(in));
  Model copy =
      Model::from_config(model.get_config(), {{"CustomDense", custom_object<CustomDense>()}});
  losses::SparseCategoricalCrossentropy loss_fn({.from_logits = true});
  optimizers::RMSprop optimizer(1e-3);
  GradientTape tape;
  Tensor logits = model(x, {.training = true});
  Tensor loss = loss_fn(y, logits);
  optimizer.apply(tape.gradient(loss, model.trainable_weights()), model.trainable_weights());
  auto step = traced([&](const Tensor& xb, const Tensor& yb) {
    GradientTape inner;
    Tensor l = loss_fn(yb, model(xb, {.training = true}));
    optimizer.apply(inner.gradient(l, model.trainable_weights()), model.trainable_weights());
    return l;
  });
  Tensor l = step(x, y);
  layers::Dense dense(64);
  dense->kernel().assign(x);
  Tensor h = dense(x), h2 = dense(model(x));
  Model mlp = weft::model<MLP>();
  Tensor m = mlp(ops::zeros({1, 32}));
  std::vector<Tensor> features;
  for (const AnyLayer& one : model.layers()) features.push_back(one->output());
  Model extractor(model.input(), features);
  Tensors feats = extractor(x);
  Sequential seq({layers::Dense(2, {.input_shape = Shape{1}}), layers::Dense(1), mlp});
  Tensor conv =
      layers::Conv2D(32, {3, 5}, {.strides = {2, 2}, .padding = "same", .activation = "relu"})(x);
  Tensor conv2 = layers::Conv2D(32, 3, {.strides = 2})(x);
  Tensor pool = layers::MaxPooling2D({2, 2})(layers::MaxPooling2D(3)(layers::MaxPooling2D()(x)));
  Tensor cat = layers::concatenate({x, y}, {.name = "merge"});
  Tensor av = layers::average({model(x), model(y)});
  Tensors state = layers::LSTM(4, {.return_state = true}).all(x, {.initial_state = {x, y}});
  Tensor d1 = layer<Drop>()(x), d2 = layer<RNNLike>()(x, {.training = true});
  Tensors d3 = layer<Split>().all({x, y});
  auto z = model(x);
  Tensor zz = z.reshape({1});
  model.compile({.metrics = {{"accuracy"}}});
  model.compile({.metrics = {{"priority", "mae"}}});
  std::size_t n = 3;
  Shape from_size = {n, 4u, None};
  (void)from_size;
  Config c = {{"units", 3},   {"name", "x"},    {"rate", 0.5f},
              {"flag", true}, {"axes", {1, 2}}, {"inner", Config{{"a", 1}}}};
}
void s4_config(ConfigValue v, std::optional<int> seed, std::string_view text, Shape shape) {
  Config one = {{"axes", {v}}};  // 37: a list of one on both compilers
  Config c = {
      {"axes", {1, 2}}, {"none", {}},     {"nested", {{1, 2}, {3}}}, {"inner", Config{{"a", 1}}},
      {"v", v},         {"null", nullptr}};
  ConfigValue copy{v}, copy2 = {v};  // 37: copies on both
  c.set("units", 3)
      .set("shape", shape)
      .set("seed", seed)
      .set("text", text)
      .set("list", {1, "two", 3.0});  // 43
  c.set("vector", std::vector<int>{1, 2})
      .set("dim", shape[0])
      .set("dtype", DType::int32)
      .set("name", DType("int32").name())
      .set("nothing", std::nullopt);
  c.merge({{"a", 1}}).merge(one);
  std::vector<int> axes = c.get<std::vector<int>>("axes");
  std::string name = c.get<std::string>("name", "default");
  (void)c.get<Shape>("shape");
}
void s5_braces(Tensors two, Tensor x, Variable w, Sequential seq, layers::Dense dense, Model mlp) {
  Tensors t{two}, t2 = {two}, t3({two}),
                  list = {two[0], w, mlp(x)};  // 38: t, t2, t3 are copies of two on both compilers
  Sequential same{seq}, same2({seq});          // 38: copies of the handle on both, not nested
  Sequential nested({seq}, {.name = "outer"}), pair({seq, seq}),
      mixed({Input({784}), dense, mlp, seq});  // nested on both
  std::vector<AnyLayer> run_time = {dense, mlp, seq};
  Sequential from_list(run_time), empty, named({.name = "s"});
  named.add(dense);
  named.add(seq);
  named.add(Input({3}));
}
void s6_calls(Tensors two, Tensor x, Variable w, std::vector<Tensor> list,
              std::optional<Tensor> mask) {
  Tensor a = layers::Add()(two), b = layers::Add()(list), c = layers::Add()(w),
         d = layers::Add()({x, w, two[1]});  // 40
  Tensor e =
      layers::Dense(3)(two);  // throws unless there is one: "Dense: one input expected, got 2"
  Tensor f = layers::Add()({x, x}, {.mask = {mask, std::nullopt}}),
         g = layers::Add()(x, {.mask = x}), h = layers::Add()(x, {.mask = mask});  // 41
}
class Scale : public Layer {  // 42: name, dtype, trainable; the name in files
 public:
  static constexpr const char* registered_name = "my_package>Scale";
  explicit Scale(double by, LayerOptions o = {}) : Layer(std::move(o)), by_(by) {
    supports_masking = true;
  }
  explicit Scale(const Config& c) : Scale(c.get<double>("by")) {}
  Tensor call(const Tensor& x, const CallContext& context) const {
    std::optional<Tensor> mask = context.mask[0];  // 41: of the first input
    return mask ? x * *mask : x * by_;
  }
  Config get_config() const override { return Layer::get_config().set("by", by_); }  // 43
 private:
  double by_;
};
class Same : public Layer {
 public:
  Tensor call(const Tensor& x) const noexcept { return x; }
};                            // 51: const, noexcept are found
class Merge : public Layer {  // 39: several inputs
 public:
  using Layer::Layer;
  void build(const std::vector<Shape>& shapes) {
    w_ = add_weight({.shape = {shapes[0][-1], shapes[1][-1]}, .initializer = 0});
  }  // 52
  Tensors call(Tensors x, bool training) { return {x[0], training ? x[1] : -x[1]}; }

 private:
  Variable w_;
};
class Block : public Layer {  // 49: sublayers made in the body or in build
 public:
  explicit Block(int units) { first_ = track("first", layers::Dense(units)); }
  void build(const Shape& s) {
    second_ = track("second", layers::Dense(s[-1]));
    if (s[-1] == 3) pool_ = track("pool", layers::MaxPooling2D());
    inner_ = track("inner", Model(Input({3}), Input({3})));
    own_ = track("own", layer<Scale>(2.0));
    any_ = track("any", layer<Same>());
  }
  Tensor call(const Tensor& x) {
    Shape s = x.shape();
    Tensor y =
        x.reshape({s[0], -1})
            .reshape({s[0], s[1] * 2, None});  // 45: s[0] may be None, s[1] * 2 throws if s[1] is
    for (int t = 0; t < s[1]; ++t) y = y + x.slice({All, t, Slice{1, 5}});
    if (s[0] == None || s[1] != s[2] || !s[2].known() || s[1] == 5 || 5 == s[1] ||
        s[1] > -s[2] * s[1])
      y = y / s[1];
    return pool_ ? pool_(second_(first_(y))) : own_(any_(inner_(y)));
  }

 private:
  layers::Dense first_, second_;
  layers::MaxPooling2D pool_ = nullptr;  // not bare: that would be a layer, and take a name
  Model inner_;
  LayerRef<Scale> own_;
  AnyLayer any_;
};
class Trainer : public ModelLayer {  // 44: a train_step that calls the model
 public:
  explicit Trainer(LayerOptions o = {}) : ModelLayer(std::move(o)) {}
  Tensor call(const Tensor& x) { return d_(x); }
  int steps() const { return 3; }
  Logs train_step(const Tensors& x, const Tensors& y, const Tensors& sample_weight) override {
    GradientTape tape;
    Tensors y_pred = (*this)(x, {.training = true});
    Tensor loss = compute_loss(x, y, y_pred, sample_weight);
    optimizer().apply(tape.gradient(loss, trainable_weights()), trainable_weights());
    for (const Ref<Metric>& m : metrics()) m->update_state(y, y_pred);
    if (x.size() == 0) stop_training();
    if (sample_weight.size() == 0) return {{"loss", loss}};
    return compute_metrics(x, y, y_pred, sample_weight);
  }

 private:
  layers::Dense d_ = track("d", layers::Dense(1));
};
void s6_layers(Tensor x) {
  layers::Conv2D small = {32, 3}, none;
  layers::Conv2DOptions options = {.strides = {2, 1}};
  layers::PoolOptions pooling = {.strides = 2};
  layers::Size2 size = {3, 5}, one = 3;
  layers::Conv2D spelled(8, size, options);
  Tensor pooled = layers::MaxPooling2D(one, pooling)(spelled(small(x)));
  Tensor attended = layers::MultiHeadAttention(2, 8)({x, x});
  Tensors scores = layers::MultiHeadAttention(2, 8).all({x, x}, {.return_attention_scores = true});
  Tensor last = layers::GRU(4)(x), mean = layers::GlobalAveragePooling2D()(x);
  Tensor padded = layers::ZeroPadding2D({{1, 1}, {2, 0}})(layers::ZeroPadding2D({1, 2})(x));
  Tensor less = layers::Cropping2D({{1, 1}, {2, 0}})(layers::ZeroPadding2D(1)(padded));
}
struct State {};  // a name of the user's: weft's bases must not hide it
class Stopper : public Callback {
 public:
  State state;
  void on_epoch_end(int epoch, Logs& logs) override {
    if (logs["val_loss"] < 0.1 || epoch > 3) model().stop_training();
    model().optimizer().set_learning_rate(model().optimizer().learning_rate() / 2);
  }
};
class OwnLoss : public Loss {
  Tensor call(const Tensor& y_true, const Tensor& y_pred) override { return y_true - y_pred; }
};
class OwnMetric : public Metric {
  void update_state(const Tensor& y_true, const Tensor&, const std::optional<Tensor>& w) override {
    total_ = w ? y_true * *w : y_true;
  }
  Tensor result() override { return total_; }
  Tensor total_;
};
void s7_models(Tensor x, Tensor y, Tensor w, Model base) {
  Model m = weft::model<Trainer>(), named = weft::model<Trainer>({.name = "trainer"}),
        own(layer<Trainer>());
  (void)m.as<Trainer>()->steps();  // 44
  Variable kernel = base.layers()[1].as<layers::DenseLayer>()->kernel();
  LayerRef<Scale> scale =
      layer<Scale>(2.0, {.name = "twice", .dtype = "float16", .trainable = false});  // 42
  LayerOptions o = {.name = "spelled"};
  AnyLayer merge = layer<Merge>({.name = "merge"}), spelled = layer<Scale>(2.0, o),
           spelled2 = layer<Scale>(2.0, LayerOptions{.name = "s"});
  Tensors outputs = merge->output(), feature = base(x);  // 50
  Tensor p = base(x)["a"], q = base(x)[0];               // 46: values; so are these
  for (Dim d : (x + y).shape()) (void)d.known();
  ConfigValue layers_of = base.get_config()["layers"];
  // 47, 48 and the options of fit
  m.fit(x, y, {.validation_data = {x, y, w}});
  m.fit(x, y, {.validation_data = {{x, x}, {{"a", y}, {"b", y}}}});
  m.fit(x, {.validation_data = Dataset::from_tensors(x, y).batch(32)});
  m.fit({x, x}, {y, y},
        {.batch_size = 64,
         .epochs = 9,
         .verbose = 2,
         .callbacks = {callbacks::EarlyStopping({.patience = 3}), std::make_shared<Stopper>()},
         .class_weight = {{0, 1.0}, {1, 5.0}},
         .sample_weight = w,
         .initial_epoch = 3,
         .steps_per_epoch = 10,
         .validation_freq = 2});
  std::vector<std::string> names = {"mse", "mae"};
  std::map<std::string, std::string> by_name = {{"a", "mse"}};
  std::map<std::string, std::vector<std::string>> lists = {{"a", names}};
  m.compile({.loss = names,
             .loss_weights = std::vector<float>{1, 2},
             .metrics = "accuracy",
             .weighted_metrics = names});
  m.compile({.loss = by_name, .metrics = std::vector<MetricSpec>{"mse", metrics::AUC()}});
  m.compile(
      {.loss = std::make_shared<OwnLoss>(), .metrics = {std::make_shared<OwnMetric>(), "mae"}});
  m.compile({.loss = {nullptr, "mse"}, .metrics = lists, .weighted_metrics = metrics::AUC()});
  m.compile({.loss = std::vector<LossSpec>{"mse", losses::BinaryCrossentropy()},
             .metrics = {{"a", names}, {"b", "mae"}}});
  m.fit(std::map<std::string, Tensor>{{"a", x}}, y);
  (void)(m.optimizer().learning_rate() + m.fit(x, y).history["loss"].back());
  m.summary({.line_length = 80,
             .print_fn = [](std::string_view line) { (void)line; },
             .expand_nested = true});
  m.save("m.keras", {.overwrite = false, .include_optimizer = false});
  Model back = load_model(
      "m.keras", {.custom_objects = {{"my_package>Scale", custom_object<Scale>()},
                                     {"my_loss", LossSpec([](const Tensor& a, const Tensor& b) {
                                        return a - b;
                                      })}},
                  .compile = false});
}
Tensor twice(const Tensor& x) { return x * 2; }
void s8_tensors(Tensor x, std::vector<float> values, const float* memory) {
  auto [train, test] = datasets::mnist::load_data();
  Tensor train_x = train.x;  // 53: clang 14 cannot capture a structured binding in a lambda: copy
                             // it (a handle) first
  auto step = traced([&](const Tensor& b) { return b + train_x; });
  auto plain = traced(twice), pointer = traced(&twice),
       generic = traced<Tensor(const Tensor&)>([](auto b) { return b * 2; });  // 51
  auto quiet = traced([](const Tensors& b) noexcept -> Tensors { return b; });
  Tensor y = step(plain(pointer(generic(quiet(x)))));
  std::size_t i = 3;
  std::int64_t n = x.shape()[0];  // 52: Slice without a warning, Index from any integer
  Tensor rows = x[Slice{0, 1000}], row = x[i], first = x[0],
         part = x.slice({All, i, n, Slice{.stop = -1}, x.shape()[1]});
  Tensor literal = Tensor::of({{1, 2}, {3, 4}}), listed = Tensor::from({1.0f, 2.0f, 3.0f}),
         shaped = Tensor::from(values, {2, -1});
  auto kept = std::make_shared<std::vector<float>>(values);
  Tensor view = Tensor::wrap(memory, {2, 3}), owned = Tensor::wrap(kept->data(), {6}, kept);
  for (float v : x.data<float>()) (void)v;
  std::vector<float> copied = (x + y).to_vector<float>();
  (void)(x.item() + x.item<double>());
  Tensor moved = x.to("cuda:0");
  std::string where = moved.device();
  synchronize();
  Tensor r = random::normal({2, 3}, {.stddev = 0.5}) +
             random::uniform({2, 3}) * random::randint({2, 3}, 0, 10, {.dtype = "int64"});
  std::optional<int> seed = 7;
  r = random::normal({2}, {.seed = seed}) + random::uniform({2}, {.seed = {}}) +
      random::truncated_normal({2}, {.seed = std::nullopt}) + random::normal({2}, {.seed = 7});
  losses::MeanSquaredError mse = {};
  losses::BinaryCrossentropy bce = {{.from_logits = true}};
  Tensor o = ops::arange(x.shape()[1]) + ops::arange(5, 0) + ops::arange(0.0, 1.0, 0.1) +
             ops::zeros({x.shape()[0], 3}) + ops::ones({3}, "int32");
  Tensor in = Input({None, 3}, {.batch_size = 16}),
         flat = in.reshape({-1, 784}).reshape({in.shape()[0], -1});  // 45
  layers::Dense d(in.shape()[2], {.input_shape = {784}}), e(3, {.input_shape = Shape{None, 784}});
}
void s9_rest() {
  static_assert(WEFT_VERSION >= 100);
  (void)version();
  set_log_level(LogLevel::warning);
  set_log_sink([](LogLevel, std::string_view text) { (void)text; });
  try {
    Model m;
    m.fit({}, {}, {});
  } catch (const OutOfMemory&) {
  } catch (const ShapeError&) {
  } catch (const DtypeError&) {
  } catch (const GraphError&) {
  } catch (const FileError&) {
  } catch (const DeviceError&) {
  } catch (const Error& e) {
    set_log_sink({});
    (void)e.what();
  }
}

#ifdef BAD
#include "bad.inc"
#endif

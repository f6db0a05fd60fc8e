// A small transformer that reads Shakespeare and writes the next character, again and again:
// Keras's TransformerBlock and TokenAndPositionEmbedding as layers of one's own, in the functional
// API. With --short it trains on a part of the text.
#include <weft/weft.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
using namespace weft;

namespace {

constexpr int window = 64;  // characters that the model sees

class TokenAndPositionEmbedding : public Layer {
 public:
  TokenAndPositionEmbedding(int length, int vocabulary, int width)
      : length_(length), vocabulary_(vocabulary), width_(width) {}
  explicit TokenAndPositionEmbedding(const Config& c)
      : TokenAndPositionEmbedding(c.get<int>("length"), c.get<int>("vocabulary"),
                                  c.get<int>("width")) {}
  Tensor call(const Tensor& x) { return tokens_(x) + positions_(ops::arange(x.shape()[-1])); }
  Config get_config() const override {
    return {{"length", length_}, {"vocabulary", vocabulary_}, {"width", width_}};
  }

 private:
  int length_, vocabulary_, width_;
  layers::Embedding tokens_ = track("tokens", layers::Embedding(vocabulary_, width_));
  layers::Embedding positions_ = track("positions", layers::Embedding(length_, width_));
};

class TransformerBlock : public Layer {
 public:
  TransformerBlock(int width, int heads, int inner, double rate = 0.1)
      : width_(width), heads_(heads), inner_(inner), rate_(rate) {}
  explicit TransformerBlock(const Config& c)
      : TransformerBlock(c.get<int>("width"), c.get<int>("heads"), c.get<int>("inner"),
                         c.get<double>("rate")) {}
  Tensor call(const Tensor& x) {
    const Tensor attended = dropout1_(attention_({x, x}, {.use_causal_mask = true}));
    const Tensor y = norm1_(x + attended);
    return norm2_(y + dropout2_(dense2_(dense1_(y))));
  }
  Config get_config() const override {
    return {{"width", width_}, {"heads", heads_}, {"inner", inner_}, {"rate", rate_}};
  }

 private:
  int width_, heads_, inner_;
  double rate_;
  layers::MultiHeadAttention attention_ =
      track("attention", layers::MultiHeadAttention(heads_, width_ / heads_));
  layers::Dense dense1_ = track("dense1", layers::Dense(inner_, {.activation = "relu"}));
  layers::Dense dense2_ = track("dense2", layers::Dense(width_));
  layers::LayerNormalization norm1_ = track("norm1", layers::LayerNormalization({.epsilon = 1e-6}));
  layers::LayerNormalization norm2_ = track("norm2", layers::LayerNormalization({.epsilon = 1e-6}));
  layers::Dropout dropout1_ = track("dropout1", layers::Dropout(rate_));
  layers::Dropout dropout2_ = track("dropout2", layers::Dropout(rate_));
};

struct Text {
  std::string characters;         // sorted
  std::vector<std::int32_t> ids;  // places in `characters`
  std::string operator[](std::size_t i) const { return {characters[i]}; }
};

Text read_text() {
  const std::string all = datasets::tinyshakespeare::load_data();
  Text text{all, {}};
  std::sort(text.characters.begin(), text.characters.end());
  text.characters.erase(std::unique(text.characters.begin(), text.characters.end()),
                        text.characters.end());
  for (char c : all) text.ids.push_back(static_cast<std::int32_t>(text.characters.find(c)));
  return text;
}

// Windows of the text from `first` on, and the same moved by one character.
std::pair<Tensor, Tensor> windows(const Text& text, std::size_t first, std::size_t count) {
  std::vector<std::int32_t> x, y;
  for (std::size_t i = 0; i < count * window; ++i) {
    x.push_back(text.ids.at(first + i));
    y.push_back(text.ids.at(first + i + 1));
  }
  const Shape shape = {count, window};
  return {Tensor::from(x, shape), Tensor::from(y, shape)};
}

Model make_model(int vocabulary, int width, int blocks) {
  Tensor inputs = Input({window}, {.dtype = "int32", .name = "characters"});
  Tensor x = layer<TokenAndPositionEmbedding>(window, vocabulary, width)(inputs);
  for (int i = 0; i < blocks; ++i) x = layer<TransformerBlock>(width, 4, 4 * width)(x);
  return Model(inputs, layers::Dense(vocabulary)(x), {.name = "writer"});
}

// A character drawn by the model's probabilities, sharpened a little.
std::int32_t draw(const std::vector<float>& logits, std::mt19937& random) {
  const float most = *std::max_element(logits.begin(), logits.end());
  std::vector<double> weights;
  for (float x : logits) weights.push_back(std::exp((x - most) / 0.8));
  return std::discrete_distribution<std::int32_t>(weights.begin(), weights.end())(random);
}

void write(const Model& model, const Text& text, int length) {
  std::vector<std::int32_t> ids(text.ids.end() - window, text.ids.end());
  std::mt19937 random(1);
  std::printf("\nWhat it writes:\n");
  for (int i = 0; i < length; ++i) {
    const Tensor logits = model(Tensor::from(ids, {1, window}));
    const std::int32_t next = draw(logits.slice({0, window - 1}).to_vector<float>(), random);
    std::printf("%s", text[static_cast<std::size_t>(next)].c_str());
    ids.erase(ids.begin());
    ids.push_back(next);
  }
  std::printf("\n");
}

void run(bool short_run) {
  set_random_seed(1);
  const Text text = read_text();
  const std::size_t count = short_run ? 512 : 15600, held_back = short_run ? 64 : 1600;
  const auto [x, y] = windows(text, 0, count);
  const auto [x_test, y_test] = windows(text, text.ids.size() - held_back * window - 1, held_back);

  const int width = short_run ? 32 : 64;
  Model model = make_model(static_cast<int>(text.characters.size()), width, short_run ? 1 : 2);
  model.summary();
  model.compile({.optimizer = optimizers::Adam(2e-3),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true}),
                 .metrics = {"accuracy"}});
  model.fit(x, y, {.batch_size = 32, .epochs = short_run ? 2 : 5, .verbose = 2});
  Logs scores = model.evaluate(x_test, y_test, {.verbose = 0});
  std::printf("Held-back text: loss %.4f a character, accuracy %.4f\n", scores["loss"],
              scores["accuracy"]);

  model.save("writer.keras");
  Model again = load_model(
      "writer.keras",
      {.custom_objects = {{"TokenAndPositionEmbedding", custom_object<TokenAndPositionEmbedding>()},
                          {"TransformerBlock", custom_object<TransformerBlock>()}}});
  write(again, text, short_run ? 80 : 600);
}

}  // namespace

int main(int argc, char** argv) try {
  run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "text_transformer: %s\n", e.what());
  return 1;
}

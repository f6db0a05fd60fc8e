// Keras's example of several inputs and outputs: support tickets with a title, a body and tags get
// a priority and a department. The data are random, as in the example; texts are padded with the id
// 0, which the LSTMs pass over.
#include <weft/weft.h>

#include <cstdio>
#include <string_view>
using namespace weft;

namespace {

constexpr int vocabulary = 10000, tag_count = 12, department_count = 4;

/// Ids [n, length] of words, 0 behind the end of each text.
Tensor random_texts(int n, int length) {
  const Tensor ids = random::randint({n, length}, 1, vocabulary);
  const Tensor end = random::randint({n, 1}, 1, length + 1);
  return ops::where(ops::arange(length).reshape({1, length}) < end, ids, 0);
}

void run(bool short_run) {
  set_random_seed(1);
  const int n = short_run ? 256 : 1280;

  Tensor title = Input({None}, {.name = "title"}), body = Input({None}, {.name = "body"});
  Tensor tags = Input({tag_count}, {.name = "tags"});
  Tensor t = layers::LSTM(128)(layers::Embedding(vocabulary, 64, {.mask_zero = true})(title));
  Tensor b = layers::LSTM(32)(layers::Embedding(vocabulary, 64, {.mask_zero = true})(body));
  Tensor merged = layers::concatenate({t, b, tags});
  Tensor priority = layers::Dense(1, {.name = "priority"})(merged);
  Tensor department = layers::Dense(department_count, {.name = "department"})(merged);
  Model model({title, body, tags}, {{"priority", priority}, {"department", department}},
              {.name = "ticket"});
  model.summary();

  const Tensor title_data = random_texts(n, 12), body_data = random_texts(n, 100);
  const Tensor tags_data = random::randint({n, tag_count}, 0, 2).astype("float32");
  const Tensor priority_targets = random::uniform({n, 1});
  const Tensor department_targets = random::randint({n, department_count}, 0, 2);
  const Tensors x = {{"title", title_data}, {"body", body_data}, {"tags", tags_data}};
  const Tensors y = {{"priority", priority_targets}, {"department", department_targets}};

  model.compile({.optimizer = optimizers::RMSprop({.learning_rate = 1e-3}),
                 .loss = {{"priority", losses::BinaryCrossentropy({.from_logits = true})},
                          {"department", losses::CategoricalCrossentropy({.from_logits = true})}},
                 .loss_weights = {{"priority", 1.0}, {"department", 0.2}}});
  const History history =
      model.fit(x, y, {.batch_size = 32, .epochs = short_run ? 1 : 3, .verbose = 2});
  std::printf("Loss of the last epoch: %.6f\n", history.history["loss"].back());

  // A text reads the same with more padding behind it.
  const Tensor longer = ops::concatenate({title_data, ops::zeros({n, 5}, title_data.dtype())}, 1);
  const Tensors padded = {{"title", longer}, {"body", body_data}, {"tags", tags_data}};
  const Tensor one = model.predict(x, {.verbose = 0})["priority"];
  const Tensor two = model.predict(padded, {.verbose = 0})["priority"];
  std::printf("Five more padded words change the priority by at most %g\n",
              ops::max(ops::absolute(one - two)).item<double>());

  model.save("ticket.keras");
  const Tensor again = load_model("ticket.keras").predict(x, {.verbose = 0})["priority"];
  std::printf("Saved ticket.keras; the model loaded from it differs by %g\n",
              ops::max(ops::absolute(again - one)).item<double>());
}

}  // namespace

int main(int argc, char** argv) try {
  run(argc > 1 && std::string_view(argv[1]) == "--short");
} catch (const std::exception& e) {
  std::fprintf(stderr, "ticket: %s\n", e.what());
  return 1;
}
